import { describe, expect, it } from 'vitest';
import { functionEnvironment } from '../../infra/environment.ts';
import { settingsFromEnvironment } from '../../lambda/settings/settings.ts';
import { databaseOf, INSTANCE, PROXY } from './configs.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:audit';

function settingsOf(database: object) {
  const environment = functionEnvironment({
    label: 'prod',
    database: databaseOf(database),
    topicArn: TOPIC,
    caFile: undefined,
  });
  return settingsFromEnvironment({ ...environment, AWS_REGION: 'eu-central-1' });
}

describe('functionEnvironment', () => {
  it('gives every tuning of the file to the function, of whatever type, when it differs from the default', () => {
    const tuning = {
      notifyFrom: 'critical',
      litellmVersion: '1.81.3',
      litellmUser: 'gateway',
      poolLimit: 20,
      workersPerPod: 4,
      pods: 3,
      growthCriticalHours: 2.5,
      activitySeconds: 30,
    };

    expect(settingsOf({ ...INSTANCE, timeoutSeconds: 120, tuning })).toMatchObject(tuning);
  });

  it('tells where the proxy is and that its log is counted when it is configured', () => {
    const { url, keySecretArn } = PROXY;

    expect(settingsOf({ ...INSTANCE, proxy: PROXY })).toMatchObject({
      proxy: { url, keySecretArn },
      proxyLogMetrics: true,
    });
  });

  it('tells of no proxy, and of no log, when none is configured', () => {
    const alone = settingsOf({ ...INSTANCE, proxy: { url: PROXY.url } });
    const none = settingsOf(INSTANCE);

    expect(alone).toMatchObject({ proxy: { url: PROXY.url, keySecretArn: undefined }, proxyLogMetrics: false });
    expect(none).toMatchObject({ proxy: undefined, proxyLogMetrics: false });
  });
});
