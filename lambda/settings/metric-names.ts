/** Where the auditor's own metrics are. */
export const METRIC_NAMESPACE = 'LitellmDbAuditor';

/**
 * The metrics of the filters on the proxy's log, of one database. A metric filter takes its dimensions from the log line and can have no constant
 * one, so the database is in the namespace.
 */
export function proxyErrorMetrics(database: string) {
  return {
    namespace: `${METRIC_NAMESPACE}/${database}`,
    connectionAttemptsFailed: 'ProxyConnectionAttemptsFailed',
    poolTimeouts: 'ProxyPoolTimeouts',
  } as const;
}
