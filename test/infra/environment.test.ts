import { describe, expect, it } from 'vitest';
import { functionEnvironment } from '../../infra/environment.ts';
import { settingsFromEnvironment } from '../../lambda/settings/settings.ts';
import { INSTANCE, PROXY, parseDatabase } from './configs.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:audit';

function settingsFor(database: object) {
  const environment = functionEnvironment({
    label: 'prod',
    database: parseDatabase(database),
    topicArn: TOPIC,
    memoryTable: 'memory',
    caFile: undefined,
  });
  return settingsFromEnvironment({ ...environment, AWS_REGION: 'eu-central-1' });
}

describe('functionEnvironment', () => {
  it('has every tuning of any type when it differs from the default', () => {
    const tuning = {
      notifyFrom: 'critical',
      litellmVersion: '1.81.3',
      litellmUser: 'gateway',
      litellmSchema: 'staging',
      auditorSchema: 'staging_auditor',
      poolLimit: 20,
      workersPerPod: 4,
      pods: 3,
      growthCriticalHours: 2.5,
      growthWindowHours: 24,
    };

    expect(settingsFor({ ...INSTANCE, timeoutSeconds: 120, tuning })).toMatchObject(tuning);
  });

  it('has the URL of the proxy and that its log is counted when both are configured', () => {
    const { url, keySecretArn } = PROXY;

    expect(settingsFor({ ...INSTANCE, proxy: PROXY })).toMatchObject({
      proxy: { url, keySecretArn },
      proxyLogMetrics: true,
    });
  });

  it('has no proxy and no log when none is configured', () => {
    const alone = settingsFor({ ...INSTANCE, proxy: { url: PROXY.url } });
    const none = settingsFor(INSTANCE);

    expect(alone).toMatchObject({ proxy: { url: PROXY.url, keySecretArn: undefined }, proxyLogMetrics: false });
    expect(none).toMatchObject({ proxy: undefined, proxyLogMetrics: false });
  });

  it('has the name of the RDS Proxy when it is configured', () => {
    const rds = { ...INSTANCE.rds, proxyName: 'litellm-proxy' };

    expect(settingsFor({ ...INSTANCE, rds }).target.rds).toMatchObject({ proxyName: 'litellm-proxy' });
    expect(settingsFor(INSTANCE).target.rds?.proxyName).toBeUndefined();
  });
});
