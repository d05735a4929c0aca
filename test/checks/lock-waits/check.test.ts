import { describe, expect, it } from 'vitest';
import type { LocksSource } from '../../../lambda/snapshot/snapshot.ts';
import {
  findingsOf,
  healthySnapshot,
  litellm,
  lockSession,
  locks,
  lockWaiter,
  pile,
  seen,
  settingsFor,
  skipped,
  textOf,
} from '../../snapshots.ts';

const ID = 'lock-waits';

function found(source: LocksSource, failedMigrations: readonly string[] = []) {
  const migrations = { state: 'seen' as const, applied: [], failed: failedMigrations };
  return findingsOf(ID, healthySnapshot({ sources: { locks: seen(source), litellm: seen(litellm({ migrations })) } }));
}

/** The commands of a finding's steps. */
function commandsIn(source: LocksSource): readonly string[] {
  return found(source).flatMap(({ advice }) => advice.flatMap(({ command = [] }) => command));
}

const TABLE_WAIT = { lock: 'relation', mode: 'RowExclusiveLock', seconds: 40, relation: 'LiteLLM_SpendLogs' } as const;
const QUEUED = { ...TABLE_WAIT, mode: 'AccessExclusiveLock' } as const;
const BUILD = {
  pid: 4711,
  command: 'CREATE INDEX',
  phase: 'building index: scanning table',
  relation: 'LiteLLM_SpendLogs',
  index: null,
  blocksTotal: 200,
  blocksDone: 87,
  tuplesTotal: 0,
  tuplesDone: 0,
};

