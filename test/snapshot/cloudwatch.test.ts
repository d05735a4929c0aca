import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { LOG_PHRASE_IDS, LOG_PHRASES, type LogPhraseId, logNamespace } from '../../lambda/litellm/log-phrases.ts';
import type { Target } from '../../lambda/settings/settings.ts';
import { awsFailure } from '../../lambda/snapshot/aws/aws-failure.ts';
import { readCloudWatch } from '../../lambda/snapshot/aws/cloudwatch.ts';
import { failureOf, SourceError } from '../../lambda/snapshot/failure.ts';
import type { MetricSeries, MetricState } from '../../sandbox/aws/cloudwatch.ts';
import type { AwsEndpoints } from '../../sandbox/aws/endpoints.ts';
import { CALLER, startForTest } from '../sandbox/aws/helpers.ts';

const PERIOD_MS = 300_000;
const INSTANCE = { kind: 'instance', identifier: 'prod', region: CALLER.region } as const;
const CLUSTER = { kind: 'cluster', identifier: 'prod', region: CALLER.region } as const;

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

async function read(target: typeof INSTANCE | typeof CLUSTER = INSTANCE) {
  return (await readAll(target)).cloudwatch;
}

function readAll(target: NonNullable<Target['rds']>, logOf?: string) {
  return readCloudWatch(target, { hours: 12, logOf }, new AbortController().signal);
}

/** The start of the period that ended last, and of those before it. */
function periodAgo(periods: number): Date {
  return new Date((Math.floor(Date.now() / PERIOD_MS) - 1 - periods) * PERIOD_MS);
}

function rdsSeries(
  metricName: string,
  values: readonly (readonly [number, number])[],
  dimensions: Record<string, string> = { DBInstanceIdentifier: 'prod' },
): MetricSeries {
  const samples = values.map(([periods, value]) => ({ at: periodAgo(periods), value }));
  return { namespace: 'AWS/RDS', metricName, dimensions, samples };
}

describe('the connections', () => {
  it('are the maximum of each period, oldest first, without the one that is not over', async () => {
    state.series = [
      rdsSeries('DatabaseConnections', [
        [0, 30],
        [0, 34],
        [1, 20],
        [143, 5],
        [144, 4],
        [-1, 99],
      ]),
    ];

    const { connections } = await read();

    expect(connections).toEqual({
      periodSeconds: 300,
      points: [
        { at: periodAgo(143).toISOString(), value: 5 },
        { at: periodAgo(1).toISOString(), value: 20 },
        { at: periodAgo(0).toISOString(), value: 34 },
      ],
    });
  });

  it("are the writer's when it is a cluster", async () => {
    const writer = { DBClusterIdentifier: 'prod', Role: 'WRITER' };
    state.series = [
      rdsSeries('DatabaseConnections', [[0, 7]], writer),
      rdsSeries('DatabaseConnections', [[0, 8]], { ...writer, Role: 'READER' }),
    ];

    expect((await read(CLUSTER)).connections.points.map(({ value }) => value)).toEqual([7]);
  });

  it('are no points when there is no such instance', async () => {
    expect(await readAll(INSTANCE)).toMatchObject({
      cloudwatch: { connections: { points: [] }, iam: null },
      proxyLog: null,
    });
  });

  it('are asked for in one call together with everything else', async () => {
    const before = endpoints.cloudwatch.requestCount();

    await readAll(INSTANCE, 'prod');

    expect(endpoints.cloudwatch.requestCount() - before).toBe(1);
  });
});

describe('the IAM log-ins', () => {
  it('are counted by cause over the last hour, and what no cause names is other', async () => {
    state.series = [
      rdsSeries('IamDbAuthConnectionRequests', [
        [0, 40],
        [11, 2],
        [12, 100],
      ]),
      rdsSeries('IamDbAuthConnectionFailure', [[0, 6]]),
      rdsSeries('IamDbAuthConnectionFailureInvalidToken', [
        [1, 3],
        [20, 50],
      ]),
      rdsSeries('IamDbAuthConnectionFailureThrottling', [[0, 1]]),
    ];

    expect((await read()).iam).toEqual({
      requests: 42,
      failures: [
        { cause: 'invalid-token', count: 3 },
        { cause: 'throttling', count: 1 },
        { cause: 'other', count: 2 },
      ],
    });
  });

  it('are without failure when only requests were counted', async () => {
    state.series = [rdsSeries('IamDbAuthConnectionRequests', [[3, 9]])];

    expect((await read()).iam).toEqual({ requests: 9, failures: [] });
  });
});

