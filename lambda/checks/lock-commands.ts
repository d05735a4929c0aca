import { escapeLiteral } from 'pg';
import type { Advice } from '../core/finding.ts';
import { MIGRATION_LOCK } from '../litellm/migration-lock.ts';
import { clientCondition } from '../model/clients.ts';
import type { LockSession } from '../snapshot/snapshot.ts';

/** SQL that shows these sessions, and who keeps them waiting. */
export function lookAt(sessions: readonly LockSession[]): string {
  return `SELECT pid, application_name, state, xact_start, state_change, pg_blocking_pids(pid) AS blocked_by
  FROM pg_stat_activity WHERE pid IN (${pidsOf(sessions)});`;
}

/** SQL that ends these sessions of one client, those alone that are in the same state since the same time: one that has moved on stays. */
export function endSessions(sessions: readonly LockSession[]): string | null {
  const condition = unchanged(sessions);
  return condition && `SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity\n WHERE ${condition};`;
}

/** SQL that cancels the statements of these sessions of one client, those alone that still run the same one. */
export function cancelStatements(sessions: readonly LockSession[]): string | null {
  const condition = unchanged(sessions);
  return condition && `SELECT pid, pg_cancel_backend(pid) FROM pg_stat_activity\n WHERE ${condition};`;
}

/** The step that frees the lock of migrations of idle sessions that hold it. */
export function endMigrationLock(holders: readonly LockSession[]): Advice {
  const end = endLockHolders(holders);
  return {
    text: `Check that no migration job of that client still runs. Then end the idle ${holders.length === 1 ? 'session' : 'sessions'} with the second query: the lock is free then, and the next migration goes on. It ends nobody who has moved on since, or does not hold the lock.`,
    command: end === null ? lookAt(holders) : `${lookAt(holders)}\n${end}`,
  };
}

/** The same as `endSessions`, and only while they hold the lock of migrations. */
function endLockHolders(sessions: readonly LockSession[]): string | null {
  const condition = unchanged(sessions);
  return (
    condition &&
    `SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE ${condition}
   AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
                AND classid = 0 AND objid = ${MIGRATION_LOCK} AND objsubid = 1);`
  );
}

/** null where the state of one is hidden, so that nothing could tell whether it has moved on. */
function unchanged(sessions: readonly LockSession[]): string | null {
  const [first] = sessions;
  if (first === undefined || sessions.some(({ state, stateSince }) => state === null || stateSince === null))
    return null;
  const states = [...new Set(sessions.map(({ state }) => escapeLiteral(state ?? '')))].sort();
  const same = sessions.map(({ pid, stateSince }) => `(${pid}, ${escapeLiteral(stateSince ?? '')})`);
  return `(pid, state_change) IN (${same.join(', ')})
   AND state IN (${states.join(', ')})
   AND ${clientCondition(first)}`;
}

function pidsOf(sessions: readonly LockSession[]): string {
  return sessions.map(({ pid }) => pid).join(', ');
}
