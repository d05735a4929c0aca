import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../../infra/config.ts';
import { tuningSchema } from '../../lambda/settings/tuning.ts';
import { CLUSTER, EXISTING_TOPIC, INSTANCE, parseDatabase } from './configs.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:litellm-key-AbCdEf';
const URL_ALLOWED =
  'Allowed: a URL such as https://litellm.example.com:4000, with a port from 1 to 65535, without user, query or fragment.';

/** The lines of the error for a configuration; none if it is accepted. */
function errorLines(raw: unknown): string[] {
  try {
    parseConfig(raw, '/');
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
}

describe('a configuration', () => {
  it('has the defaults when it has only the required fields', () => {
    const database = parseDatabase(INSTANCE);

    expect(database).toEqual({
      ...INSTANCE,
      port: 5432,
      databaseName: 'litellm',
      user: 'litellm_auditor',
      schedule: { expression: 'rate(15 minutes)' },
      logRetentionDays: 90,
      memoryMb: 512,
      timeoutSeconds: 60,
      reserveConcurrency: true,
      tuning: tuningSchema.parse({}),
    });
  });

  it('prefers the value of the database when defaults have it too', () => {
    const defaults = {
      ...INSTANCE,
      port: 6432,
      tuning: { headroomWarningPercent: 60, statementTimeoutMs: 3000 },
      notifications: { emails: ['a@example.com', 'b@example.com'] },
    };

    const database = parseDatabase(
      { port: 7432, tuning: { headroomWarningPercent: 70 }, notifications: { emails: ['c@example.com'] } },
      defaults,
    );

    expect(database).toMatchObject({
      region: 'eu-central-1',
      port: 7432,
      tuning: { headroomWarningPercent: 70, statementTimeoutMs: 3000 },
      notifications: { emails: ['c@example.com'] },
    });
  });

  it('is accepted when every database replaces an invalid default', () => {
    const lines = errorLines({
      defaults: { ...INSTANCE, region: 'Frankfurt' },
      databases: { prod: { region: 'eu-central-1' } },
    });

    expect(lines).toEqual([]);
  });

  it('names an invalid default once, by its place in the file, when several databases have it', () => {
    const lines = errorLines({ defaults: { ...INSTANCE, memoryMb: 64, prot: 1 }, databases: { a: {}, b: {} } });

    expect(lines).toEqual([
      'defaults.memoryMb is 64. Allowed: a whole number from 256 to 10240.',
      'defaults has no field "prot". Allowed: account, region, host, port, databaseName, user, rds, proxy, vpc, schedule, notifications, logRetentionDays, memoryMb, timeoutSeconds, reserveConcurrency, caFile, tuning.',
    ]);
  });

  it.each([
    ['databases.prod', { databases: { prod: { ...INSTANCE, tuning: { activitySeconds: 5 } } } }],
    ['defaults', { defaults: { tuning: { activitySeconds: 5 } }, databases: { prod: INSTANCE } }],
  ])('says what became of a setting that is gone when %s has one', (place, config) => {
    const lines = errorLines(config);

    expect(lines).toEqual([
      `${place}.tuning.activitySeconds is no longer a setting: an audit does not wait between two readings, two audits are the two readings. Delete it.`,
    ]);
  });

  it('is refused with every problem when several databases have some', () => {
    const lines = errorLines({
      databases: {
        a: { ...INSTANCE, region: undefined, rds: { ...INSTANCE.rds, resourceId: 'litellm' } },
        b: { ...INSTANCE, host: 'https://db', port: '5432' },
      },
    });

    expect(lines).toEqual([
      'databases.a.region is missing. Allowed: an AWS region such as eu-central-1.',
      'databases.a.rds.resourceId is "litellm". Allowed: a resource id such as db-ABCDEFGHIJKLMNOPQRSTUVWXYZ or cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ; not the name, not an ARN.',
      'databases.b.host is "https://db". Allowed: a host name, without scheme, user or port.',
      'databases.b.port is "5432". Allowed: a whole number from 1 to 65535.',
    ]);
  });

  it.each([
    [[], 'The configuration is not an object. Allowed: an object with databases.'],
    [{}, 'databases is missing. Allowed: an object with at least one database, by name.'],
    [{ databases: {} }, 'databases is {}. Allowed: an object with at least one database, by name.'],
    [{ databases: [] }, 'databases is []. Allowed: an object with at least one database, by name.'],
    [
      { databases: { prod: INSTANCE }, default: {} },
      'The configuration has no field "default". Allowed: $schema, defaults, databases.',
    ],
    [
      { databases: { Prod: INSTANCE } },
      'databases has the name "Prod". Allowed: a name of 1 to 40 lower-case letters, digits and hyphens, starting with a letter.',
    ],
  ])('is refused with a sentence when the file holds %j', (raw, sentence) => {
    const lines = errorLines(raw);

    expect(lines).toEqual([sentence]);
  });

  it('is refused when defaults are not an object', () => {
    const lines = errorLines({ defaults: 3, databases: { prod: INSTANCE } });

    expect(lines).toEqual([expect.stringMatching(/^defaults is 3\. Allowed: an object with account, region, host, /)]);
  });

  it.each([
    [{ account: 111122223333 }, 'account is 111122223333. Allowed: an AWS account number of 12 digits, in quotes.'],
    [
      { user: 'litellm*' },
      'user is "litellm*". Allowed: a role name of 1 to 63 letters, digits, hyphens and underscores that does not start with pg_ or rds and is not postgres.',
    ],
    [
      { rds: { ...INSTANCE.rds, identifier: '*' } },
      'rds.identifier is "*". Allowed: 1 to 63 lower-case letters, digits and hyphens, starting with a letter.',
    ],
    [
      { rds: { ...CLUSTER.rds, kind: 'instance' } },
      'rds.resourceId is "cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ", but rds.kind is "instance". Allowed: an id that starts with db-.',
    ],
    [
      { rds: { ...INSTANCE.rds, proxyName: 'litellm.proxy-c0example0000.eu-central-1.rds.amazonaws.com' } },
      'rds.proxyName is "litellm.proxy-c0example0000.eu-central-1.rds.amazonaws.com". Allowed: the name of an RDS Proxy, 1 to 63 letters, digits and single hyphens, starting with a letter; not an endpoint, not an ARN.',
    ],
    [
      { host: 'litellm.c0example0000.eu-west-1.rds.amazonaws.com' },
      'host is "litellm.c0example0000.eu-west-1.rds.amazonaws.com", which is in eu-west-1, but region is "eu-central-1". Allowed: an endpoint in the same region.',
    ],
    [
      { host: 'litellm.cluster-ro-c0example0000.eu-central-1.rds.amazonaws.com' },
      'host is "litellm.cluster-ro-c0example0000.eu-central-1.rds.amazonaws.com", a reader endpoint. Allowed: the instance endpoint or the writer endpoint, which LiteLLM\'s connections reach.',
    ],
    [
      { host: 'litellm.proxy-c0example0000.eu-central-1.rds.amazonaws.com' },
      "host is \"litellm.proxy-c0example0000.eu-central-1.rds.amazonaws.com\", an RDS Proxy. Allowed: the instance endpoint or the writer endpoint, which LiteLLM's connections reach. RDS Proxy refuses the startup options that make the auditor's session read-only and bound its statements, and its sessions are not the database's own; name the proxy as rds.proxyName instead.",
    ],
    [
      { vpc: { ...INSTANCE.vpc, subnetIds: [] } },
      'vpc.subnetIds is []. Allowed: a list of 1 to 16 subnet ids without duplicates.',
    ],
    [
      { vpc: { ...INSTANCE.vpc, subnetIds: ['subnet-1'] } },
      'vpc.subnetIds.0 is "subnet-1". Allowed: a subnet id such as subnet-0123456789abcdef0.',
    ],
    [
      {
        vpc: {
          ...INSTANCE.vpc,
          securityGroupIds: ['sg-0123456789abcdef0'],
          databaseSecurityGroupId: 'sg-0123456789abcdef1',
        },
      },
      "vpc.databaseSecurityGroupId is set together with vpc.securityGroupIds. Allowed: one of the two. With your own groups, add the rule to the database's group yourself.",
    ],
    [
      { schedule: { expression: 'every 5 minutes' } },
      'schedule.expression is "every 5 minutes". Allowed: rate(15 minutes), or cron(0 6 * * ? *) with six fields.',
    ],
    [
      { schedule: { expression: 'rate(6 days)' } },
      'schedule.expression is "rate(6 days)". Allowed: a rate of at most 5 days. The alarm for missing audits looks back 7 days at most.',
    ],
    [
      { schedule: { flexibleMinutes: 15 } },
      'schedule.flexibleMinutes is 15. Allowed: less than the time between two audits, 15 minutes.',
    ],
    [
      { schedule: { timezone: 'Berlin' } },
      'schedule.timezone is "Berlin". Allowed: an IANA time zone such as Europe/Berlin.',
    ],
    [
      { notifications: {} },
      'notifications has no recipient. Allowed: emails, slack or topicArn, or tuning.notifyFrom "never".',
    ],
    [
      { notifications: { ...EXISTING_TOPIC, emails: ['a@example.com'] } },
      'notifications.emails is set together with topicArn. Allowed: only without topicArn. Subscribe people to the existing topic itself.',
    ],
    [
      { notifications: { ...EXISTING_TOPIC, slack: { workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' } } },
      'notifications.slack is set together with topicArn. Allowed: only without topicArn. Subscribe people to the existing topic itself.',
    ],
    [
      { notifications: { topicArn: 'arn:aws:sns:eu-west-1:111122223333:alerts' } },
      'notifications.topicArn is "arn:aws:sns:eu-west-1:111122223333:alerts", but region is "eu-central-1". Allowed: one in the same region.',
    ],
    [
      { notifications: { ...INSTANCE.notifications, topicKeyArn: EXISTING_TOPIC.topicKeyArn } },
      "notifications.topicKeyArn is set without topicArn. Allowed: only together with topicArn. The stack's own topic has its own key.",
    ],
    [
      { notifications: { emails: ['a@example.com', 'a@example.com'] } },
      'notifications.emails is ["a@example.com","a@example.com"]. Allowed: a list of at most 50 email addresses without duplicates.',
    ],
    [{ notifications: { emails: ['nobody'] } }, 'notifications.emails.0 is "nobody". Allowed: an email address.'],
    [
      { tuning: { headroomWarningPercent: 90 } },
      'tuning.headroomWarningPercent is 90. Allowed: less than tuning.headroomCriticalPercent, which is 90.',
    ],
    [
      { tuning: { idleInTransactionCriticalSeconds: 60 } },
      'tuning.idleInTransactionWarningSeconds is 300. Allowed: less than tuning.idleInTransactionCriticalSeconds, which is 60.',
    ],
    [
      { tuning: { lockTimeoutMs: 5000 } },
      'tuning.lockTimeoutMs is 5000. Allowed: less than tuning.statementTimeoutMs, which is 5000.',
    ],
    [
      { tuning: { growthCriticalHours: 12 } },
      'tuning.growthCriticalHours is 12. Allowed: less than tuning.growthWarningHours, which is 12.',
    ],
    [{ proxy: {} }, `proxy.url is missing. ${URL_ALLOWED}`],
    [{ proxy: { url: 'litellm:4000' } }, `proxy.url is "litellm:4000". ${URL_ALLOWED}`],
    [{ proxy: { url: 'https://litellm:99999' } }, `proxy.url is "https://litellm:99999". ${URL_ALLOWED}`],
    [{ proxy: { url: 'https://litellm:0' } }, `proxy.url is "https://litellm:0". ${URL_ALLOWED}`],
    [{ proxy: { url: 'https://10.0.3.999' } }, `proxy.url is "https://10.0.3.999". ${URL_ALLOWED}`],
    [{ proxy: { url: 'https://user@litellm' } }, `proxy.url is "https://user@litellm". ${URL_ALLOWED}`],
    [{ proxy: { url: 'https://litellm/?key=1' } }, `proxy.url is "https://litellm/?key=1". ${URL_ALLOWED}`],
    [
      { proxy: { url: 'https://litellm', keySecretArn: `${SECRET_ARN}*` } },
      `proxy.keySecretArn is "${SECRET_ARN}*". Allowed: the complete ARN of a secret with its last six characters, such as ${SECRET_ARN}.`,
    ],
    [
      { proxy: { url: 'https://litellm', logGroupName: 'a:b' } },
      'proxy.logGroupName is "a:b". Allowed: the name of a log group, such as /ecs/litellm; not an ARN.',
    ],
    [
      { proxy: { url: 'https://litellm' }, tuning: { proxyTimeoutMs: 20_000 } },
      'timeoutSeconds is 60. Allowed: at least 80, the sum of the timeouts in tuning that apply to one audit.',
    ],
    [
      { timeoutSeconds: 30 },
      'timeoutSeconds is 30. Allowed: at least 40, the sum of the timeouts in tuning that apply to one audit.',
    ],
    [
      { caFile: 'nowhere.pem' },
      "caFile names /nowhere.pem, which cannot be read. Allowed: a PEM file with the CAs of the server's certificate.",
    ],
  ])('is refused with a sentence when a database has %j', (change, sentence) => {
    const lines = errorLines({ databases: { prod: { ...INSTANCE, ...change } } });

    expect(lines).toEqual([`databases.prod.${sentence}`]);
  });

  it.each([
    [{ notifications: {}, tuning: { notifyFrom: 'never' } }],
    [{ notifications: EXISTING_TOPIC }],
    [{ rds: CLUSTER.rds, host: CLUSTER.host }],
    [{ host: 'database.internal.example.com' }],
    [{ schedule: { expression: 'cron(0 6 ? * MON-FRI *)', timezone: 'Europe/Berlin', longestGapMinutes: 4320 } }],
    [{ schedule: { expression: 'rate(5 days)' } }],
    [{ timeoutSeconds: 40 }],
    [{ proxy: { url: 'https://litellm:65535' } }],
    [{ proxy: { url: 'http://litellm.internal.example.com:4000' } }],
    [{ proxy: { url: 'https://10.0.3.17/litellm/', keySecretArn: SECRET_ARN, logGroupName: '/ecs/litellm' } }],
    [{ proxy: { url: 'https://litellm' }, tuning: { proxyTimeoutMs: 5000 }, timeoutSeconds: 40 }],
  ])('is accepted when a database has %j', (change) => {
    const lines = errorLines({ databases: { prod: { ...INSTANCE, ...change } } });

    expect(lines).toEqual([]);
  });

  it('is refused when two databases of an account have the same Slack channel', () => {
    const notifications = { slack: { workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' } };

    const lines = errorLines({
      defaults: { ...INSTANCE, notifications },
      databases: { a: {}, b: { databaseName: 'b' }, c: { account: '444455556666' } },
    });

    expect(lines).toEqual([
      'databases.b.notifications.slack is the channel of databases.a too. Allowed: a channel once per account. Set topicArn to the topic of a instead.',
    ]);
  });

  const staging = { user: 'staging_auditor', tuning: { auditorSchema: 'staging_auditor', litellmSchema: 'staging' } };
  const AS_IN_PROD = 'as in databases.prod, which is the same database. Allowed:';

  it.each([
    ['nothing of their own', {}, ['user', 'tuning.auditorSchema', 'tuning.litellmSchema']],
    ['one user', { ...staging, user: 'litellm_auditor' }, ['user']],
    [
      "one auditor's schema",
      { ...staging, tuning: { litellmSchema: 'staging', auditorSchema: 'litellm_auditor' } },
      ['tuning.auditorSchema'],
    ],
    [
      'no LiteLLM schema for one',
      { ...staging, tuning: { auditorSchema: 'staging_auditor' } },
      ['tuning.litellmSchema'],
    ],
    [
      'one LiteLLM schema',
      { ...staging, tuning: { ...staging.tuning, litellmSchema: 'public' } },
      ['tuning.litellmSchema'],
    ],
    [
      'one user, and two names of one cluster',
      { ...staging, user: 'litellm_auditor', host: 'other.example.com' },
      ['user'],
    ],
  ])(
    'is refused when two entries for one database have %s, since one could purge the row of the other',
    (_name, second, fields) => {
      const lines = errorLines({
        defaults: INSTANCE,
        databases: { prod: { tuning: { litellmSchema: 'public' } }, staging: second },
      });

      expect(lines.map((line) => line.split(' ')[0])).toEqual(fields.map((field) => `databases.staging.${field}`));
      expect(lines.every((line) => line.includes(AS_IN_PROD) || line.includes('is missing'))).toBe(true);
    },
  );

  it.each([
    ['two LiteLLM schemas of one database that share nothing', staging],
    ['two databases of one server', { databaseName: 'other' }],
    ['two servers', { host: 'other.example.com', rds: CLUSTER.rds }],
  ])('is accepted with %s', (_name, second) => {
    const prod = { tuning: { litellmSchema: 'public' } };

    expect(errorLines({ defaults: INSTANCE, databases: { prod, staging: second } })).toEqual([]);
  });

  it.each(['public', 'pg_auditor', 'Auditor', 'a"; DROP', 'litellm'])(
    "is refused when the auditor's schema is %j",
    (auditorSchema) => {
      const lines = errorLines({
        databases: { prod: { ...INSTANCE, tuning: { auditorSchema, litellmSchema: 'litellm' } } },
      });

      expect(lines).toEqual([expect.stringMatching(/^databases\.prod\.tuning\.auditorSchema is .* Allowed: /)]);
    },
  );

  it.each(['pg_monitor', 'PG_x', 'rdsadmin', 'rds_iam', 'postgres'])('is refused when the user is %s', (user) => {
    expect(errorLines({ databases: { prod: { ...INSTANCE, user } } })).toEqual([
      expect.stringMatching(/^databases\.prod\.user is /),
    ]);
  });

  it('is refused with one sentence per line when it is any JSON at all', () => {
    const anything = fc.jsonValue();
    const database = fc.record(
      {
        region: anything,
        host: anything,
        rds: anything,
        vpc: anything,
        tuning: fc.oneof(anything, fc.record({ docsUrl: anything })),
        ['__proto__']: anything,
      },
      { requiredKeys: [] },
    );
    const file = fc.record({
      defaults: fc.oneof(anything, database),
      databases: fc.dictionary(
        fc.oneof(fc.string({ unit: 'binary' }), fc.constant('a\nb')),
        fc.oneof(anything, database),
      ),
    });

    fc.assert(
      fc.property(fc.oneof(anything, file), (raw) => {
        const lines = errorLines(raw);

        expect(lines).not.toEqual([]);
        for (const line of lines) expect(line).toMatch(/^[^\n]+ Allowed: [^\n]+\.$/);
      }),
    );
  });
});
