import type { Advice } from '../../core/finding.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';

/** What to do when the proxy reports that its database is not connected. */
export function proxyAdvice({ sources: { connection } }: Snapshot): readonly Advice[] {
  return [
    connection.status === 'ok'
      ? {
          text: 'The auditor reached the database, so look at the side of the proxy: first the findings on slots and logins (connection-headroom, iam-authentication, proxy-errors), then the log of the pods that are not connected.',
        }
      : {
          text: 'The auditor did not reach the database either: do first what the finding of database-reachable says.',
        },
    {
      text: 'If the database is well, restart the pods that are not connected, one by one. Their answer can be two minutes old, so ask twice before that:',
      command: 'curl --silent --show-error --write-out \'\\n%{http_code}\\n\' "$PROXY_URL/health/readiness"',
    },
    {
      text: 'To keep serving while the database is unavailable: allow_requests_on_db_unavailable: true in general_settings. This turns authentication off for that time: whoever reaches the proxy is served, without budgets and limits. Only for a proxy in a closed network. From 1.85.0 to 1.99 its readiness still answers 503, and pods are taken out.',
    },
  ];
}