describe(ID, () => {
  it('is ok when nobody waits', () => {
    expect(found(locks())).toMatchObject([{ kind: 'incident', status: 'ok', summary: 'No session waits for a lock.' }]);
  });

  it.each([
    [[5], 'ok'],
    [[5.5], 'warning'],
    [[30], 'warning'],
    [[30.5], 'critical'],
    [Array<number>(9).fill(6), 'warning'],
    [Array<number>(10).fill(6), 'critical'],
    [Array<number>(50).fill(5), 'ok'],
  ])('rates waits of %o s as %s', (waits, status) => {
    expect(found(pile(lockSession({ state: 'active' }), waits))).toMatchObject([{ status }]);
  });

  it.each([
    [10, 'warning'],
    [11, 'critical'],
  ])('rates an open transaction that blocks others and has been idle for %i s as %s', (stateSeconds, status) => {
    expect(found(pile(lockSession({ stateSeconds }), [6]))).toMatchObject([{ status }]);
  });

  it('follows the limits of the settings', () => {
    const snapshot = healthySnapshot({ sources: { locks: seen(pile(lockSession({ state: 'active' }), [3])) } });

    const status = (settings: object) => findingsOf(ID, snapshot, settingsFor(settings))[0]?.status;

    expect(status({ lockWaitWarningSeconds: 2 })).toBe('warning');
    expect(status({ lockWaitWarningSeconds: 1, lockWaitCriticalSeconds: 2 })).toBe('critical');
  });

  it('names the head, who it belongs to, and how many wait behind it', () => {
    expect(found(pile(lockSession(), [94, 20, 6]))).toMatchObject([
      {
        subject: 'open transaction of client litellm@10.0.3.17',
        summary: expect.stringMatching(
          /^3 sessions wait for a lock for up to 1 min, .*litellm@10\.0\.3\.17 \(pid 4711\), idle for 2 min\./,
        ),
        evidence: { waiting: 3, waitingDirectly: 3, longestWaitSeconds: 94, tablesOfRows: ['LiteLLM_TeamTable'] },
      },
    ]);
  });

  it('makes one finding for the heads of one kind and client, and another for each other', () => {
    const findings = found(
      locks({
        sessions: [
          lockSession({ pid: 1 }),
          lockSession({ pid: 2 }),
          lockSession({ pid: 3, clientAddress: '10.0.3.18' }),
          lockSession({ pid: 4, state: 'active' }),
          ...[5, 6, 7, 8].map((pid) => lockWaiter(9, { pid })),
        ],
        edges: [1, 2, 3, 4].map((blocker) => ({ waiter: blocker + 4, blocker })),
      }),
    );

    expect(findings.map(({ subject }) => subject)).toEqual([
      'open transaction of client litellm@10.0.3.17',
      'open transaction of client litellm@10.0.3.18',
      'statement of client litellm@10.0.3.17',
    ]);
    expect(findings[0]?.evidence).toMatchObject({ heads: [{ pid: 1 }, { pid: 2 }], waiting: 2 });
  });

  it('is at most fairly certain when they wait for rows, which carry no table', () => {
    expect(found(pile(lockSession(), [9]))).toMatchObject([{ confidence: 'medium' }]);
    expect(found(pile(lockSession(), [9], { waits: TABLE_WAIT }))).toMatchObject([{ confidence: 'high' }]);
  });

  it('takes the tables that both sides have changed as those of the rows', () => {
    const head = lockSession({ rowTables: ['LiteLLM_TeamTable', 'LiteLLM_UserTable'] });

    const [finding] = found(pile(head, [9], { rowTables: ['LiteLLM_Config', 'LiteLLM_UserTable'] }));

    expect(finding?.evidence).toMatchObject({ tablesOfRows: ['LiteLLM_UserTable'] });
  });

  it('takes the table of the queue when there is one for the row itself', () => {
    const waits = { lock: 'tuple', mode: 'ExclusiveLock', seconds: 9, relation: 'LiteLLM_UserTable' };

    expect(found(pile(lockSession(), [9], { waits }))[0]?.evidence).toMatchObject({
      tablesOfRows: ['LiteLLM_UserTable'],
    });
  });

  it('tells of the transaction buffer only when several wait for a row that adds up spend', () => {
    const buffer = 'use_redis_transaction_buffer';

    expect(textOf(found(pile(lockSession(), [9, 9, 9])))).toContain(buffer);
    expect(textOf(found(pile(lockSession(), [9, 9])))).not.toContain(buffer);
    expect(textOf(found(pile(lockSession(), [9, 9, 9], { rowTables: ['LiteLLM_Config'] })))).not.toContain(buffer);
    expect(textOf(found(pile(lockSession(), [9, 9, 9], { waits: TABLE_WAIT })))).not.toContain(buffer);
  });

  it('ends an open transaction, and cancels a statement', () => {
    const ends = commandsIn(pile(lockSession(), [9]));
    const cancels = commandsIn(pile(lockSession({ state: 'active' }), [9]));

    expect(ends[0]).toContain(`pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE (pid, state_change) IN ((4711, '2026-11-22T02:58:00.123456+00:00'))
   AND state IN ('idle in transaction')
   AND usename = 'litellm' AND client_addr = '10.0.3.17';`);
    expect(cancels.join('\n')).toContain('pg_cancel_backend(pid)');
    expect(cancels.join('\n')).not.toContain('pg_terminate_backend');
  });

  it('waits for an index build first, and says what its cancellation would do when it is a migration', () => {
    const build = { ...pile(lockSession({ state: 'active' }), [40], { waits: TABLE_WAIT }), indexBuilds: [BUILD] };
    const migrations = ['20260228100000_add_spend_logs_composite_index'];

    const [plain] = found(build);
    const [migrating] = found({ ...build, migrationLock: [{ pid: 4711, granted: true }] }, migrations);

    expect(plain).toMatchObject({
      subject: 'index build of client litellm@10.0.3.17',
      summary: expect.stringContaining('43 %'),
      evidence: { isMigration: false, buildOf: 'LiteLLM_SpendLogs', builtPercent: 43 },
    });
    expect(plain?.advice[0]?.command).not.toMatch(/pg_(cancel|terminate)_backend/);
    expect(plain?.advice[0]?.command).toContain('pg_stat_progress_create_index');
    expect(textOf(plain ? [plain] : [])).not.toContain('migrate resolve');
    expect(migrating?.evidence).toMatchObject({ isMigration: true });
    expect(migrating?.advice.at(-1)?.text).toContain(`prisma migrate resolve --applied ${migrations[0]}`);
  });

  it('offers to take a queued change out of the queue when others wait behind it', () => {
    const source = pile(lockSession(), [40, 30], { waits: QUEUED });

    const [finding] = found(source);

    expect(finding?.evidence).toMatchObject({ queuedChange: { pid: 5000, relation: 'LiteLLM_SpendLogs' } });
    expect(finding?.advice.at(-1)?.command).toContain('pg_cancel_backend');
    expect(finding?.advice.at(-1)?.command).toContain('(5000, ');
  });

  it.each([true, null])('gives no command against autovacuum when it prevents wraparound: %o', (preventsWraparound) => {
    const head = lockSession({
      backendType: 'autovacuum worker',
      state: 'active',
      user: '',
      clientAddress: null,
      preventsWraparound,
    });
    const source = pile(head, [40], { waits: { ...QUEUED, mode: 'ShareLock' } });

    expect(found(source)).toMatchObject([{ subject: 'autovacuum in database prod', evidence: { preventsWraparound } }]);
    expect(found(source)[0]?.advice[0]?.text).toContain('Do not cancel');
    expect(commandsIn(source).join('\n')).not.toMatch(/4711/);
  });

  it('ends only the holder of the lock of migrations when an idle session has it', () => {
    const waits = { lock: 'advisory', mode: 'ExclusiveLock', seconds: 9, relation: null };
    const source = {
      ...pile(lockSession({ state: 'idle' }), [9], { waits }),
      migrationLock: [{ pid: 4711, granted: true }],
    };

    const [command] = commandsIn(source);

    expect(command).toContain('pg_terminate_backend');
    expect(command).toContain('72707369');
  });

  it('asks for the right to see, and gives no command that ends anything, when the head is hidden', () => {
    const head = lockSession({
      state: null,
      stateSince: null,
      stateSeconds: null,
      backendType: null,
      clientAddress: null,
    });
    const source = pile(head, [9]);

    expect(found(source)).toMatchObject([{ status: 'warning', confidence: 'low', evidence: { head: 'hidden' } }]);
    expect(commandsIn(source)[0]).toBe('GRANT pg_monitor TO "litellm_auditor";');
    expect(commandsIn(source).join('\n')).not.toMatch(/pg_(cancel|terminate)_backend/);
  });

  it('is unknown when how long they wait is hidden', () => {
    const waits = { lock: 'transactionid', mode: 'ShareLock', seconds: null, relation: null };

    expect(found({ ...pile(lockSession(), [1], { waits }), measuresWaits: false })).toMatchObject([
      { status: 'unknown' },
    ]);
  });

  it('is less certain on PostgreSQL 13, which does not say since when a session waits', () => {
    const source = { ...pile(lockSession(), [9], { waits: TABLE_WAIT }), measuresWaits: false };

    expect(found(source)).toMatchObject([
      { confidence: 'medium', confidenceReason: expect.stringContaining('PostgreSQL 13') },
    ]);
  });

  it('is less certain when not all waits were read', () => {
    expect(found({ ...pile(lockSession(), [9], { waits: TABLE_WAIT }), waiterCount: 300 })).toMatchObject([
      { confidence: 'medium', confidenceReason: expect.stringContaining('300') },
    ]);
  });

  it('only informs when all that is waited for is the end of old transactions', () => {
    const waits = { lock: 'virtualxid', mode: 'ShareLock', seconds: 600, relation: null };

    expect(found(pile(lockSession(), [600], { waits }))).toMatchObject([{ status: 'info' }]);
  });

  it("does not count the waits of the server's own processes or of the auditor", () => {
    const own = pile(lockSession(), [600], { backendType: 'autovacuum worker' });
    const auditors = pile(lockSession(), [600], { application: 'litellm-db-auditor' });

    expect([...found(own), ...found(auditors)]).toMatchObject([{ status: 'ok' }, { status: 'ok' }]);
  });

  it('has another fingerprint for another client, and the same for another pid', () => {
    const of = (head: object) => found(pile(lockSession(head), [9]))[0]?.fingerprint;

    expect(of({ pid: 1 })).toBe(of({ pid: 2 }));
    expect(of({ clientAddress: '10.9.9.9' })).not.toBe(of({}));
  });

  it('is unknown when the locks were not read', () => {
    expect(findingsOf(ID, healthySnapshot({ sources: { locks: skipped('There is no connection.') } }))).toMatchObject([
      { status: 'unknown' },
    ]);
  });
});
