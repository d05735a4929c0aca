import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startBudget } from '../../lambda/core/deadline.ts';
import type { DatabaseSources } from '../../lambda/snapshot/collect/database.ts';
import { collectLoad } from '../../lambda/snapshot/collect/load.ts';
import type { Sources } from '../../lambda/snapshot/snapshot.ts';
import type { MetricState } from '../../sandbox/aws/cloudwatch.ts';
import type { AwsEndpoints } from '../../sandbox/aws/endpoints.ts';
import { CALLER, startForTest } from '../sandbox/aws/helpers.ts';
import { failed, healthySnapshot, seen, sessions, settingsFor, statements } from '../snapshots.ts';

const HOURLY = '2026-11-22T03:14:59.000Z';
const BETWEEN = '2026-11-22T03:15:00.000Z';
const PERIOD_MS = 300_000;

const INSTANCE = { DBInstanceIdentifier: 'prod' };
const WRITER = { DBClusterIdentifier: 'prod', Role: 'WRITER' };

const state: MetricState = { series: [] };
let endpoints: AwsEndpoints;
beforeAll(async () => {
  endpoints = await startForTest({ metrics: state });
});
afterAll(() => endpoints.stop());
beforeEach(() => {
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', endpoints.cloudwatch.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', CALLER.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', CALLER.credentials.secretAccessKey);
  vi.stubEnv('AWS_SESSION_TOKEN', CALLER.credentials.sessionToken ?? '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  endpoints.cloudwatch.faults.inject(undefined);
  state.series = [];
});

function series(metricName: string, value: number, dimensions: Record<string, string> = INSTANCE) {
  const at = new Date((Math.floor(Date.now() / PERIOD_MS) - 1) * PERIOD_MS);
  return {
    namespace: 'AWS/RDS',
    metricName,
    dimensions,
    samples: [
      { at, value },
      { at, value: value + 10 },
    ],
  };
}

const ALL = [
  series('CPUUtilization', 20),
  series('FreeStorageSpace', 1000),
  series('FreeableMemory', 2000),
  series('CPUCreditBalance', 30),
  series('EBSIOBalance%', 40),
  series('DiskQueueDepth', 2),
  series('DBLoad', 1),
  series('CPUUtilization', 70, WRITER),
  series('ACUUtilization', 50, WRITER),
  series('FreeLocalStorage', 4000, WRITER),
  series('ServerlessDatabaseCapacity', 3, WRITER),
];

interface Look {
  readonly takenAt?: string;
  readonly fromShell?: boolean;
  readonly kind?: 'instance' | 'cluster';
  readonly database?: Partial<DatabaseSources>;
}

/** What the function sees in an audit at that time. */
async function collect({ takenAt = BETWEEN, fromShell = false, kind = 'instance', database = {} }: Look = {}) {
  const settings = settingsFor({
    target: { ...settingsFor().target, rds: { kind, identifier: 'prod', region: CALLER.region } },
    ...(fromShell ? {} : { topicArn: 'arn:aws:sns:eu-central-1:123456789012:audit' }),
  });
  const before = endpoints.cloudwatch.requestCount();
  const sources = healthySnapshot().sources;
  const load = await collectLoad(settings, startBudget(20_000), takenAt, Promise.resolve(over(sources, database)));
  return { load, calls: endpoints.cloudwatch.requestCount() - before };
}

/** One over the other, with the getters of both. */
function over(sources: Sources, database: Partial<DatabaseSources>): DatabaseSources {
  return Object.defineProperties({ ...sources }, Object.getOwnPropertyDescriptors(database));
}

function seenLoad(load: Sources['load']) {
  if (load.status !== 'ok') throw new Error(`It was not seen: ${JSON.stringify(load)}`);
  return load.value;
}

/** The last value of each series that has one. */
function latest(load: Sources['load']): Record<string, number | undefined> {
  const { periodSeconds: _period, asked: _asked, ...named } = seenLoad(load);
  return Object.fromEntries(
    Object.entries(named).flatMap(([name, points]) => (points.length > 0 ? [[name, points.at(-1)?.value]] : [])),
  );
}

const busySessions = (count: number) => ({
  sessions: seen(sessions({ statements: statements({ active: [{ waitsFor: null, count, lasting: 0 }] }) })),
});

describe('the load of a server', () => {
  it('is the essential series alone when nothing is wrong and the hour is not new', async () => {
    state.series = ALL;

    const { load, calls } = await collect();

    expect(calls).toBe(1);
    expect(seenLoad(load).asked).toBe('essential');
    expect(latest(load)).toEqual({ cpuPercent: 25, freeStorageBytes: 1000 });
  });

  it.each([
    ['the first audit of an hour', { takenAt: HOURLY }, 1],
    ['an audit from a shell', { fromShell: true }, 1],
    ['one that nobody let in', { database: { connection: failed('slots-exhausted') } }, 2],
    ['one that sees five sessions at work', { database: busySessions(5) }, 2],
  ] satisfies readonly (readonly [string, Look, number])[])('is every series when it is %s', async (_, how, calls) => {
    state.series = ALL;

    const seenBy = await collect(how);

    expect(seenBy.calls).toBe(calls);
    expect(seenLoad(seenBy.load).asked).toBe('all');
    expect(latest(seenBy.load)).toEqual({
      cpuPercent: 25,
      freeStorageBytes: 1000,
      freeMemoryBytes: 2000,
      cpuCredits: 30,
      ioBalancePercent: 40,
      diskQueueDepth: 7,
      activeSessions: 6,
    });
  });

  it('is every series of the writer when its CPU is busy', async () => {
    state.series = ALL;

    const { load } = await collect({ kind: 'cluster' });

    expect(latest(load)).toEqual({
      cpuPercent: 75,
      capacityPercent: 55,
      freeLocalStorageBytes: 4000,
      capacityUnits: 13,
    });
  });

  it('is the essential series alone when four sessions are at work', async () => {
    state.series = ALL;

    expect(seenLoad((await collect({ database: busySessions(4) })).load).asked).toBe('essential');
  });

  it('is missing, with the permission to give, when CloudWatch refuses it', async () => {
    endpoints.cloudwatch.faults.inject({ kind: 'refuse', code: 'AccessDenied' });

    expect((await collect()).load).toMatchObject({
      status: 'failed',
      failure: { kind: 'permission-denied', remediation: { text: 'Allow cloudwatch:GetMetricData.' } },
    });
  });

  it('keeps the essential series when the others cannot be read', async () => {
    state.series = ALL;
    // The database is looked at after the essential series, and before the others.
    const database = {
      get connection() {
        endpoints.cloudwatch.faults.inject({ kind: 'refuse', code: 'AccessDenied' });
        return failed('timeout');
      },
    };

    const { load } = await collect({ database });

    expect(seenLoad(load).asked).toBe('essential');
    expect(latest(load)).toEqual({ cpuPercent: 25, freeStorageBytes: 1000 });
  });

  it('is left out when no instance or cluster is configured', async () => {
    const settings = settingsFor({ target: { ...settingsFor().target, rds: undefined } });
    const { sources } = healthySnapshot();

    const load = await collectLoad(settings, startBudget(1000), HOURLY, Promise.resolve(sources));

    expect(load).toMatchObject({ status: 'skipped', configure: expect.stringContaining('rds') });
  });
});
