import type { Advice } from '../../core/finding.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';

/** What to do when the proxy says that its database is away. */
export function proxyAdvice({ sources: { connection } }: Snapshot): readonly Advice[] {
  return [
    connection.status === 'ok'
      ? {
          text: "The auditor reached the database, so it answers: look at the proxy's side. First the findings on slots and log-ins (connection-headroom, iam-authentication, proxy-errors), then the log of the pods that are not connected.",
        }
      : {
          text: 'The auditor did not reach the database either: do first what the finding of database-reachable says.',
        },
    {
      text: 'When the database is well, restart the pods that are not connected, one by one. Their answer can be two minutes old: ask twice before.',
      command: 'curl --silent --show-error --write-out \'\\n%{http_code}\\n\' "$PROXY_URL/health/readiness"',
    },
    {
      text: 'To keep serving while the database is away: allow_requests_on_db_unavailable: true in general_settings. It gives up the checks of keys for that time: whoever reaches the proxy is served, without budgets and limits. Only for a proxy in a closed network. From 1.85.0 to 1.99 its readiness answers 503 all the same, and pods are taken out.',
    },
  ];
}
