import type { Advice, Status } from '../../core/finding.ts';
import { counted, durationText, listed } from '../../core/text.ts';
import { mergeUncertainty, type Uncertainty } from '../../core/uncertainty.ts';
import { byClient, clientCondition } from '../../model/clients.ts';
import type { Settings } from '../../settings/settings.ts';
import type { IdleTransaction, SessionsSource } from '../../snapshot/snapshot.ts';
import { blockingLimit } from '../blocking-limit.ts';
import { defineCheck, type Evaluated, incident } from '../check.ts';
import { hiddenSessions } from '../not-evaluated.ts';

type TransactionFacts = {
  readonly pid: number;
  readonly database: string;
  readonly application: string;
  readonly transactionSeconds: number;
  readonly idleSeconds: number;
  readonly blocking: number;
};

export type IdleFacts =
  | { readonly client: string; readonly transactions: readonly TransactionFacts[] }
  | { readonly idleTransactions: number; readonly longestIdleSeconds: number };

export const idleInTransaction = defineCheck({
  id: 'idle-in-transaction',
  title: 'No transaction is left open and idle.',
  kind: 'incident',
  needs: ['sessions'],
  evaluate({ seen: { sessions }, snapshot }, settings) {
    const bad = sessions.idleTransactions.filter((transaction) => statusOf(transaction, settings) !== 'ok');
    const uncertainty = uncertaintyOf(sessions);
    const clients = [...byClient(bad)].map(([client, own]) => openTransactions(client, own, settings, uncertainty));
    const hidden = hiddenSessions(sessions, snapshot, settings);
    if (clients.length + hidden.length > 0) return [...clients, ...hidden];
    return [
      incident<IdleFacts>({
        status: 'ok',
        subject: `database ${snapshot.database}`,
        summary:
          sessions.idleTransactionCount === 0
            ? 'No transaction is open and idle.'
            : `${counted(sessions.idleTransactionCount, 'transaction')} open and idle, none for over ${durationText(settings.idleInTransactionWarningSeconds)}, and none for over ${durationText(blockingLimit(settings))} while blocking others.`,
        facts: {
          idleTransactions: sessions.idleTransactionCount,
          longestIdleSeconds: longest(sessions.idleTransactions),
        },
        uncertainty,
      }),
    ];
  },
});

function statusOf({ idleSeconds, blocking }: IdleTransaction, settings: Settings): Status {
  if (idleSeconds > settings.idleInTransactionCriticalSeconds) return 'critical';
  if (blocking > 0 && idleSeconds > blockingLimit(settings)) return 'critical';
  return idleSeconds > settings.idleInTransactionWarningSeconds ? 'warning' : 'ok';
}

function openTransactions(
  client: string,
  own: readonly IdleTransaction[],
  settings: Settings,
  uncertainty: Uncertainty | null,
): Evaluated<IdleFacts> {
  const blocking = own.reduce((sum, transaction) => sum + transaction.blocking, 0);
  const [are, upTo, block] = own.length === 1 ? ['is', '', 'blocks'] : ['are', 'up to ', 'block'];
  const blocks = blocking > 0 ? ` and ${block} ${counted(blocking, 'other session')}` : '';
  return incident({
    status: own.some((transaction) => statusOf(transaction, settings) === 'critical') ? 'critical' : 'warning',
    subject: `client ${client}`,
    summary: `${counted(own.length, 'transaction')} of ${client} ${are} open and idle for ${upTo}${durationText(longest(own))}${blocks}.`,
    facts: {
      client,
      transactions: own.map(({ pid, database, application, transactionSeconds, idleSeconds, blocking }) => ({
        pid,
        database,
        application,
        transactionSeconds: wholeSeconds(transactionSeconds),
        idleSeconds: wholeSeconds(idleSeconds),
        blocking,
      })),
    },
    advice: adviceOn(own),
    uncertainty: mergeUncertainty([uncertainty, mayGoOn(own, settings)]),
  });
}

/** That one is open by mistake is certain only where it has been idle for long: a client under load pauses between two statements too. */
function mayGoOn(own: readonly IdleTransaction[], { idleInTransactionWarningSeconds }: Settings): Uncertainty | null {
  if (own.some(({ idleSeconds }) => idleSeconds > idleInTransactionWarningSeconds)) return null;
  return {
    confidence: 'medium',
    reason: `None of them has been idle for over ${durationText(idleInTransactionWarningSeconds)}: its client may only be slow.`,
  };
}

function adviceOn(own: readonly IdleTransaction[]): readonly Advice[] {
  const [first] = own;
  if (first === undefined) return [];
  const pids = own.map(({ pid }) => pid);
  // A pid can be given to another session meanwhile: the client and the state are asked for again.
  const condition = `pid IN (${pids.join(', ')})
   AND state LIKE 'idle in transaction%'
   AND ${clientCondition(first)}`;
  const [it, is] = pids.length === 1 ? ['it', 'it is'] : ['them', 'they are'];
  return [
    {
      text: `Check what ${is} with the first query, and if nobody owns ${it}, end ${it} with the second. What was written is rolled back. It ends only pid ${listed(pids.map(String), pids.length)} of this client:`,
      command: `SELECT pid, application_name, state, xact_start, state_change FROM pg_stat_activity
 WHERE ${condition};
SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE ${condition};`,
    },
    {
      text: 'Whom they block:',
      command: `SELECT pid, usename, client_addr, pg_blocking_pids(pid) AS blocked_by FROM pg_stat_activity
 WHERE pg_blocking_pids(pid) && ARRAY[${pids.join(', ')}];`,
    },
    {
      text: 'Look in the log of that client for what it did at xact_start. A stopped migration or an open psql is common.',
    },
  ];
}

function longest(transactions: readonly IdleTransaction[]): number {
  return wholeSeconds(Math.max(0, ...transactions.map(({ idleSeconds }) => idleSeconds)));
}

/** A clock that was set back gives times below 0. */
function wholeSeconds(seconds: number): number {
  return Math.max(0, Math.round(seconds));
}

function uncertaintyOf({ idleTransactions, idleTransactionCount }: SessionsSource): Uncertainty | null {
  if (idleTransactionCount <= idleTransactions.length) return null;
  return {
    confidence: 'medium',
    reason: `Only the ${idleTransactions.length} oldest of ${idleTransactionCount} idle transactions were read.`,
  };
}
