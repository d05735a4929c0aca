import { describe, expect, it } from 'vitest';
import type { LitellmSource, LockSession, LocksSource } from '../../../lambda/snapshot/snapshot.ts';
import { findingsOf, healthySnapshot, litellm, lockSession, locks, lockWaiter, seen } from '../../snapshots.ts';

const ID = 'migrations';
const NAME = '20260228100000_add_spend_logs_composite_index';
const APPLIED = ['20250326162113_baseline'];

function found(source: LocksSource, migrations: LitellmSource['migrations'] = unfinished()) {
  return findingsOf(ID, healthySnapshot({ sources: { locks: seen(source), litellm: seen(litellm({ migrations })) } }));
}

function unfinished(...failed: readonly string[]) {
  return { state: 'seen' as const, applied: APPLIED, failed };
}

/** Somebody who has the lock of migrations, and others who wait for it. */
function held(holder: Partial<LockSession>, waiting = 0): LocksSource {
  const waits = { lock: 'advisory', mode: 'ExclusiveLock', seconds: 3, relation: null };
  const waiters = Array.from({ length: waiting }, (_, index) => lockWaiter(3, { pid: 5000 + index, waits }));
  const session = lockSession({ state: 'idle', stateSeconds: 3000, transactionSeconds: null, ...holder });
  return locks({
    sessions: [session, ...waiters],
    edges: waiters.map(({ pid }) => ({ waiter: pid, blocker: session.pid })),
    migrationLock: [{ pid: session.pid, granted: true }, ...waiters.map(({ pid }) => ({ pid, granted: false }))],
  });
}

describe(ID, () => {
  it('is ok when every migration has finished and nobody has the lock', () => {
    expect(found(locks())).toMatchObject([{ kind: 'risk', status: 'ok', subject: 'database prod' }]);
  });

  it.each([
    [{ stateSeconds: 60 }, 0, []],
    [{ stateSeconds: 61 }, 0, ['warning']],
    [{ stateSeconds: 5 }, 1, []],
    [{ stateSeconds: 6 }, 1, ['critical']],
    [{ state: 'active' }, 1, []],
    [{ state: 'idle in transaction' }, 1, []],
    [{ state: null, stateSeconds: null, backendType: null }, 1, []],
  ])('rates a holder of the lock that is %o, for which %i wait, as %o', (holder, waiting, statuses) => {
    const incidents = found(held(holder, waiting)).filter(({ kind }) => kind === 'incident');

    expect(incidents.map(({ status }) => status)).toEqual(statuses);
  });

  it('names the holder, since when it is idle and who waits, and ends it alone', () => {
    const [finding] = found(held({}, 2));

    expect(finding).toMatchObject({
      subject: 'lock of migrations in database prod',
      summary: expect.stringMatching(
        /^An idle session of litellm@10\.0\.3\.17 \(pid 4711\) .* 50 min .* 2 sessions wait for it\.$/,
      ),
      evidence: { orphanedLock: true, waiting: 2, holders: [{ pid: 4711, state: 'idle' }] },
    });
    const [look, end] = finding?.advice[0]?.command?.split(';\n') ?? [];
    expect(look).not.toContain('pg_terminate_backend');
    expect(end).toContain(`(pid, state_change) IN ((4711, '2026-11-22T02:58:00.123456+00:00'))`);
    expect(end).toContain('objid = 72707369');
  });

  it('warns of a migration that waits for a lock itself, and ends nothing', () => {
    const holder = lockWaiter(40, {
      waits: { lock: 'relation', mode: 'AccessExclusiveLock', seconds: 40, relation: 'LiteLLM_TeamTable' },
    });
    const source = locks({
      sessions: [lockSession(), holder],
      edges: [{ waiter: holder.pid, blocker: 4711 }],
      migrationLock: [{ pid: holder.pid, granted: true }],
    });

    const [finding] = found(source, unfinished(NAME));

    expect(finding).toMatchObject({
      kind: 'incident',
      status: 'warning',
      evidence: { hangs: true, waitSeconds: 40, unfinished: [NAME] },
    });
    expect(finding?.summary).toContain(NAME);
    expect(finding?.advice[0]?.command).not.toMatch(/pg_(cancel|terminate)_backend/);
  });

  it('warns of an unfinished migration when none runs, and only informs while one does', () => {
    const [failed] = found(locks(), unfinished(NAME));
    const [running] = found(held({ state: 'active' }), unfinished(NAME));

    expect(failed).toMatchObject({
      kind: 'risk',
      status: 'warning',
      evidence: { unfinished: [NAME], isRunning: false },
    });
    expect(failed?.advice.at(-1)?.text).toContain(`prisma migrate resolve --applied ${NAME}`);
    expect(running).toMatchObject({ kind: 'risk', status: 'info', evidence: { isRunning: true } });
  });

  it('only informs, and is less certain, when what the holder of the lock does is hidden', () => {
    const source = held({ state: null, stateSeconds: null, backendType: null });

    expect(found(source, unfinished(NAME))).toMatchObject([{ status: 'info', confidence: 'medium' }]);
  });

  it.each([
    [{ state: 'no-table' }, 'info'],
    [{ state: 'hidden', remediation: { text: 'Run this:', command: 'GRANT' } }, 'unknown'],
  ] as const)('is not taken for ok when the table of migrations is %o', (migrations, status) => {
    expect(found(locks(), migrations)).toMatchObject([{ status }]);
  });

  it('still reports the lock when the table of migrations cannot be read', () => {
    const hidden = { state: 'hidden', remediation: { text: 'Run this:', command: 'GRANT' } } as const;

    expect(found(held({}, 1), hidden).map(({ status }) => status)).toEqual(['critical', 'unknown']);
  });
});
