import type { Advice } from '../../core/finding.ts';
import type { LockSession } from '../../snapshot/snapshot.ts';
import { endMigrationLock } from '../lock-commands.ts';

/** The steps that free the lock of migrations. */
export function endHolders(holders: readonly LockSession[]): readonly Advice[] {
  return [
    endMigrationLock(holders),
    {
      text: 'To prevent the next one, let the migrations of LiteLLM connect to the database itself and not through a pooler (DIRECT_URL): a session of a pool keeps the lock of a job that has ended. From LiteLLM 1.101.0 on, a migration that runs into its timeout leaves no process behind (#39365).',
    },
  ];
}

/** Who keeps a migration waiting. */
export function seeBlockers(holder: LockSession): readonly Advice[] {
  return [
    {
      text: 'See what it waits for. It goes on by itself once the lock is free:',
      command: `SELECT pid, usename, client_addr, application_name, state, xact_start, state_change FROM pg_stat_activity
 WHERE pid = ANY (pg_blocking_pids(${holder.pid}));`,
    },
  ];
}

/** LiteLLM's own words for it (litellm_proxy_extras, utils.py). */
export function resolveFailed(failed: readonly string[]): readonly Advice[] {
  const [name = 'NAME'] = failed;
  return [
    {
      text: `Stop LiteLLM's migration jobs, then compare the database with migration.sql of ${name} in LiteLLM's package: which of its changes are there?`,
    },
    {
      text: `If all are there, run in a pod of the proxy, with the schema.prisma of the same build: prisma migrate resolve --applied ${name}. If none is, run: prisma migrate resolve --rolled-back ${name}; LiteLLM then runs it again. This only changes the record and undoes nothing. If some are there, finish or undo the rest first. Then start LiteLLM again.`,
    },
  ];
}
