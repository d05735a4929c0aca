import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../lambda/report/report.ts';
import { type AwsEndpoints, startEndpoints } from '../../sandbox/aws/endpoints.ts';
import { sandboxConfig } from '../../sandbox/config.ts';
import type { SandboxDatabase } from '../../sandbox/database/database.ts';
import { type Pods, startPods } from '../../sandbox/database/pods.ts';
import { TOPIC_ARN } from '../../sandbox/environment.ts';
import { LambdaRuntime } from '../../sandbox/lambda/runtime.ts';
import { startDatabase } from '../shared-database.ts';
import { configured, sharedFunction } from '../shared-function.ts';

let database: SandboxDatabase;
let endpoints: AwsEndpoints;
let runtime: LambdaRuntime;
let pods: Pods | undefined;

/** The bundle that would be deployed, with the table of the stack. */
beforeAll(async () => {
  database = await startDatabase({ maxConnections: 20 });
  const { region, credentials } = database;
  endpoints = await startEndpoints({
    region,
    credentials,
    topics: [{ arn: TOPIC_ARN, subscriptions: [{ protocol: 'email', endpoint: 'oncall@example.com' }] }],
    rds: { instances: [], clusters: [], certificates: [] },
  });
});
afterAll(async () => {
  await endpoints?.stop();
  await database?.stop();
});

/** A database of its own in the table. */
async function start(label: string): Promise<void> {
  const { environment, ...packaged } = configured(await sharedFunction(), sandboxConfig(database, {}));
  runtime = await LambdaRuntime.start(
    { ...packaged, environment: { ...environment, AUDITOR_DATABASE: label } },
    { region: database.region, credentials: database.credentials, environment: endpoints.environment },
  );
}

afterEach(async () => {
  for (const endpoint of [endpoints.sns, endpoints.dynamodb]) endpoint.faults.inject(undefined);
  await pods?.stop();
  pods = undefined;
  await runtime?.stop();
});

/** As the schedule asks for it, at that time. */
async function audit(scheduledAt = '2026-11-25T10:20:00Z'): Promise<Report | string> {
  const invocation = await runtime.invoke({ action: 'audit', scheduledAt });
  // What the bundle under test returns is a Report by its own types.
  return invocation.status === 'ok' ? (invocation.result as Report) : JSON.stringify(invocation);
}

function subjects(): readonly string[] {
  return endpoints.sns.published.map(({ message }) => message.subject ?? '');
}

/** The database has no slot left. */
async function fill(): Promise<void> {
  pods = await startPods(database, [{ connections: 17 }]);
}

