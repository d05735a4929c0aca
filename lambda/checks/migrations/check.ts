import { counted, durationText, listed } from '../../core/text.ts';
import type { Uncertainty } from '../../core/uncertainty.ts';
import { clientName } from '../../model/clients.ts';
import type { Settings } from '../../settings/settings.ts';
import type { LitellmSource, LockSession, LocksSource, Snapshot } from '../../snapshot/snapshot.ts';
import { type CheckResult, defineCheck, incident, notEvaluated, risk } from '../check.ts';
import { unreadTable } from '../not-evaluated.ts';
import { endHolders, resolveFailed, seeBlockers } from './advice.ts';

/** Without anybody who waits, an idle holder may be a job between two statements; not for so long. Our own choice. */
const ABANDONED_SECONDS = 60;

type HolderFacts = {
  readonly pid: number;
  readonly client: string;
  readonly state: string | null;
  readonly stateSeconds: number | null;
};

export type MigrationFacts =
  /** An idle session holds the lock of migrations. */
  | { readonly orphanedLock: true; readonly holders: readonly HolderFacts[]; readonly waiting: number }
  /** A migration waits for a lock itself. */
  | {
      readonly hangs: true;
      readonly holders: readonly HolderFacts[];
      readonly waitSeconds: number;
      readonly unfinished: readonly string[];
    }
  | { readonly applied: number; readonly unfinished: readonly string[]; readonly isRunning: boolean };

export const migrations = defineCheck({
  id: 'migrations',
  title: 'No migration of LiteLLM failed, hangs, or left its lock behind.',
  kind: 'risk',
  needs: ['litellm', 'locks'],
  evaluate({ seen: { litellm, locks }, snapshot }, settings) {
    const holders = holdersOf(locks);
    const bad = [...orphaned(holders, locks, snapshot, settings), ...hanging(holders, litellm, snapshot, settings)];
    return [...bad, table(litellm, holders, snapshot, settings)];
  },
});

/** Who has the lock of migrations. */
function holdersOf({ migrationLock, sessions }: LocksSource): readonly LockSession[] {
  const pids = new Set(migrationLock.flatMap(({ pid, granted }) => (granted ? pid : [])));
  return sessions.filter(({ pid }) => pids.has(pid));
}

function orphaned(
  holders: readonly LockSession[],
  { migrationLock }: LocksSource,
  snapshot: Snapshot,
  { lockWaitWarningSeconds }: Settings,
): readonly CheckResult<MigrationFacts>[] {
  const waiting = migrationLock.filter(({ granted }) => !granted).length;
  const limit = waiting > 0 ? lockWaitWarningSeconds : Math.max(lockWaitWarningSeconds, ABANDONED_SECONDS);
  const idle = holders.filter(({ state, stateSeconds }) => state === 'idle' && (stateSeconds ?? 0) > limit);
  const [first] = idle;
  if (first === undefined) return [];
  const facts = { orphanedLock: true as const, holders: idle.map(holderFacts), waiting };
  const behind =
    waiting === 0
      ? 'The next migration will wait for it.'
      : `${counted(waiting, 'session')} ${waiting === 1 ? 'waits' : 'wait'} for it.`;
  return [
    incident({
      status: waiting > 0 ? 'critical' : 'warning',
      subject: `lock of migrations in database ${snapshot.database}`,
      summary: `An idle session of ${clientName(first)} (pid ${first.pid}) has held the lock of migrations for ${durationText(first.stateSeconds ?? 0)} or longer, and runs no migration. ${behind}`,
      facts,
      advice: endHolders(idle),
    }),
  ];
}

function hanging(
  holders: readonly LockSession[],
  litellm: LitellmSource,
  snapshot: Snapshot,
  { lockWaitWarningSeconds }: Settings,
): readonly CheckResult<MigrationFacts>[] {
  return holders.flatMap((holder) => {
    const waitSeconds = holder.waits?.seconds ?? 0;
    if (waitSeconds <= lockWaitWarningSeconds) return [];
    const unfinished = unfinishedIn(litellm);
    const table = holder.waits?.relation ?? null;
    return [
      incident<MigrationFacts>({
        status: 'warning',
        subject: `migration in database ${snapshot.database}`,
        summary: `The migration ${unfinished.length === 1 ? unfinished[0] : `of ${clientName(holder)}`} (pid ${holder.pid}) has waited ${durationText(waitSeconds)} for a lock${table === null ? '' : ` on ${table}`}.`,
        facts: { hangs: true, holders: [holderFacts(holder)], waitSeconds: Math.round(waitSeconds), unfinished },
        advice: seeBlockers(holder),
      }),
    ];
  });
}

function table(
  { migrations: seen }: LitellmSource,
  holders: readonly LockSession[],
  snapshot: Snapshot,
  { target }: Settings,
): CheckResult<MigrationFacts> {
  const subject = `database ${snapshot.database}`;
  switch (seen.state) {
    case 'no-table':
      return notEvaluated({
        status: 'info',
        subject,
        summary:
          "There is no table of Prisma's migrations beside LiteLLM's tables: they were made by prisma db push, or it is elsewhere.",
      });
    case 'hidden':
      return notEvaluated({
        subject,
        summary: `The role ${target.user} may not read which migrations have failed.`,
        advice: [seen.remediation],
      });
    case 'failed':
      return unreadTable(seen, 'litellm', snapshot);
    case 'seen': {
      const { applied, failed } = seen;
      const isRunning = holders.some(({ state }) => state !== 'idle');
      const facts = { applied: applied.length, unfinished: failed, isRunning };
      if (failed.length === 0) {
        return risk<MigrationFacts>({
          status: 'ok',
          subject,
          summary: `${counted(applied.length, 'migration')} of LiteLLM ${applied.length === 1 ? 'has' : 'have'} finished, and none was left unfinished.`,
          facts,
        });
      }
      if (isRunning) {
        return risk<MigrationFacts>({
          status: 'info',
          subject,
          summary: `The migration ${listed(failed)} runs now.`,
          facts,
          uncertainty: hiddenHolders(holders),
        });
      }
      return risk<MigrationFacts>({
        status: 'warning',
        subject,
        summary: `${counted(failed.length, 'migration')} of LiteLLM ${failed.length === 1 ? 'was' : 'were'} begun and neither finished nor rolled back, and none runs now: ${listed(failed)}. The next start of LiteLLM can stop at ${failed.length === 1 ? 'it' : 'them'}.`,
        facts,
        advice: resolveFailed(failed),
      });
    }
  }
}

/** That somebody has the lock everybody sees; whether a migration runs there may be hidden. */
function hiddenHolders(holders: readonly LockSession[]): Uncertainty | null {
  return holders.some(({ backendType }) => backendType === null)
    ? {
        confidence: 'medium',
        reason: 'Somebody holds the lock of migrations, and what it does is hidden from the role.',
      }
    : null;
}

function unfinishedIn({ migrations: seen }: LitellmSource): readonly string[] {
  return seen.state === 'seen' ? seen.failed : [];
}

function holderFacts(session: LockSession): HolderFacts {
  const { pid, state, stateSeconds } = session;
  return {
    pid,
    client: clientName(session),
    state,
    stateSeconds: stateSeconds === null ? null : Math.max(0, Math.round(stateSeconds)),
  };
}
