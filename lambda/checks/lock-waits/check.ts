import { counted, durationText } from '../../core/text.ts';
import { mergeUncertainty, type Uncertainty } from '../../core/uncertainty.ts';
import type { LockGraph } from '../../model/lock-graph.ts';
import type { Settings } from '../../settings/settings.ts';
import type { LocksSource, Snapshot } from '../../snapshot/snapshot.ts';
import { type CheckResult, defineCheck, incident } from '../check.ts';
import { seeAllSessions } from '../remediation.ts';
import { adviceOn } from './advice.ts';
import { type AnyHeadKind, type Pile, pilesOf, statusOf } from './chains.ts';
import { factsOf, isForRow, type LockFacts } from './facts.ts';
import { summaryOf } from './messages.ts';

export const lockWaits = defineCheck({
  id: 'lock-waits',
  title: 'No session waits long for a lock.',
  kind: 'incident',
  needs: ['locks', 'lockGraph'],
  evaluate({ seen: { locks, lockGraph }, snapshot }, settings) {
    const piles = pilesOf(lockGraph.chains);
    const bad = piles.flatMap((pile) => {
      const status = statusOf(pile, settings);
      return status === 'ok' ? [] : [result(pile, status, { locks, lockGraph, snapshot, settings })];
    });
    if (bad.length > 0) return bad;
    const waiting = new Set(piles.flatMap(({ waiters }) => waiters.map(({ pid }) => pid))).size;
    return [
      incident<LockFacts>({
        status: 'ok',
        subject: `database ${snapshot.database}`,
        summary:
          waiting === 0
            ? 'No session waits for a lock.'
            : `${counted(waiting, 'session')} ${waiting === 1 ? 'waits' : 'wait'} for a lock, none for over ${durationText(settings.lockWaitWarningSeconds)}.`,
        facts: {
          waiting,
          longestWaitSeconds: Math.round(Math.max(0, ...piles.map(({ waiters }) => waiters[0]?.waits.seconds ?? 0))),
        },
        uncertainty: mergeUncertainty(readUncertainties(locks, lockGraph)),
      }),
    ];
  },
});

interface Around {
  readonly locks: LocksSource;
  readonly lockGraph: LockGraph;
  readonly snapshot: Snapshot;
  readonly settings: Settings;
}

function result(
  pile: Pile,
  status: 'info' | 'warning' | 'critical' | 'unknown',
  { locks, lockGraph, snapshot, settings }: Around,
): CheckResult<LockFacts> {
  const facts = factsOf(pile, isMigration(pile, locks));
  const { user } = settings.target;
  return incident<LockFacts>({
    status,
    subject: subjectOf(pile, snapshot),
    summary: summaryOf(facts),
    facts,
    advice:
      status === 'unknown'
        ? [seeAllSessions(user)]
        : adviceOn({ pile, facts, unfinished: unfinishedMigrations(snapshot), role: user }),
    uncertainty: mergeUncertainty([...readUncertainties(locks, lockGraph), headUncertainty(pile)]),
  });
}

const NAMES: Readonly<Record<AnyHeadKind, string>> = {
  'idle-transaction': 'open transaction',
  'running-statement': 'statement',
  'index-build': 'index build',
  autovacuum: 'autovacuum',
  'migration-lock': 'lock of migrations',
  'idle-session': 'idle session',
  'server-process': "process of the server's own",
  hidden: 'hidden session',
  cycle: 'circle of sessions',
  unread: 'session that waits',
  'prepared-transaction': 'prepared transaction',
};

/** Of what is at the head and whose it is, never of a pid. */
function subjectOf({ kind, client }: Pile, { database }: Snapshot): string {
  return client === null ? `${NAMES[kind]} in database ${database}` : `${NAMES[kind]} of client ${client}`;
}

/** Whether the head holds the lock that every `prisma migrate` takes for its whole run. */
function isMigration({ chains }: Pile, { migrationLock }: LocksSource): boolean {
  const holders = new Set(migrationLock.flatMap(({ pid, granted }) => (granted ? pid : [])));
  return chains.some(({ head: { session } }) => session !== null && holders.has(session.pid));
}

function unfinishedMigrations({ sources: { litellm } }: Snapshot): readonly string[] {
  return litellm.status === 'ok' && litellm.value.migrations.state === 'seen' ? litellm.value.migrations.failed : [];
}

function readUncertainties(locks: LocksSource, { isWhole, waiterCount }: LockGraph): readonly Uncertainty[] {
  return [
    ...(isWhole
      ? []
      : [
          {
            confidence: 'medium' as const,
            reason: `Not all ${waiterCount} waits and not everyone they wait for were read.`,
          },
        ]),
    ...(locks.measuresWaits || waiterCount === 0
      ? []
      : [
          {
            confidence: 'medium' as const,
            reason:
              'PostgreSQL 13 does not say since when a session waits: the time since its statement began is shown.',
          },
        ]),
  ];
}

function headUncertainty({ kind, waiters }: Pile): Uncertainty | null {
  if (kind === 'hidden') return { confidence: 'low', reason: 'What is at the head is hidden from the role.' };
  if (kind === 'cycle' || kind === 'unread') {
    return { confidence: 'low', reason: 'Who is at the head changed while it was read, or was not read.' };
  }
  const forRows = waiters.filter(isForRow);
  if (forRows.length * 2 <= waiters.length) return null;
  return {
    confidence: 'medium',
    reason:
      'PostgreSQL does not show for which row a session waits: the tables are those that both sides have changed.',
  };
}