describe('scheduled audits', () => {
  it('tell people when a problem begins and when it is over, and are silent in between', async () => {
    await start('over-time');
    const before = subjects().length;
    const quiet = await audit();
    await fill();
    const begun = await audit();
    const lasting = await audit();
    await pods?.stop();
    pods = undefined;
    const over = await audit();
    const calm = await audit();

    expect([quiet, begun, lasting, over, calm]).toMatchObject([
      { changes: [], notification: { status: 'skipped' } },
      {
        changes: [{ kind: 'new', problem: 'database-reachable', status: 'critical' }],
        notification: { status: 'published' },
      },
      { changes: [], notification: { status: 'skipped' } },
      { changes: [{ kind: 'resolved', problem: 'database-reachable' }], notification: { status: 'published' } },
      { changes: [], notification: { status: 'skipped' } },
    ]);
    expect(subjects().slice(before)).toEqual([
      expect.stringMatching(/^CRITICAL litellm over-time: /),
      expect.stringMatching(/^RESOLVED litellm over-time: /),
    ]);
  }, 60_000);

  it('tell what could not be published with the next one', async () => {
    await start('publishing');
    await fill();
    endpoints.sns.faults.inject({ kind: 'refuse', code: 'AuthorizationError' });
    const refused = await audit();
    endpoints.sns.faults.inject(undefined);
    const before = subjects().length;

    const next = await audit();

    expect(refused).toContain('NotificationError');
    expect(next).toMatchObject({ changes: [{ kind: 'new' }], notification: { status: 'published' } });
    expect(subjects()).toHaveLength(before + 1);
  }, 60_000);

  it.each([
    ['refuses', { kind: 'refuse', code: 'AccessDeniedException' }, /dynamodb:GetItem/],
    ['is silent', { kind: 'silent' }, /time/],
    ['throttles', { kind: 'throttle' }, /throttl|time/i],
    ['answers nonsense', { kind: 'garbage' }, /./],
  ] as const)(
    'tell of an incident in the first audit of the hour, and say so, when the table %s',
    async (what, fault, reason) => {
      await start(`table-${what.replaceAll(' ', '-')}`);
      await fill();
      endpoints.dynamodb.faults.inject(fault);
      const before = subjects().length;

      const first = await audit('2026-11-25T10:07:00Z');
      const second = await audit('2026-11-25T10:22:00Z');

      expect(first).toMatchObject({
        memory: { status: 'failed', reason: expect.stringMatching(reason) },
        notification: { status: 'published' },
      });
      expect(second).toMatchObject({ notification: { status: 'skipped' } });
      expect(subjects()).toHaveLength(before + 1);
    },
    60_000,
  );

  it('tell of nothing without a memory when there is no incident', async () => {
    await start('no-incident');
    endpoints.dynamodb.faults.inject({ kind: 'refuse', code: 'AccessDeniedException' });

    expect(await audit('2026-11-25T10:07:00Z')).toMatchObject({ notification: { status: 'skipped' } });
  });
});

describe('an audit by hand', () => {
  it('leaves what people have to be told to the schedule when no message was asked for', async () => {
    await start('by-hand');
    await fill();

    const { result } = { result: undefined, ...(await runtime.invoke({})) };
    const scheduled = await audit();

    expect(result).toMatchObject({ notification: { status: 'skipped' } });
    expect(scheduled).toMatchObject({ changes: [{ kind: 'new' }], notification: { status: 'published' } });
  }, 60_000);
});

describe('a muted check', () => {
  async function ask(request: object): Promise<unknown> {
    const invocation = await runtime.invoke(request);
    return invocation.status === 'ok' ? invocation.result : invocation;
  }

  it('is in the report with its reason and in no message, until it is muted no more', async () => {
    await start('muted');
    const mute = { action: 'mute', finding: 'database-reachable', for: '2h', why: 'A test of the night shift.' };
    const muted = await ask(mute);
    await fill();
    const silent = await audit();
    const listed = await ask({ action: 'muted' });
    await ask({ action: 'unmute', finding: 'database-reachable' });
    const loud = await audit();

    expect(muted).toMatchObject({ status: 'done', muted: [{ finding: 'database-reachable', why: mute.why }] });
    expect(silent).toMatchObject({
      status: 'critical',
      changes: [],
      muted: [{ finding: 'database-reachable', why: mute.why, findings: 1 }],
      notification: { status: 'skipped' },
    });
    expect(listed).toMatchObject({ status: 'done', muted: [{ finding: 'database-reachable' }] });
    expect(loud).toMatchObject({ changes: [{ kind: 'new' }], muted: [], notification: { status: 'published' } });
  }, 60_000);

  it('is refused when there is no such check, or no memory to keep it in', async () => {
    await start('not-muted');
    const request = { action: 'mute', finding: 'connection-leek', for: '2h', why: 'A typing mistake.' };

    expect(await ask(request)).toMatchObject({
      status: 'refused',
      message: expect.stringContaining('connection-leek'),
    });
    endpoints.dynamodb.faults.inject({ kind: 'refuse', code: 'AccessDeniedException' });
    expect(await ask({ ...request, finding: 'connection-leak' })).toMatchObject({
      status: 'refused',
      message: expect.stringMatching(/nothing was changed.*dynamodb:GetItem/),
    });
  }, 60_000);
});
