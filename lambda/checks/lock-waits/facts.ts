import type { LockWaiter } from '../../model/lock-graph.ts';
import type { LockSession } from '../../snapshot/snapshot.ts';
import type { AnyHeadKind, Pile } from './chains.ts';

/** A session that is queued for a table and keeps those who came after it waiting too. */
export type QueuedChange = {
  readonly pid: number;
  readonly mode: string;
  readonly relation: string | null;
  readonly waitSeconds: number;
};

/** What everyone waits for. */
type LockHeadFacts = {
  readonly pid: number;
  readonly state: string | null;
  readonly stateSeconds: number | null;
  readonly transactionSeconds: number | null;
  readonly waiting: number;
};

export type PileFacts = {
  readonly head: AnyHeadKind;
  readonly client: string | null;
  /** Most waiters first; at most ten. */
  readonly heads: readonly LockHeadFacts[];
  readonly waiting: number;
  readonly waitingDirectly: number;
  readonly longestWaitSeconds: number | null;
  /** What they wait for, most waiters first. */
  readonly waitsFor: readonly { readonly lock: string; readonly relation: string | null; readonly sessions: number }[];
  /** Of row locks, which carry no table: those of which both sides may have locked rows. */
  readonly tablesOfRows?: readonly string[];
  readonly queuedChange?: QueuedChange;
  /** The head has the lock of `prisma migrate`: it is a migration, or was one. */
  readonly isMigration: boolean;
  readonly buildOf?: string;
  readonly builtPercent?: number;
  readonly preventsWraparound?: boolean | null;
};

export type LockFacts = PileFacts | { readonly waiting: number; readonly longestWaitSeconds: number };

const MOST = 10;
/** Modes that conflict with those of INSERT, UPDATE and DELETE: DDL takes them. */
const OF_DDL: ReadonlySet<string> = new Set([
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
]);

export function factsOf(pile: Pile, isMigration: boolean): PileFacts {
  const { kind, client, chains, waiters } = pile;
  const direct = new Set(chains.flatMap((chain) => chain.direct.map(({ pid }) => pid)));
  const tables = tablesOfRows(pile);
  const queued = queuedChange(pile);
  const build = chains[0]?.head.build ?? null;
  return {
    head: kind,
    client,
    heads: chains.slice(0, MOST).flatMap(({ head: { session }, waiters: own }) =>
      session === null
        ? []
        : [
            {
              pid: session.pid,
              state: session.state,
              stateSeconds: whole(session.stateSeconds),
              transactionSeconds: whole(session.transactionSeconds),
              waiting: own.length,
            },
          ],
    ),
    waiting: waiters.length,
    waitingDirectly: waiters.filter(({ pid }) => direct.has(pid)).length,
    longestWaitSeconds: whole(waiters[0]?.waits.seconds ?? null),
    waitsFor: waitsFor(waiters),
    ...(tables === null ? {} : { tablesOfRows: tables }),
    ...(queued === null ? {} : { queuedChange: queued }),
    isMigration,
    ...(build?.relation == null ? {} : { buildOf: build.relation }),
    ...(build === null ? {} : percentOf(build.blocksDone, build.blocksTotal)),
    ...(kind === 'autovacuum' ? { preventsWraparound: chains[0]?.head.session?.preventsWraparound ?? null } : {}),
  };
}

/** A wait for a row: for the transaction that has changed it, or in the queue for the row itself. */
export function isForRow({ waits: { lock } }: LockWaiter): boolean {
  return lock === 'transactionid' || lock === 'tuple';
}

/** null when nobody waits for a row. A queue for the row itself names the table; a wait for a transaction does not. */
function tablesOfRows({ chains, waiters }: Pile): readonly string[] | null {
  const forRows = waiters.filter(isForRow);
  if (forRows.length === 0) return null;
  const named = forRows.flatMap(({ waits: { lock, relation } }) => (lock === 'tuple' ? (relation ?? []) : []));
  if (named.length > 0) return [...new Set(named)].sort();
  const ofHeads = new Set(chains.flatMap(({ head: { session } }) => session?.rowTables ?? []));
  const ofWaiters = [...new Set(forRows.flatMap(({ rowTables }) => rowTables))].sort();
  const both = ofWaiters.filter((table) => ofHeads.has(table));
  return (both.length > 0 ? both : ofWaiters).slice(0, MOST);
}

/** The one that has waited longest of those who wait for a table as DDL does, where others wait behind it. */
function queuedChange({ chains, waiters }: Pile): QueuedChange | null {
  const direct = new Set(chains.flatMap((chain) => chain.direct.map(({ pid }) => pid)));
  const change = waiters.find(
    ({ pid, waits: { lock, mode } }) => lock === 'relation' && OF_DDL.has(mode) && direct.has(pid),
  );
  if (change === undefined || waiters.length < 2) return null;
  const { pid, waits } = change;
  return { pid, mode: waits.mode, relation: waits.relation, waitSeconds: whole(waits.seconds) ?? 0 };
}

function waitsFor(waiters: readonly LockWaiter[]): PileFacts['waitsFor'] {
  const alike = Map.groupBy(waiters, ({ waits: { lock, relation } }) => JSON.stringify([lock, relation]));
  return [...alike.values()]
    .flatMap((own) => {
      const [first] = own;
      return first === undefined
        ? []
        : [{ lock: first.waits.lock, relation: first.waits.relation, sessions: own.length }];
    })
    .sort((a, b) => b.sessions - a.sessions)
    .slice(0, MOST);
}

function percentOf(done: number | null, total: number | null): { readonly builtPercent?: number } {
  return done === null || total === null || total === 0 ? {} : { builtPercent: Math.floor((100 * done) / total) };
}

/** A clock that was set back gives times below 0. */
function whole(seconds: LockSession['stateSeconds']): number | null {
  return seconds === null ? null : Math.max(0, Math.round(seconds));
}
