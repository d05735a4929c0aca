import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildLockGraph } from '../../lambda/model/lock-graph.ts';
import type { SandboxDatabase } from '../../sandbox/database/database.ts';
import { OpenSessions, until } from '../open-sessions.ts';
import { startDatabase } from '../shared-database.ts';
import { look, seen } from './look.ts';

const ROW = `UPDATE "LiteLLM_TeamTable" SET spend = spend + 1 WHERE team_id = 'team-1'`;

let database: SandboxDatabase;
let sessions: OpenSessions;
beforeAll(async () => {
  database = await startDatabase({ litellm: { keys: 5, teams: 3, version: '1.108.13' } });
  sessions = new OpenSessions(database);
});
afterEach(async () => {
  await sessions.close();
  vi.unstubAllEnvs();
});
afterAll(() => database.stop());

async function locksNow() {
  return seen((await look(database)).locks);
}

describe('the locks of a database', () => {
  it('show nobody when nobody waits', async () => {
    await sessions.open('BEGIN; LOCK TABLE "LiteLLM_TeamTable" IN ROW EXCLUSIVE MODE');

    expect(await locksNow()).toEqual({
      measuresWaits: true,
      waiterCount: 0,
      edges: [],
      edgeCount: 0,
      sessions: [],
      indexBuilds: [],
      migrationLock: [],
      preparedTransactions: { count: 0, oldestSeconds: null },
    });
  });

  it('show 24 sessions behind the one that is at work, which nothing else shows', async () => {
    const head = await sessions.open(`BEGIN; ${ROW}`);
    head.client.query('SELECT pg_sleep(60)').catch(() => {});
    for (let waiter = 0; waiter < 24; waiter++) await sessions.waiting(ROW, 'BEGIN');

    const sources = await look(database);
    const locks = seen(sources.locks);
    const { chains } = buildLockGraph(locks);

    expect(seen(sources.sessions).idleTransactions).toEqual([]);
    expect(locks.waiterCount).toBe(24);
    expect(chains).toHaveLength(1);
    expect(chains[0]?.head).toMatchObject({ kind: 'running-statement', session: { pid: head.pid, state: 'active' } });
    expect(chains[0]?.waiters).toHaveLength(24);
    expect(chains[0]?.direct.length).toBeGreaterThan(0);
    expect(chains[0]?.waiters.map(({ waits: { lock } }) => lock)).toEqual(
      expect.arrayContaining(['transactionid', 'tuple']),
    );
    for (const { waits, rowTables } of chains[0]?.waiters ?? []) {
      expect(rowTables).toEqual(['LiteLLM_TeamTable']);
      expect(waits.seconds).toBeGreaterThanOrEqual(0);
    }
  });

  it('show an index build with its progress when writers wait for it', async () => {
    const builder = await sessions.open('SET maintenance_work_mem = "1MB"; BEGIN');
    await builder.client.query('LOCK TABLE "LiteLLM_SpendLogs" IN SHARE MODE');
    builder.client
      .query(
        `CREATE FUNCTION pg_temp.slow(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT t || left(pg_sleep(0.2)::text, 0) $$;
         CREATE INDEX slow_index ON "LiteLLM_SpendLogs" (pg_temp.slow(request_id))`,
      )
      .catch(() => {});
    await until(database, 'SELECT FROM pg_stat_progress_create_index WHERE relid <> 0');
    await sessions.waiting(
      `INSERT INTO "LiteLLM_SpendLogs" ("request_id", "call_type", "startTime", "endTime") VALUES ('x', 'x', now(), now())`,
    );

    const locks = await locksNow();

    expect(locks.indexBuilds).toMatchObject([
      { pid: builder.pid, command: 'CREATE INDEX', relation: 'LiteLLM_SpendLogs' },
    ]);
    const { chains } = buildLockGraph(locks);
    expect(chains).toMatchObject([
      {
        head: { kind: 'index-build', session: { pid: builder.pid } },
        waiters: [{ waits: { lock: 'relation', mode: 'RowExclusiveLock', relation: 'LiteLLM_SpendLogs' } }],
      },
    ]);
  });

  it('show the transaction as the head, and not the build, when the build itself waits', async () => {
    const head = await sessions.open(`BEGIN; ${ROW}`);
    const build = await sessions.waiting('CREATE INDEX waiting_index ON "LiteLLM_TeamTable" (team_alias)');
    const writer = await sessions.waiting(ROW.replace('team-1', 'team-2'));

    const locks = await locksNow();

    expect(locks.indexBuilds).toEqual([]);
    expect(buildLockGraph(locks).chains).toMatchObject([
      { head: { kind: 'idle-transaction', session: { pid: head.pid } }, direct: [{ pid: build.pid }] },
    ]);
    expect(buildLockGraph(locks).chains[0]?.waiters.map(({ pid }) => pid)).toEqual([build.pid, writer.pid]);
  });

  it('show the readers behind an ALTER TABLE that waits for an open transaction, while every other source still answers', async () => {
    const head = await sessions.open('BEGIN; SELECT FROM "LiteLLM_Config" LIMIT 1');
    const change = await sessions.waiting('ALTER TABLE "LiteLLM_Config" ADD COLUMN later int');
    const reader = await sessions.waiting('SELECT FROM "LiteLLM_Config" LIMIT 1');

    const sources = await look(database, {}, { lockTimeoutMs: 100 });

    expect(buildLockGraph(seen(sources.locks)).chains).toMatchObject([
      {
        head: { kind: 'idle-transaction', session: { pid: head.pid } },
        waiters: [
          { pid: change.pid, waits: { mode: 'AccessExclusiveLock', relation: 'LiteLLM_Config' } },
          { pid: reader.pid },
        ],
      },
    ]);
    expect([sources.server.status, sources.sessions.status]).toEqual(['ok', 'ok']);
  });

  it('show who has the lock of migrations and who waits for it, and no other advisory lock', async () => {
    const holder = await sessions.open('SELECT pg_advisory_lock(72707369)');
    await sessions.open('SELECT pg_advisory_lock(4711), pg_advisory_lock(0, 72707369)');
    const waiter = await sessions.waiting('SELECT pg_advisory_lock(72707369)');

    const locks = await locksNow();

    expect(locks.migrationLock).toEqual([
      { pid: holder.pid, granted: true },
      { pid: waiter.pid, granted: false },
    ]);
    expect(buildLockGraph(locks).chains).toMatchObject([
      { head: { kind: 'migration-lock', session: { pid: holder.pid, state: 'idle' } }, waiters: [{ pid: waiter.pid }] },
    ]);
  });

  it('leave out the waits of another database', async () => {
    await database.query('CREATE DATABASE elsewhere');
    const elsewhere = new OpenSessions({ ...database, databaseName: 'elsewhere' as SandboxDatabase['databaseName'] });
    try {
      await elsewhere.open('BEGIN; SELECT pg_advisory_xact_lock(72707369)');
      await elsewhere.waiting('SELECT pg_advisory_lock(72707369)');

      expect(await locksNow()).toMatchObject({ waiterCount: 0, sessions: [], migrationLock: [] });
    } finally {
      await elsewhere.close();
      await database.query('DROP DATABASE elsewhere WITH (FORCE)');
    }
  });

  it('show who waits behind whom, and not what they do, when the role may not see other sessions', async () => {
    await database.runAsMaster('REVOKE pg_monitor FROM litellm_auditor');
    try {
      const head = await sessions.open(`BEGIN; ${ROW}`);
      await sessions.waiting(ROW);

      const locks = await locksNow();

      expect(locks.waiterCount).toBe(1);
      expect(buildLockGraph(locks).chains).toMatchObject([
        { head: { kind: 'hidden', session: { pid: head.pid, state: null, clientAddress: null } }, waiters: [{}] },
      ]);
    } finally {
      await database.runAsMaster('GRANT pg_monitor TO litellm_auditor');
    }
  });
});
