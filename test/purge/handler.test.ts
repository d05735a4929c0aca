import type { Context } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { databaseSetupSql } from '../../database/setup/script.ts';
import type { Finding } from '../../lambda/core/finding.ts';
import type { PurgeReport } from '../../lambda/purge/operation.ts';
import type { Report } from '../../lambda/report/report.ts';
import { environmentName } from '../../lambda/settings/settings.ts';
import { MEMORY_TABLE } from '../../sandbox/aws/dynamodb.ts';
import { type AwsEndpoints, startEndpoints } from '../../sandbox/aws/endpoints.ts';
import { type Bench, hashOf, startBench } from './bench.ts';

const TOPIC_ARN = 'arn:aws:sns:eu-central-1:123456789012:sandbox';
const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:litellm-db-auditor-sandbox';
const ROW = '{"num_retries": 3}';

let bench: Bench;
let endpoints: AwsEndpoints;
let handler: (event: unknown, context: Context) => Promise<Report | PurgeReport>;
beforeAll(async () => {
  bench = await startBench('automatic');
  const { region, credentials, host, port, databaseName, auditorUser, caFile } = bench.database;
  endpoints = await startEndpoints({
    region,
    credentials,
    topics: [{ arn: TOPIC_ARN, subscriptions: [{ protocol: 'email', endpoint: 'oncall@example.com' }] }],
    rds: { instances: [], clusters: [], certificates: [] },
  });
  const place = { database: 'prod', host, port, databaseName, user: auditorUser, caFile, topicArn: TOPIC_ARN };
  for (const [name, value] of Object.entries(place)) vi.stubEnv(environmentName(name), String(value));
  for (const [name, value] of Object.entries(endpoints.environment)) vi.stubEnv(name, value);
  vi.stubEnv('AWS_REGION', region);
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
  // Powertools reads its variables when it is loaded.
  const loaded = await import('../../lambda/handler.ts');
  handler = async (event, context) => {
    const answer = await loaded.handler(event, context);
    if (!('schemaVersion' in answer)) throw new Error(answer.message);
    return answer;
  };
});
afterAll(async () => {
  await endpoints.stop();
  await bench.stop();
});
beforeEach(() => {
  vi.stubEnv('AUDITOR_PURGE', 'automatic');
  vi.stubEnv('AUDITOR_LITELLM_VERSION', '1.81.3');
  vi.stubEnv('AUDITOR_NOTIFY_FROM', 'warning');
});
afterEach(() => endpoints.sns.faults.inject(undefined));

let requests = 0;

function context(more: Partial<Context> = {}): Context {
  requests += 1;
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'litellm-db-auditor-sandbox',
    functionVersion: '$LATEST',
    invokedFunctionArn: FUNCTION_ARN,
    memoryLimitInMB: '512',
    awsRequestId: `00000000-0000-4000-8000-${String(requests).padStart(12, '0')}`,
    logGroupName: 'log',
    logStreamName: 'stream',
    getRemainingTimeInMillis: () => 60_000,
    done: () => {},
    fail: () => {},
    succeed: () => {},
    ...more,
  };
}

/** Invokes the function, and returns its answer and the subjects of what it published. */
async function invoke(event: unknown, more: Partial<Context> = {}) {
  const before = endpoints.sns.published.length;
  const answer = await handler(event, context(more));
  const published = endpoints.sns.published.slice(before).map(({ message }) => message);
  return { answer, published, subjects: published.map(({ subject }) => subject) };
}

let scheduled = 0;

/** Another time of the schedule at each call. */
function schedule(): { action: string; scheduledAt: string } {
  scheduled += 1;
  return { action: 'audit', scheduledAt: new Date(Date.UTC(2026, 10, 22, 3, 15 * scheduled)).toISOString() };
}

function findingOf(answer: Report | PurgeReport, checkId: string): Finding | undefined {
  return 'findings' in answer ? answer.findings.find((finding) => finding.checkId === checkId) : undefined;
}

