import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../lambda/report/report.ts';
import { type AwsEndpoints, startEndpoints } from '../../sandbox/aws/endpoints.ts';
import { certificateAuthority, postgresInstance } from '../../sandbox/aws/rds-objects.ts';
import { LABEL, RDS_IDENTIFIER, sandboxConfig } from '../../sandbox/config.ts';
import type { SandboxDatabase } from '../../sandbox/database/database.ts';
import { startPods } from '../../sandbox/database/pods.ts';
import type { LambdaFunction } from '../../sandbox/lambda/function.ts';
import { type Invocation, LambdaRuntime } from '../../sandbox/lambda/runtime.ts';
import { startDatabase } from '../shared-database.ts';
import { configured, sharedFunction } from '../shared-function.ts';

const WITH_MESSAGE = { action: 'audit', notify: true };
const TOPIC_ARN = 'arn:aws:sns:eu-central-1:123456789012:litellm-db-auditor-sandbox';

let database: SandboxDatabase;
let endpoints: AwsEndpoints;
let packaged: LambdaFunction;
let runtime: LambdaRuntime;

/** The bundle that would be deployed, run as Lambda runs it. */
beforeAll(async () => {
  database = await startDatabase({ maxConnections: 20, litellm: { hostileNames: true } });
  const { region, credentials, host, port } = database;
  endpoints = await startEndpoints({
    region,
    credentials,
    topics: [{ arn: TOPIC_ARN, subscriptions: [{ protocol: 'email', endpoint: 'oncall@example.com' }] }],
    rds: {
      instances: [postgresInstance(RDS_IDENTIFIER, region, { Endpoint: { Address: host, Port: port } })],
      clusters: [],
      certificates: [certificateAuthority(region)],
    },
  });
  const config = sandboxConfig(database, { litellmVersion: '1.81.3' });
  packaged = configured(await sharedFunction(), config);
  runtime = await start();
});
afterAll(async () => {
  await runtime?.stop();
  await endpoints?.stop();
  await database?.stop();
});
afterEach(() => {
  database.inject(undefined);
  endpoints.sns.faults.inject(undefined);
  endpoints.rds.faults.inject(undefined);
});

function start(
  changes: Partial<LambdaFunction> = {},
  environment: Record<string, string> = {},
): Promise<LambdaRuntime> {
  return LambdaRuntime.start(
    { ...packaged, ...changes, environment: { ...packaged.environment, ...environment } },
    { region: database.region, credentials: database.credentials, environment: endpoints.environment },
  );
}

function reportOf(invocation: Invocation): Report {
  if (invocation.status !== 'ok') throw new Error(`${JSON.stringify(invocation, null, 2)}`);
  // What the bundle under test returns is a Report by its own types; the tests below look at its fields.
  return invocation.result as Report;
}

function statusOf(report: Report, checkId: string): readonly string[] {
  return report.findings.filter((finding) => finding.checkId === checkId).map(({ status }) => status);
}

