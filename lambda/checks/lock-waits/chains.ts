import { AUDITOR_APPLICATION, clientName } from '../../model/clients.ts';
import type { HeadKind, LockChain, LockWaiter } from '../../model/lock-graph.ts';
import type { Settings } from '../../settings/settings.ts';
import { blockingLimit } from '../blocking-limit.ts';

export type AnyHeadKind = HeadKind | 'prepared-transaction';

/** The chains whose heads are of one kind and one client: they have one cause, and one way out. */
export interface Pile {
  readonly kind: AnyHeadKind;
  /** `litellm@10.0.3.17`; null for what has no client. */
  readonly client: string | null;
  /** Most waiters first. */
  readonly chains: readonly LockChain[];
  /** Everyone behind, once, the longest wait first; autovacuum and the server's other processes, which can wait, are left out. */
  readonly waiters: readonly LockWaiter[];
}

/** What makes a pile bad. */
export type PileStatus = 'ok' | 'info' | 'warning' | 'critical' | 'unknown';

/** Sessions that wait behind one head: as many as a pool of LiteLLM has by default, so that no request of a worker gets a connection. */
const WHOLE_POOL = 10;

/** The chains that keep client sessions waiting, by kind and client of their head, most waiters first. */
export function pilesOf(chains: readonly LockChain[]): readonly Pile[] {
  const groups = Map.groupBy(chains, ({ head }) => JSON.stringify([head.kind, clientOf(head)]));
  return [...groups.values()]
    .flatMap((own): Pile[] => {
      const [first] = own;
      if (first === undefined) return [];
      const waiters = [...new Map(own.flatMap((chain) => chain.waiters.map((one) => [one.pid, one]))).values()]
        .filter(isClient)
        .sort((a, b) => (b.waits.seconds ?? -1) - (a.waits.seconds ?? -1) || a.pid - b.pid);
      if (waiters.length === 0) return [];
      return [{ kind: first.head.kind, client: clientOf(first.head), chains: own, waiters }];
    })
    .sort((a, b) => b.waiters.length - a.waiters.length);
}

/** A session whose client waits; who it is may be hidden. */
function isClient({ backendType, application }: LockWaiter): boolean {
  return (backendType === null || backendType === 'client backend') && application !== AUDITOR_APPLICATION;
}

function clientOf({ session }: LockChain['head']): string | null {
  if (session === null || (session.backendType !== 'client backend' && session.backendType !== null)) return null;
  return clientName(session);
}

/**
 * How bad it is that these wait. A statement that waits only for old transactions to end, as CREATE INDEX CONCURRENTLY does, holds up nobody else.
 * A wait whose length is hidden can be any. An open transaction is as bad as idle-in-transaction has it: its client does nothing that could end it.
 */
export function statusOf(pile: Pile, settings: Settings): PileStatus {
  const over = pile.waiters.filter(({ waits }) => (waits.seconds ?? -1) > settings.lockWaitWarningSeconds);
  if (over.length === 0) return pile.waiters.some(({ waits }) => waits.seconds === null) ? 'unknown' : 'ok';
  if (over.every(({ waits }) => waits.lock === 'virtualxid')) return 'info';
  const longest = over[0]?.waits.seconds ?? 0;
  const isAbandoned = pile.kind === 'idle-transaction' && longestIdle(pile) > blockingLimit(settings);
  return longest > settings.lockWaitCriticalSeconds || over.length >= WHOLE_POOL || isAbandoned
    ? 'critical'
    : 'warning';
}

function longestIdle({ chains }: Pile): number {
  return Math.max(0, ...chains.map(({ head: { session } }) => session?.stateSeconds ?? 0));
}