describe('the function', () => {
  it('shows the row and publishes nothing when it is asked for a dry run', async () => {
    await bench.start(ROW);

    const { answer, subjects } = await invoke({ action: 'purge' });

    expect(answer).toMatchObject({
      schemaVersion: 1,
      action: 'purge',
      result: 'shown',
      notification: { status: 'skipped' },
    });
    expect(subjects).toEqual([]);
    expect(await bench.row()).toBe(ROW);
  });

  it('purges and publishes who asked, what was done and how to undo it when it is confirmed', async () => {
    await bench.start(ROW);

    const { answer, published } = await invoke(
      { action: 'purge', confirm: hashOf(ROW) },
      {
        clientContext: {
          client: { installationId: '', appTitle: '', appVersionName: '', appVersionCode: '', appPackageName: '' },
          custom: { requestedBy: 'alice' },
          env: { platformVersion: '', platform: '', make: '', model: '', locale: '' },
        },
      },
    );

    expect(answer).toMatchObject({ result: 'done', notification: { status: 'published' } });
    expect(published).toMatchObject([
      { subject: 'PURGED litellm prod: The global router_settings row was purged; backup 1 holds it' },
    ]);
    const mail = published[0]?.bodies.email ?? '';
    for (const part of [
      'alice',
      FUNCTION_ARN,
      '{"action":"restore","backup":1}',
      'until they restart',
      'writes the row back',
    ]) {
      // Lines are broken where they are full, and so is the ARN.
      expect(mail.replaceAll(/\s+/g, '')).toContain(part.replaceAll(' ', ''));
    }
    expect(JSON.parse(published[0]?.bodies.default ?? '')).toMatchObject({ action: 'purge', result: 'done' });
    expect(published[0]?.attributes.get('kind')).toBe('purge');
  });

  it('publishes once that it is done when ten ask at once', async () => {
    await bench.start(ROW);
    const before = endpoints.sns.published.length;

    await Promise.all(Array.from({ length: 10 }, () => handler({ action: 'purge', confirm: hashOf(ROW) }, context())));

    expect(endpoints.sns.published.length - before).toBe(1);
    expect(await bench.backups()).toHaveLength(1);
  });

  it('refuses purge and restore, and says how to enable them, when purge is disabled', async () => {
    vi.stubEnv('AUDITOR_PURGE', '');
    await bench.start(ROW);

    const purge = await invoke({ action: 'purge', confirm: hashOf(ROW) });
    const restore = await invoke({ action: 'restore', backup: 1 });

    for (const { answer, subjects } of [purge, restore]) {
      expect(answer).toMatchObject({ result: 'refused', outcome: { outcome: 'disabled' } });
      expect(subjects).toEqual([expect.stringMatching(/^REFUSED litellm prod: .*not enabled/)]);
    }
    expect(await bench.row()).toBe(ROW);
  });

  it('restores and lists when it is asked to', async () => {
    await bench.start(ROW);
    await invoke({ action: 'purge', confirm: hashOf(ROW) });

    const restore = await invoke({ action: 'restore', backup: 1 });
    const backups = await invoke({ action: 'backups' });

    expect(restore.subjects).toEqual([expect.stringMatching(/^RESTORED litellm prod/)]);
    expect(backups).toMatchObject({ answer: { result: 'shown', outcome: { total: 1 } }, subjects: [] });
    expect(await bench.row()).toBe(ROW);
  });

  it('fails, so that an alarm sees it, when it is done but could not be published', async () => {
    await bench.start(ROW);
    endpoints.sns.faults.inject({ kind: 'refuse', code: 'AuthorizationError' });

    await expect(invoke({ action: 'purge', confirm: hashOf(ROW) })).rejects.toThrow(/could not be published/);

    expect(await bench.backups()).toMatchObject([{ text: ROW }]);
  });

  it('has the next scheduled audit tell of it, once, when it is done but could not be published', async () => {
    vi.stubEnv('AUDITOR_MEMORY_TABLE', MEMORY_TABLE);
    onTestFinished(() => void vi.stubEnv('AUDITOR_MEMORY_TABLE', ''));
    await bench.start(ROW);
    endpoints.sns.faults.inject({ kind: 'refuse', code: 'AuthorizationError' });
    await expect(invoke({ action: 'purge', confirm: hashOf(ROW) })).rejects.toThrow(/could not be published/);
    endpoints.sns.faults.inject(undefined);

    const next = await invoke(schedule());
    const later = await invoke(schedule());

    expect(next.answer).toMatchObject({
      changes: expect.arrayContaining([
        expect.objectContaining({ kind: 'purge', headline: expect.stringMatching(/purged/) }),
      ]),
    });
    expect(later.answer).toMatchObject({ changes: [] });
  });
});