describe('the function', () => {
  it.each([
    ['{}', {}],
    ["the console's default event", { key1: 'value1', key2: 'value2', key3: 'value3' }],
    ['an audit by hand', { action: 'audit' }],
    ['an audit by hand with a message', WITH_MESSAGE],
  ])('audits and returns the report when the event is %s', async (_name, event) => {
    const before = endpoints.sns.published.length;

    const report = reportOf(await runtime.invoke(event));

    expect(report).toMatchObject({ schemaVersion: 2, database: LABEL, status: 'unknown', risk: 'warning' });
    expect(report.sources.filter(({ status }) => status === 'ok').map(({ name }) => name)).toEqual(
      expect.arrayContaining(['connection', 'server', 'sessions', 'router-settings', 'rds']),
    );
    expect(report.sources.filter(({ status }) => status === 'failed')).toEqual([]);
    const isPublished = event === WITH_MESSAGE;
    expect(report.notification.status).toBe(isPublished ? 'published' : 'skipped');
    expect(endpoints.sns.published).toHaveLength(before + (isPublished ? 1 : 0));
  });

  it('refuses, and does nothing, when the event asks for something unknown', async () => {
    const before = endpoints.sns.published.length;

    const invocation = await runtime.invoke({ action: 'drop' });

    expect(invocation).toMatchObject({
      status: 'ok',
      result: { status: 'refused', message: expect.stringMatching(/^The action "drop" does not exist\. Allowed: /) },
    });
    expect(endpoints.sns.published).toHaveLength(before);
  });

  it('needs at most nine round trips when it audits and measures the activity of tables', async () => {
    database.inject({ kind: 'at-query', query: 10, answer: 'reset' });

    const report = reportOf(await runtime.invoke(WITH_MESSAGE));

    expect(report.sources.filter(({ status }) => status === 'failed')).toEqual([]);
  });

  it('changes nothing in the database when it audits', async () => {
    const count = `SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) AS changes FROM pg_stat_user_tables`;
    const before = await database.query(count);

    await runtime.invoke(WITH_MESSAGE);

    expect(await database.query(count)).toEqual(before);
  });

  it('carries no secret in the message, the answer or the log when names are hostile and the row holds a password', async () => {
    const invocation = await runtime.invoke(WITH_MESSAGE);
    const everything = JSON.stringify(invocation) + JSON.stringify(endpoints.sns.published.at(-1));
    const secrets = await database.query(
      `SELECT value #>> '{}' AS secret FROM "LiteLLM_Config", jsonb_each(param_value) WHERE jsonb_typeof(value) = 'string'
       UNION SELECT token FROM "LiteLLM_VerificationToken"`,
    );

    expect(
      secrets.filter(({ secret }) => typeof secret === 'string' && secret.length > 5 && everything.includes(secret)),
    ).toEqual([]);
    expect(everything).not.toContain('X-Amz-Signature');
  });

  it('writes the metrics of the alarms when it has audited', async () => {
    const { stdout } = await runtime.invoke(WITH_MESSAGE);
    const emf = stdout.split('\n').find((line) => line.includes('"_aws"'));

    expect(JSON.parse(emf ?? '{}')).toMatchObject({ database: LABEL, AuditCompleted: 1, Status: 3, UsableSlots: 15 });
  });

  it('publishes the finding when the last slot is taken', async () => {
    const pods = await startPods(database, [{ connections: 17 }]);
    try {
      const report = reportOf(await runtime.invoke(WITH_MESSAGE));

      expect(statusOf(report, 'database-reachable')).toEqual(['critical']);
      expect(statusOf(report, 'connection-headroom')).toEqual(['unknown']);
      expect(endpoints.sns.published.at(-1)?.message.subject).toMatch(/^CRITICAL litellm sandbox: /);
    } finally {
      await pods.stop();
    }
  });

  it.each([
    ['accepts and never answers', { kind: 'silent' }],
    ['falls silent in the middle', { kind: 'at-query', query: 2, answer: 'none' }],
    ['shows a certificate of another CA', { kind: 'certificate', certificate: 'other-authority' }],
  ] as const)('publishes within its deadlines when the database %s', async (_name, fault) => {
    const impatient = await start(
      { timeoutSeconds: 15 },
      { AUDITOR_CONNECT_TIMEOUT_MS: '500', AUDITOR_STATEMENT_TIMEOUT_MS: '300' },
    );
    try {
      database.inject(fault);

      const report = reportOf(await impatient.invoke(WITH_MESSAGE));

      expect(report.notification.status).toBe('published');
      expect(report.status).toMatch(/critical|unknown|warning/);
    } finally {
      await impatient.stop();
    }
  });

  it('still audits, and says what it lacks, when the RDS API refuses', async () => {
    endpoints.rds.faults.inject({ kind: 'refuse', code: 'AccessDenied' });

    const report = reportOf(await runtime.invoke(WITH_MESSAGE));

    expect(statusOf(report, 'rds-configuration')).toEqual(['unknown']);
    expect(statusOf(report, 'connection-headroom')).not.toEqual(['unknown']);
  });

  it.each([
    ['refuses', { kind: 'refuse', code: 'AuthorizationError' }, /sns:Publish/],
    ['never answers', { kind: 'silent' }, /in time|within/],
  ] as const)('logs the whole report and fails when SNS %s', async (_name, fault, reason) => {
    const impatient = await start({ timeoutSeconds: 15 }, { AUDITOR_AWS_TIMEOUT_MS: '1000' });
    try {
      endpoints.sns.faults.inject(fault);

      const invocation = await impatient.invoke(WITH_MESSAGE);

      expect(invocation).toMatchObject({ status: 'function-error', error: { errorType: 'NotificationError' } });
      expect(invocation.status === 'function-error' && invocation.error.errorMessage).toMatch(reason);
      const logged = invocation.stdout + invocation.stderr;
      expect(logged).toContain('global-router-settings');
      expect(logged).toContain('"advice"');
    } finally {
      await impatient.stop();
    }
  });

  it('fails with the name of the variable when a setting is wrong', async () => {
    const broken = await start({}, { AUDITOR_HEADROOM_WARNING_PERCENT: 'many' });
    try {
      const invocation = await broken.invoke(WITH_MESSAGE);

      expect(invocation).toMatchObject({ status: 'function-error', error: { errorType: 'SettingsError' } });
      expect(invocation.status === 'function-error' && invocation.error.errorMessage).toMatch(
        /^AUDITOR_HEADROOM_WARNING_PERCENT is "many"/,
      );
    } finally {
      await broken.stop();
    }
  });

  it('publishes the finding in time when everything hangs and little time is left', async () => {
    const short = await start({ timeoutSeconds: 8 });
    try {
      database.inject({ kind: 'silent' });
      endpoints.rds.faults.inject({ kind: 'silent' });

      const report = reportOf(await short.invoke(WITH_MESSAGE));

      expect(statusOf(report, 'database-reachable')).toEqual(['critical']);
      expect(report.notification.status).toBe('published');
    } finally {
      await short.stop();
    }
  });
});
