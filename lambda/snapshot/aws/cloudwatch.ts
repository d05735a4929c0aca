import { LOG_PHRASE_IDS } from '../../litellm/log-phrases.ts';
import type { Target } from '../../settings/settings.ts';
import type { CloudWatchSource, ProxyLogSource } from '../snapshot.ts';
import { metricQueries, PERIOD_SECONDS, type QueryId } from './cloudwatch-queries.ts';
import { lastPeriodEnd, readSeries, type Series } from './metric-data.ts';

const HOUR_MS = 3_600_000;

const CAUSES = [
  ['iam_invalid_token', 'invalid-token'],
  ['iam_insufficient_permissions', 'insufficient-permissions'],
  ['iam_throttling', 'throttling'],
  ['iam_server_error', 'server-error'],
] as const satisfies readonly (readonly [QueryId, string])[];

type Point = CloudWatchSource['connections']['points'][number];

export interface CloudWatchWanted {
  /** How far back the connections are asked for. */
  readonly hours: number;
  /** The database whose proxy's log is counted; undefined: none is. */
  readonly logOf: string | undefined;
}

export interface CloudWatchSeen {
  readonly cloudwatch: CloudWatchSource;
  /** null: no log is counted. */
  readonly proxyLog: ProxyLogSource | null;
}

/**
 * What CloudWatch has of the instance, or of the cluster's writer. Periods that are not over yet are left out.
 * @param signal ends the call
 * @throws the SDK's errors; `awsFailure` tells them apart. SourceError.
 */
export async function readCloudWatch(
  target: NonNullable<Target['rds']>,
  { hours, logOf }: CloudWatchWanted,
  signal: AbortSignal,
): Promise<CloudWatchSeen> {
  const endMs = lastPeriodEnd();
  const series = await readSeries<QueryId>(target.region, metricQueries(target, logOf), { hours, endMs }, signal);
  const lastHour = (id: QueryId) => sum(series(id).filter(({ at }) => Date.parse(at) >= endMs - HOUR_MS));
  return {
    cloudwatch: {
      connections: { periodSeconds: PERIOD_SECONDS, points: series('connections') },
      iam: iamMetrics(series, lastHour),
      rdsProxy: rdsProxyMetrics(target.proxyName, series),
    },
    proxyLog: logOf === undefined ? null : logged(lastHour),
  };
}

/** RDS leaves out what it has not measured yet; the last minutes of a series are still being written. */
function rdsProxyMetrics(name: string | undefined, series: Series<QueryId>): CloudWatchSource['rdsProxy'] {
  if (name === undefined) return null;
  const last = (id: QueryId) => series(id).at(-1)?.value ?? null;
  return { name, pinned: last('proxy_pinned'), connections: last('proxy_connections') };
}

/** A filter that has matched nothing yet has no metric. */
function logged(lastHour: (id: QueryId) => number): ProxyLogSource {
  const lines = Object.fromEntries(LOG_PHRASE_IDS.map((id) => [id, Math.round(lastHour(id))]));
  return { from: 'metrics', lines, total: null };
}

/** A series that nobody writes has no points. RDS writes these once somebody logs in by IAM, and zero where nothing failed. */
function iamMetrics(series: Series<QueryId>, lastHour: (id: QueryId) => number): CloudWatchSource['iam'] {
  const exists = (id: QueryId) => series(id).length > 0;
  if (!exists('iam_requests') && !exists('iam_failures') && !CAUSES.some(([id]) => exists(id))) return null;
  const causes = CAUSES.map(([id, cause]) => ({ cause, count: lastHour(id) }));
  const other = lastHour('iam_failures') - sum(causes.map(({ count }) => ({ value: count })));
  return {
    requests: exists('iam_requests') ? lastHour('iam_requests') : null,
    failures: [...causes, { cause: 'other' as const, count: other }].filter(({ count }) => count > 0),
  };
}

function sum(points: readonly Pick<Point, 'value'>[]): number {
  return points.reduce((total, { value }) => total + value, 0);
}