describe("the proxy's log", () => {
  const lines = (database: string, id: LogPhraseId, values: [number, number][]) => ({
    ...rdsSeries(LOG_PHRASES[id].metric, values, {}),
    namespace: logNamespace(database),
  });

  it('is the sum of each phrase over the last hour, of the one database', async () => {
    state.series = [
      lines('prod', 'connectionAttemptsFailed', [
        [0, 2],
        [5, 3],
        [40, 70],
      ]),
      ...LOG_PHRASE_IDS.filter((id) => id !== 'connectionAttemptsFailed').map((id, index) =>
        lines('prod', id, [[2, index + 1]]),
      ),
      lines('other', 'poolTimeouts', [[2, 400]]),
    ];

    const { proxyLog } = await readAll(INSTANCE, 'prod');

    const others = LOG_PHRASE_IDS.filter((id) => id !== 'connectionAttemptsFailed');
    expect(proxyLog).toEqual({
      from: 'metrics',
      lines: { connectionAttemptsFailed: 5, ...Object.fromEntries(others.map((id, index) => [id, index + 1])) },
      total: null,
    });
  });

  it('has no line of any phrase when the filters have counted nothing yet', async () => {
    const { proxyLog } = await readAll(INSTANCE, 'prod');

    expect(proxyLog?.lines).toEqual(Object.fromEntries(LOG_PHRASE_IDS.map((id) => [id, 0])));
  });
});

describe('an RDS Proxy', () => {
  const BEHIND = { ...INSTANCE, proxyName: 'litellm-proxy' } as const;
  const minute = (ago: number) => new Date((Math.floor(Date.now() / PERIOD_MS) * 5 - ago) * 60_000);
  const proxySeries = (metricName: string, name: string, samples: readonly (readonly [number, number])[]) => ({
    namespace: 'AWS/RDS',
    metricName,
    dimensions: { ProxyName: name },
    samples: samples.map(([ago, value]) => ({ at: minute(ago), value })),
  });

  it('has the sum over its machines at the last minute, of the one proxy', async () => {
    state.series = [
      proxySeries('DatabaseConnectionsCurrentlySessionPinned', 'litellm-proxy', [
        [9, 90],
        [3, 50],
        [2, 30],
        [2, 14],
      ]),
      proxySeries('DatabaseConnections', 'litellm-proxy', [
        [2, 32],
        [2, 16],
      ]),
      proxySeries('DatabaseConnections', 'other', [[1, 500]]),
    ];

    expect((await readAll(BEHIND)).cloudwatch.rdsProxy).toEqual({ name: 'litellm-proxy', pinned: 44, connections: 48 });
  });

  it('is not known when it has no metrics, and none when none is configured', async () => {
    const [without, none] = [await readAll(BEHIND), await readAll(INSTANCE)];

    expect(without.cloudwatch.rdsProxy).toEqual({ name: 'litellm-proxy', pinned: null, connections: null });
    expect(none.cloudwatch.rdsProxy).toBeNull();
  });
});

describe('CloudWatch', () => {
  const failureFrom = async () => {
    const error: unknown = await read().catch((thrown: unknown) => thrown);
    return error instanceof SourceError ? error.failure : awsFailure(error, 'cloudwatch:GetMetricData');
  };

  it('is a failure that names the permission when it denies the call', async () => {
    endpoints.cloudwatch.faults.inject({ kind: 'refuse', code: 'AccessDenied' });

    expect(await failureFrom()).toMatchObject({
      kind: 'permission-denied',
      remediation: { text: 'Allow cloudwatch:GetMetricData.' },
    });
  });

  it('is a failure when it answers nonsense', async () => {
    endpoints.cloudwatch.faults.inject({ kind: 'garbage' });

    expect((await failureFrom()).message).toBe(failureOf('other').message);
  });

  it('gives finite numbers in the order of time, whatever was measured', async () => {
    const samples = fc.array(fc.tuple(fc.integer({ min: -3, max: 200 }), fc.integer({ min: 0, max: 1e9 })), {
      maxLength: 300,
    });
    await fc.assert(
      fc.asyncProperty(samples, samples, async (connections, failures) => {
        state.series = [
          rdsSeries('DatabaseConnections', connections),
          rdsSeries('IamDbAuthConnectionFailureInvalidToken', failures),
        ];

        const { connections: seen, iam } = await read();

        const times = seen.points.map(({ at }) => at);
        expect(times).toEqual([...new Set(times)].sort());
        expect(seen.points.every(({ value }) => Number.isFinite(value))).toBe(true);
        expect((iam?.failures ?? []).every(({ count }) => count > 0)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });
});
