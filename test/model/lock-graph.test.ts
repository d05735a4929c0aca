import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildLockGraph } from '../../lambda/model/lock-graph.ts';
import { lockSession, locks, lockWaiter, pile } from '../snapshots.ts';

describe('the graph of locks', () => {
  it('has no chain when nobody waits', () => {
    expect(buildLockGraph(locks())).toEqual({ chains: [], waiterCount: 0, isWhole: true });
  });

  it('has everyone behind the head when they wait for one another in a row', () => {
    const { chains } = buildLockGraph(
      locks({
        sessions: [
          lockSession({ pid: 1 }),
          lockWaiter(9, { pid: 2 }),
          lockWaiter(8, { pid: 3 }),
          lockWaiter(7, { pid: 4 }),
        ],
        edges: [
          { waiter: 2, blocker: 1 },
          { waiter: 3, blocker: 2 },
          { waiter: 4, blocker: 3 },
        ],
      }),
    );

    expect(chains).toMatchObject([
      {
        head: { kind: 'idle-transaction', session: { pid: 1 } },
        waiters: [{ pid: 2 }, { pid: 3 }, { pid: 4 }],
        direct: [{ pid: 2 }],
        longestSeconds: 9,
      },
    ]);
  });

  it('has a session in both chains when it waits behind two heads', () => {
    const { chains } = buildLockGraph(
      locks({
        sessions: [lockSession({ pid: 1 }), lockSession({ pid: 2 }), lockWaiter(9, { pid: 3 })],
        edges: [
          { waiter: 3, blocker: 1 },
          { waiter: 3, blocker: 2 },
        ],
      }),
    );

    expect(chains.map(({ head }) => head.session?.pid)).toEqual([1, 2]);
    expect(chains.every(({ waiters }) => waiters[0]?.pid === 3)).toBe(true);
  });

  it.each([
    [{ state: 'idle in transaction (aborted)' }, {}, 'idle-transaction'],
    [{ state: 'active' }, {}, 'running-statement'],
    [{ state: 'fastpath function call' }, {}, 'running-statement'],
    [{ state: 'idle' }, {}, 'idle-session'],
    [{ state: 'idle' }, { migrationLock: [{ pid: 4711, granted: true }] }, 'migration-lock'],
    [{ state: 'idle' }, { migrationLock: [{ pid: 4711, granted: false }] }, 'idle-session'],
    [{ state: 'active', backendType: 'autovacuum worker' }, {}, 'autovacuum'],
    [{ state: 'active', backendType: 'walsender' }, {}, 'server-process'],
    [{ state: null, backendType: null }, {}, 'hidden'],
    [{ state: 'active' }, { indexBuilds: [build(4711)] }, 'index-build'],
    [{ state: 'active' }, { indexBuilds: [build(1)] }, 'running-statement'],
  ])('takes a head that is %o, beside %o, as %s', (head, beside, kind) => {
    const { chains } = buildLockGraph({ ...pile(lockSession(head), [9]), ...beside });

    expect(chains.map((chain) => chain.head.kind)).toEqual([kind]);
  });

  it('names a prepared transaction when the blocker has no process', () => {
    const waits = pile(lockSession({ pid: 0 }), [9]);

    const { chains } = buildLockGraph({ ...waits, sessions: waits.sessions.filter(({ pid }) => pid !== 0) });

    expect(chains).toMatchObject([{ head: { kind: 'prepared-transaction', session: null }, waiters: [{}] }]);
  });

  it('has one chain with a head of its own kind when sessions wait for one another in a circle', () => {
    const { chains } = buildLockGraph(
      locks({
        sessions: [lockWaiter(3, { pid: 1 }), lockWaiter(2, { pid: 2 }), lockWaiter(1, { pid: 3 })],
        edges: [
          { waiter: 1, blocker: 2 },
          { waiter: 2, blocker: 1 },
          { waiter: 3, blocker: 2 },
        ],
      }),
    );

    expect(chains).toHaveLength(1);
    expect(chains[0]?.head.kind).toBe('cycle');
  });

  it('claims no head when the one who blocks has ended meanwhile', () => {
    expect(buildLockGraph(locks({ sessions: [lockWaiter(9)], edges: [{ waiter: 4712, blocker: 99 }] })).chains).toEqual(
      [],
    );
  });

  it.each([{ waiterCount: 3 }, { edgeCount: 3 }])('is not whole when not all was read: %o', (more) => {
    expect(buildLockGraph({ ...pile(lockSession(), [9, 8]), ...more }).isWhole).toBe(false);
  });

  it('ends, and has everybody who waits for somebody in a chain, whoever waits for whom', () => {
    const pid = fc.nat({ max: 12 }).map((number) => number + 1);
    fc.assert(
      fc.property(fc.array(fc.record({ waiter: pid, blocker: pid }), { maxLength: 40 }), (edges) => {
        const waiting = new Set(edges.map(({ waiter }) => waiter));
        const sessions = Array.from({ length: 13 }, (_, index) =>
          waiting.has(index + 1) ? lockWaiter(1, { pid: index + 1 }) : lockSession({ pid: index + 1 }),
        );

        const { chains } = buildLockGraph(locks({ sessions, edges }));

        const found = new Set(
          chains.flatMap(({ head, waiters }) => [head.session?.pid, ...waiters.map(({ pid: one }) => one)]),
        );
        const behindAnother = edges.flatMap(({ waiter, blocker }) => (waiter === blocker ? [] : waiter));
        expect(behindAnother.filter((one) => !found.has(one))).toEqual([]);
        expect(chains.every(({ waiters, head }) => waiters.every((one) => one.pid !== head.session?.pid))).toBe(true);
      }),
    );
  });
});

function build(pid: number) {
  return {
    pid,
    command: 'CREATE INDEX',
    phase: 'building index: scanning table',
    relation: 'LiteLLM_SpendLogs',
    index: 'one',
    blocksTotal: 100,
    blocksDone: 43,
    tuplesTotal: 0,
    tuplesDone: 0,
  };
}
