import type { Advice, Status } from '../../core/finding.ts';
import { counted, listed } from '../../core/text.ts';
import { slotUse } from '../../model/slots.ts';
import type { CloudWatchSource, Snapshot } from '../../snapshot/snapshot.ts';
import { defineCheck } from '../check.ts';
import { result } from '../result.ts';

/** Lines of one kind in an hour: more than the few that a restart or a failover leaves. [?] */
const CRITICAL_LINES = 20;

type Lines = NonNullable<CloudWatchSource['proxyErrors']>;

export const proxyErrors = defineCheck({
  id: 'proxy-errors',
  title: "The proxy's log tells of no connection that failed.",
  needs: ['cloudwatch'],
  judge({ source: { cloudwatch }, snapshot }) {
    const lines = cloudwatch.proxyErrors;
    const subject = `database ${snapshot.database}`;
    if (lines === null) {
      return [
        result({
          status: 'info',
          subject,
          summary: 'Not looked at: no log group of the proxy is configured.',
          advice: [{ text: 'To have it, configure proxy.logGroupName and deploy again.' }],
        }),
      ];
    }
    const { connectionAttemptsFailed, poolTimeouts } = lines;
    const status = statusOf(lines);
    return [
      result({
        status,
        subject,
        summary:
          status === 'ok' ? 'The proxy logged no failed connection in the last hour.' : summaryOf(lines, snapshot),
        evidence: { connectionAttemptsFailed, poolTimeouts, ...slotsBeside(snapshot) },
        advice: adviceOf(lines),
      }),
    ];
  },
});

function statusOf({ connectionAttemptsFailed, poolTimeouts }: Lines): Status {
  const most = Math.max(connectionAttemptsFailed, poolTimeouts);
  if (most >= CRITICAL_LINES) return 'critical';
  return most > 0 ? 'warning' : 'ok';
}

function summaryOf({ connectionAttemptsFailed, poolTimeouts }: Lines, snapshot: Snapshot): string {
  const told = [
    ...(connectionAttemptsFailed > 0
      ? [`${counted(connectionAttemptsFailed, 'line')} "All connection attempts failed"`]
      : []),
    ...(poolTimeouts > 0 ? [`${counted(poolTimeouts, 'pool time-out')} (P2024)`] : []),
  ];
  return `The proxy logged ${listed(told)} in the last hour; ${beside(snapshot)}.`;
}

/** The message speaks of the proxy's own process, so PostgreSQL's side stands beside it (knowledge/litellm.md section 1). */
function beside(snapshot: Snapshot): string {
  const { usedSlots, usableSlots } = slotsBeside(snapshot);
  return usableSlots === undefined
    ? "PostgreSQL's side could not be seen"
    : `in PostgreSQL ${usedSlots} of ${usableSlots} usable slots are taken now`;
}

function slotsBeside({ sources: { server, sessions } }: Snapshot): {
  readonly usedSlots?: number;
  readonly usableSlots?: number;
} {
  if (server.status !== 'ok' || sessions.status !== 'ok') return {};
  const { used, usable } = slotUse(server.value, sessions.value);
  return { usedSlots: used, usableSlots: usable };
}

function adviceOf({ connectionAttemptsFailed, poolTimeouts }: Lines): readonly Advice[] {
  return [
    ...(connectionAttemptsFailed > 0
      ? [
          {
            text: 'All connection attempts failed: LiteLLM could not reach its own query-engine process in the pod. PostgreSQL may be well. When slots are free, restart the pods that logged it, one by one, and see litellm-version for faults of the engine; when they are not, do first what connection-headroom says.',
          },
        ]
      : []),
    ...(poolTimeouts > 0
      ? [
          {
            text: "P2024: every connection of a worker's pool was busy for the whole of its wait, PostgreSQL refused nothing. Look for what holds them: idle-in-transaction, per-request-router, slow statements. Then pool-budget says whether a larger database_connection_pool_limit fits.",
          },
        ]
      : []),
  ];
}
