import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { LOG_PHRASE_IDS, LOG_PHRASES, type LogPhraseId, logNamespace } from '../../litellm/log-phrases.ts';
import type { Target } from '../../settings/settings.ts';

/** Seconds; CloudWatch keeps it for 63 days, and has a point a minute before that. */
export const PERIOD_SECONDS = 300;

/** What is asked, by the id of its query; the IAM ones are documented in the RDS user guide, "Monitoring IAM database authentication". */
const RDS_METRICS = {
  connections: ['DatabaseConnections', 'Maximum'],
  iam_requests: ['IamDbAuthConnectionRequests', 'Sum'],
  iam_failures: ['IamDbAuthConnectionFailure', 'Sum'],
  iam_invalid_token: ['IamDbAuthConnectionFailureInvalidToken', 'Sum'],
  iam_insufficient_permissions: ['IamDbAuthConnectionFailureInsufficientPermissions', 'Sum'],
  iam_throttling: ['IamDbAuthConnectionFailureThrottling', 'Sum'],
  iam_server_error: ['IamDbAuthConnectionFailureServerError', 'Sum'],
} as const;

/** Of an RDS Proxy. Each of the machines behind it writes them every minute, so that only the sum of one minute is their number. */
const PROXY_METRICS = {
  proxy_pinned: 'DatabaseConnectionsCurrentlySessionPinned',
  proxy_connections: 'DatabaseConnections',
} as const;
const PROXY_PERIOD_SECONDS = 60;

export type QueryId = keyof typeof RDS_METRICS | keyof typeof PROXY_METRICS | LogPhraseId;

/**
 * The queries of the one call.
 * @param logOf the database whose proxy's log is counted; undefined: none is
 */
export function metricQueries(target: NonNullable<Target['rds']>, logOf: string | undefined): MetricDataQuery[] {
  const dimensions = dimensionsOf(target);
  return [
    ...Object.entries(RDS_METRICS).map(([id, [name, statistic]]) => query(id, 'AWS/RDS', name, dimensions, statistic)),
    ...(target.proxyName === undefined ? [] : proxyQueries(target.proxyName)),
    ...(logOf === undefined ? [] : logQueries(logOf)),
  ];
}

function proxyQueries(name: string): MetricDataQuery[] {
  return Object.entries(PROXY_METRICS).map(([id, metric]) =>
    query(id, 'AWS/RDS', metric, { ProxyName: name }, 'Sum', PROXY_PERIOD_SECONDS),
  );
}

/** The instance, or the writer of the cluster. */
export function dimensionsOf({ kind, identifier }: NonNullable<Target['rds']>): Readonly<Record<string, string>> {
  return kind === 'instance'
    ? { DBInstanceIdentifier: identifier }
    : { DBClusterIdentifier: identifier, Role: 'WRITER' };
}

/** The ids of phrases are those of their queries. */
function logQueries(database: string): MetricDataQuery[] {
  return LOG_PHRASE_IDS.map((id) => query(id, logNamespace(database), LOG_PHRASES[id].metric, {}, 'Sum'));
}

/** One query of a series; a metric without points costs as much as another one. */
export function query(
  id: string,
  namespace: string,
  name: string,
  dimensions: Readonly<Record<string, string>>,
  statistic: 'Average' | 'Maximum' | 'Minimum' | 'Sum',
  period = PERIOD_SECONDS,
): MetricDataQuery {
  return {
    Id: id,
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: name,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: period,
      Stat: statistic,
    },
  };
}
