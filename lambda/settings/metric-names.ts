/** The namespace of the auditor's own metrics. */
export const METRIC_NAMESPACE = 'LitellmDbAuditor';

/**
 * The metrics of the filters on the proxy's log, for one database. A metric filter takes its dimensions from the log line and cannot have a
 * constant one, so that the database is in the namespace.
 */
export function proxyErrorMetrics(database: string) {
  return {
    namespace: `${METRIC_NAMESPACE}/${database}`,
    connectionAttemptsFailed: 'ProxyConnectionAttemptsFailed',
    poolTimeouts: 'ProxyPoolTimeouts',
  } as const;
}
