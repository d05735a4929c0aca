import type { IndexBuild, LockSession, LocksSource } from '../snapshot/snapshot.ts';

/** A session that waits, with what it waits for. */
export type LockWaiter = LockSession & { readonly waits: NonNullable<LockSession['waits']> };

/** What everyone behind a head waits for in the end. */
export type LockHead =
  | { readonly kind: HeadKind; readonly session: LockSession; readonly build: IndexBuild | null }
  /** It has no session: two-phase commit, left between its phases. */
  | { readonly kind: 'prepared-transaction'; readonly session: null; readonly build: null };

export type HeadKind =
  | 'idle-transaction' // open, and its client does nothing
  | 'running-statement'
  | 'index-build' // one that has its lock and builds
  | 'autovacuum'
  | 'migration-lock' // an idle session with the advisory lock of `prisma migrate`
  | 'idle-session' // an idle session with another lock of its session, such as an advisory one
  | 'server-process' // a process of the server's own, such as replication
  | 'hidden' // what it does is hidden from the role
  | 'cycle' // they wait for one another
  | 'unread'; // it waits too, and for whom was not read

export interface LockChain {
  readonly head: LockHead;
  /** Everyone behind it, directly or not, the longest wait first. */
  readonly waiters: readonly LockWaiter[];
  /** Those of them that wait for it itself. */
  readonly direct: readonly LockWaiter[];
  /** The longest wait; null when it is hidden. */
  readonly longestSeconds: number | null;
}

/** Who waits for whom, followed to the heads. */
export interface LockGraph {
  /** Most waiters first. */
  readonly chains: readonly LockChain[];
  /** Sessions that wait, in all. */
  readonly waiterCount: number;
  /** false: there are more waits than were read. */
  readonly isWhole: boolean;
}

/** Follows every wait to who is at its head. A session behind two heads is in both chains. */
export function buildLockGraph(locks: LocksSource): LockGraph {
  const sessions = new Map(locks.sessions.map((session) => [session.pid, session]));
  const waiting = new Map(locks.sessions.flatMap((session) => (isWaiter(session) ? [[session.pid, session]] : [])));
  const edges = locks.edges.filter(({ waiter, blocker }) => waiting.has(waiter) && waiter !== blocker);
  const behind = Map.groupBy(edges, ({ blocker }) => blocker);
  const blocked = new Set(edges.map(({ waiter }) => waiter));
  const heads = [...behind.keys()].filter((pid) => !blocked.has(pid));
  const reached = new Set<number>();
  const chains = [...heads, ...cyclesAfter(heads, behind, reached)].flatMap((pid) => {
    const head = headOf(pid, sessions.get(pid), locks, blocked.has(pid));
    const pids = followers(pid, behind);
    const waiters = [...pids].flatMap((waiter) => waiting.get(waiter) ?? []).sort(byWait);
    const direct = new Set((behind.get(pid) ?? []).map(({ waiter }) => waiter));
    return head === null || waiters.length === 0
      ? []
      : [
          {
            head,
            waiters,
            direct: waiters.filter((waiter) => direct.has(waiter.pid)),
            longestSeconds: waiters[0]?.waits.seconds ?? null,
          },
        ];
  });
  return {
    chains: chains.sort(
      (a, b) => b.waiters.length - a.waiters.length || (b.longestSeconds ?? 0) - (a.longestSeconds ?? 0),
    ),
    waiterCount: locks.waiterCount,
    isWhole: waiting.size >= locks.waiterCount && locks.edges.length >= locks.edgeCount,
  };
}

function isWaiter(session: LockSession): session is LockWaiter {
  return session.waits !== null;
}

type Edges = ReadonlyMap<number, readonly { readonly waiter: number }[]>;

/** All that wait behind a session, itself not among them. */
function followers(pid: number, behind: Edges): ReadonlySet<number> {
  const found = new Set<number>();
  const open = [pid];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const { waiter } of behind.get(next) ?? []) {
      if (waiter === pid || found.has(waiter)) continue;
      found.add(waiter);
      open.push(waiter);
    }
  }
  return found;
}

/** One member of each circle that no head leads to: whoever has waited longest is as good as any. */
function cyclesAfter(heads: readonly number[], behind: Edges, reached: Set<number>): readonly number[] {
  for (const head of heads) for (const pid of followers(head, behind)) reached.add(pid);
  const found: number[] = [];
  for (const pid of behind.keys()) {
    if (reached.has(pid) || heads.includes(pid)) continue;
    found.push(pid);
    reached.add(pid);
    for (const follower of followers(pid, behind)) reached.add(follower);
  }
  return found;
}

function headOf(
  pid: number,
  session: LockSession | undefined,
  { indexBuilds, migrationLock }: LocksSource,
  isBlocked: boolean,
): LockHead | null {
  if (pid === 0) return { kind: 'prepared-transaction', session: null, build: null };
  // It has ended since its waiters were listed.
  if (session === undefined) return null;
  const build = indexBuilds.find((one) => one.pid === pid) ?? null;
  const hasMigrationLock = migrationLock.some((holder) => holder.pid === pid && holder.granted);
  return { kind: isBlocked ? 'cycle' : kindOf(session, build, hasMigrationLock), session, build };
}

function kindOf(session: LockSession, build: IndexBuild | null, hasMigrationLock: boolean): HeadKind {
  const { backendType, state, waits } = session;
  if (waits !== null) return 'unread';
  if (build !== null) return 'index-build';
  if (backendType === 'autovacuum worker') return 'autovacuum';
  if (backendType === null) return 'hidden';
  if (backendType !== 'client backend' && backendType !== 'parallel worker') return 'server-process';
  if (state?.startsWith('idle in transaction')) return 'idle-transaction';
  if (state === 'idle') return hasMigrationLock ? 'migration-lock' : 'idle-session';
  return 'running-statement';
}

function byWait(a: LockWaiter, b: LockWaiter): number {
  return (b.waits.seconds ?? -1) - (a.waits.seconds ?? -1) || a.pid - b.pid;
}