describe('an automatic purge', () => {
  it('is made and published, and the report shows the state after it, when the row is harmful', async () => {
    await bench.start(ROW);

    const { answer, subjects } = await invoke(schedule());

    expect(answer).toMatchObject({
      automaticPurge: { result: 'done', mode: 'automatic', notification: { status: 'published' } },
    });
    expect(findingOf(answer, 'global-router-settings')).toMatchObject({
      status: 'ok',
      summary: expect.stringMatching(/purged automatically .*; backup 1 holds it/),
    });
    expect(subjects[0]).toMatch(/^PURGED litellm prod: The global router_settings row was purged automatically/);
    expect(await bench.backups()).toMatchObject([{ mode: 'automatic', text: ROW }]);
  });

  it('is an error of the run when its message could not be published', async () => {
    await bench.start(ROW);
    const before = endpoints.sns.published.length;
    endpoints.sns.faults.inject({ kind: 'refuse', code: 'AuthorizationError' }, 1);

    const failure = await handler(schedule(), context()).catch((error: unknown) => error);

    expect(failure).toMatchObject({ name: 'NotificationError', message: expect.stringContaining('sns:Publish') });
    expect(await bench.backups()).toMatchObject([{ mode: 'automatic', text: ROW }]);
    const subjects = endpoints.sns.published.slice(before).map(({ message }) => message.subject ?? '');
    expect(subjects).toEqual([]);
  });

  it('is made once and published once when the same event comes twice at once, and again later', async () => {
    await bench.start(ROW);
    const event = schedule();
    const before = endpoints.sns.published.length;

    await Promise.all([handler(event, context()), handler(event, context())]);
    await bench.write(ROW);
    await handler(event, context());

    const announced = endpoints.sns.published
      .slice(before)
      .filter(({ message }) => message.subject?.startsWith('PURGED'));
    expect(announced).toHaveLength(1);
    expect([await bench.row(), (await bench.backups()).length]).toEqual([ROW, 1]);
  });

  it.each([
    ['{}', {}],
    ["the console's default event", { key1: 'value1', key2: 'value2', key3: 'value3' }],
    ['an audit by hand', { action: 'audit' }],
    ["a scheduler's own event", { source: 'aws.scheduler', 'detail-type': 'Scheduled Event' }],
  ])('is not made when the event is %s', async (_name, event) => {
    await bench.start(ROW);

    const { answer } = await invoke(event);

    expect(findingOf(answer, 'global-router-settings')).toMatchObject({ kind: 'risk', status: 'warning' });
    expect([await bench.row(), await bench.backups()]).toEqual([ROW, []]);
  });

  it('is not made again, and a finding says so, when the row has come back after one', async () => {
    await bench.start(ROW);
    await invoke(schedule());
    await bench.write(ROW);

    const { answer } = await invoke(schedule());

    expect(findingOf(answer, 'router-settings-reappeared')).toMatchObject({
      status: 'warning',
      summary: expect.stringContaining('Automatic purges have stopped'),
    });
    expect([await bench.row(), (await bench.backups()).length]).toEqual([ROW, 1]);
  });

  it('is explained in the report, without a message of its own, when the database does not allow it', async () => {
    await bench.start(ROW);
    await bench.database.runAsMaster(databaseSetupSql({ role: bench.database.auditorUser }));

    const { answer, subjects } = await invoke(schedule());
    await bench.database.runAsMaster(databaseSetupSql({ role: bench.database.auditorUser, purge: 'automatic' }));

    expect(findingOf(answer, 'global-router-settings')).toMatchObject({
      status: 'warning',
      evidence: { automaticPurge: expect.stringMatching(/may not execute/) },
    });
    expect(subjects).toEqual([]);
  });
});
