import { describe, expect, it } from 'vitest';
import { environmentName, SettingsError, settingsFromEnvironment } from '../../lambda/settings/settings.ts';
import { tuningSchema } from '../../lambda/settings/tuning.ts';

const environment = {
  AWS_REGION: 'eu-central-1',
  AUDITOR_DATABASE: 'prod',
  AUDITOR_HOST: 'prod.abc.eu-central-1.rds.amazonaws.com',
  AUDITOR_DATABASE_NAME: 'litellm',
  AUDITOR_USER: 'litellm_auditor',
};

describe('settings', () => {
  it('have the defaults when only the target is given', () => {
    const settings = settingsFromEnvironment(environment);

    expect(settings).toMatchObject(tuningSchema.parse({}));
    expect(settings.target).toEqual({
      label: 'prod',
      host: 'prod.abc.eu-central-1.rds.amazonaws.com',
      port: 5432,
      databaseName: 'litellm',
      user: 'litellm_auditor',
      login: { kind: 'iam', region: 'eu-central-1' },
      tls: { mode: 'verify', caFile: undefined },
      rds: undefined,
    });
  });

  it('take numbers and names when the environment has them', () => {
    const settings = settingsFromEnvironment({
      ...environment,
      AUDITOR_PORT: '6432',
      AUDITOR_HEADROOM_WARNING_PERCENT: '70',
      AUDITOR_GROWTH_CRITICAL_HOURS: '0.5',
      AUDITOR_NOTIFY_FROM: 'critical',
      AUDITOR_RDS_KIND: 'cluster',
      AUDITOR_RDS_IDENTIFIER: 'prod',
    });

    expect(settings).toMatchObject({ headroomWarningPercent: 70, growthCriticalHours: 0.5, notifyFrom: 'critical' });
    expect(settings.target).toMatchObject({ port: 6432, rds: { kind: 'cluster', identifier: 'prod' } });
  });

  it('count an empty variable as not set when they are read', () => {
    expect(settingsFromEnvironment({ ...environment, AUDITOR_PORT: '' }).target.port).toBe(5432);
  });

  it.each([
    ['AUDITOR_HEADROOM_WARNING_PERCENT', '101', /AUDITOR_HEADROOM_WARNING_PERCENT is "101".*100/],
    ['AUDITOR_CONNECT_TIMEOUT_MS', 'soon', /AUDITOR_CONNECT_TIMEOUT_MS is "soon".*number/],
    ['AUDITOR_HEADROOM_MINIMUM_SLOTS', ' ', /AUDITOR_HEADROOM_MINIMUM_SLOTS is " ".*number/],
    ['AUDITOR_NOTIFY_FROM', 'always', /AUDITOR_NOTIFY_FROM is "always".*"warning"/],
    ['AUDITOR_LITELLM_SCHEMA', 'a$setup$', /AUDITOR_LITELLM_SCHEMA is "a\$setup\$".*printable/],
    ['AUDITOR_HOST', '', /AUDITOR_HOST is not set/],
    ['AWS_REGION', '', /AWS_REGION is not set/],
  ])('name the variable and what is allowed when %s is "%s"', (name, value, sentence) => {
    const read = () => settingsFromEnvironment({ ...environment, [name]: value });

    expect(read).toThrow(SettingsError);
    expect(read).toThrow(sentence);
  });

  it('have environment names in capitals when they are handed over by the stack', () => {
    expect(environmentName('idleInTransactionWarningSeconds')).toBe('AUDITOR_IDLE_IN_TRANSACTION_WARNING_SECONDS');
  });
});
