import { counted, durationText } from '../../core/text.ts';
import { earlierTables } from '../../model/since-previous.ts';
import { defineCheck, notEvaluated, risk } from '../check.ts';

export type DeadlockFacts = { readonly since: string | null; readonly deadlocks: number; readonly total: number };

export const deadlocks = defineCheck({
  id: 'deadlocks',
  title: 'No deadlock has happened since the earlier audit.',
  kind: 'risk',
  needs: ['tables', 'server'],
  evaluate({ seen: { tables, server }, snapshot }) {
    const subject = `database ${snapshot.database}`;
    const { deadlocks: total, at } = tables;
    if (server.inRecovery) {
      return [
        notEvaluated({
          subject,
          summary: 'Not checked: this server is a replica, which counts none of the deadlocks of the writer.',
          advice: [
            { text: 'Audit the writer: set "host" to its endpoint, for Aurora to the writer endpoint of the cluster.' },
          ],
        }),
      ];
    }
    const before = earlierTables(snapshot);
    if (total === 0) {
      const summary = "No deadlock has happened since PostgreSQL's statistics began.";
      return [
        risk<DeadlockFacts>({
          status: 'ok',
          subject,
          summary,
          facts: { since: tables.statsReset, deadlocks: 0, total },
        }),
      ];
    }
    if ('missing' in before) {
      return [
        notEvaluated({
          status: 'info',
          subject,
          summary: `Not checked: ${before.missing}. PostgreSQL has counted ${counted(total, 'deadlock')} since its statistics began.`,
          evidence: { total, statisticsSince: tables.statsReset },
        }),
      ];
    }
    const since = total - before.deadlocks;
    const seconds = Math.max(0, (Date.parse(at) - Date.parse(before.at)) / 1000);
    const facts = { since: before.at, deadlocks: since, total };
    if (since <= 0) {
      return [
        risk<DeadlockFacts>({
          status: 'ok',
          subject,
          summary: `No deadlock has happened in the ${durationText(seconds)} since the earlier audit.`,
          facts,
        }),
      ];
    }
    return [
      risk<DeadlockFacts>({
        status: 'warning',
        subject,
        summary: `${counted(since, 'deadlock')} ${since === 1 ? 'has' : 'have'} happened in the ${durationText(seconds)} since the earlier audit. PostgreSQL has broken off a transaction for each.`,
        facts,
        advice: [
          {
            text: 'Look for "deadlock detected" in the log of PostgreSQL: it names the statements and the tables. In the log of the proxy, the same words show whether LiteLLM lost an update of spend.',
          },
          {
            text: "If both sides are LiteLLM's spend updates, use_redis_transaction_buffer: true in general_settings (it requires Redis) lets one pod write for all.",
          },
        ],
      }),
    ];
  },
});
