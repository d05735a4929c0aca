import type { Advice, Status } from '../../core/finding.ts';
import { counted, listed } from '../../core/text.ts';
import type { SlotUse } from '../../model/slots.ts';
import type { CloudWatchSource } from '../../snapshot/snapshot.ts';
import { defineCheck, incident, notEvaluated } from '../check.ts';

/** Lines of one kind in an hour: more than the few that a restart or a failover leaves. Our own choice. */
const CRITICAL_LINES = 20;

type Lines = NonNullable<CloudWatchSource['proxyErrors']>;

export type ProxyErrorFacts = Lines & { readonly usedSlots?: number; readonly usableSlots?: number };

export const proxyErrors = defineCheck({
  id: 'proxy-errors',
  title: 'The log of the proxy shows no failed connection.',
  kind: 'incident',
  needs: ['cloudwatch'],
  evaluate({ seen: { cloudwatch }, snapshot, model: { slots } }) {
    const lines = cloudwatch.proxyErrors;
    const subject = `database ${snapshot.database}`;
    if (lines === null) {
      return [
        notEvaluated({
          status: 'info',
          subject,
          summary: 'Not checked: no log group of the proxy is configured.',
          advice: [{ text: 'To check it, configure proxy.logGroupName and deploy again.' }],
        }),
      ];
    }
    const status = statusOf(lines);
    return [
      incident<ProxyErrorFacts>({
        status,
        subject,
        summary: status === 'ok' ? 'The proxy logged no failed connection in the last hour.' : summarize(lines, slots),
        facts: { ...lines, ...(slots && { usedSlots: slots.used, usableSlots: slots.usable }) },
        advice: adviceOn(lines),
      }),
    ];
  },
});

function statusOf({ connectionAttemptsFailed, poolTimeouts }: Lines): Status {
  const most = Math.max(connectionAttemptsFailed, poolTimeouts);
  if (most >= CRITICAL_LINES) return 'critical';
  return most > 0 ? 'warning' : 'ok';
}

function summarize({ connectionAttemptsFailed, poolTimeouts }: Lines, slots: SlotUse | null): string {
  const logged = [
    ...(connectionAttemptsFailed > 0
      ? [`${counted(connectionAttemptsFailed, 'line')} "All connection attempts failed"`]
      : []),
    ...(poolTimeouts > 0 ? [`${counted(poolTimeouts, 'line')} "Timed out fetching a new connection"`] : []),
  ];
  return `The proxy logged ${listed(logged)} in the last hour; ${besideSlots(slots)}.`;
}

/** The message is about the proxy's own process, so PostgreSQL's side stands beside it (knowledge/litellm.md section 1). */
function besideSlots(slots: SlotUse | null): string {
  return slots === null
    ? "PostgreSQL's side could not be seen"
    : `in PostgreSQL ${slots.used} of ${slots.usable} usable slots are used now`;
}

function adviceOn({ connectionAttemptsFailed, poolTimeouts }: Lines): readonly Advice[] {
  return [
    ...(connectionAttemptsFailed > 0
      ? [
          {
            text: 'All connection attempts failed: LiteLLM could not reach its own query-engine process in the pod; PostgreSQL may be fine. If slots are free, restart the pods that logged it, one by one, and see litellm-version for known issues of the engine. If no slots are free, first follow the advice of connection-headroom.',
          },
        ]
      : []),
    ...(poolTimeouts > 0
      ? [
          {
            text: "Timed out fetching a new connection from the connection pool: every connection of a worker's pool was in use for the whole wait; PostgreSQL refused nothing. Look for what holds them: idle-in-transaction, per-request-router, slow statements. Then pool-budget shows whether a larger database_connection_pool_limit fits.",
          },
        ]
      : []),
  ];
}
