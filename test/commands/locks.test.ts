import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runChecks } from '../../lambda/checks/run.ts';
import { buildModel } from '../../lambda/model/model.ts';
import type { Tuning } from '../../lambda/settings/tuning.ts';
import type { SandboxDatabase } from '../../sandbox/database/database.ts';
import { HeldLock, type HeldLockKind } from '../../sandbox/database/held-lock.ts';
import { connectFrom } from '../../sandbox/database/pod-connection.ts';
import { OpenSessions, until } from '../open-sessions.ts';
import { startDatabase } from '../shared-database.ts';
import { look } from '../snapshot/look.ts';
import { healthySnapshot } from '../snapshots.ts';
import { iamTarget, settingsFor } from '../target.ts';

const TUNING: Partial<Tuning> = { lockWaitWarningSeconds: 1, litellmVersion: '1.108.13' };

let database: SandboxDatabase;
let sessions: OpenSessions;
let lock: HeldLock | undefined;
beforeAll(async () => {
  database = await startDatabase({ litellm: { keys: 5, teams: 3, version: '1.108.13' } });
  sessions = new OpenSessions(database);
});
afterEach(async () => {
  await lock?.end();
  lock = undefined;
  await sessions.close();
});
afterAll(() => database.stop());

function connect() {
  return connectFrom('127.0.0.1', 'iam', database);
}

async function held(kind: HeldLockKind, waiting = 2): Promise<HeldLock> {
  lock = await HeldLock.take(kind, connect, database);
  for (let waiter = 0; waiter < waiting; waiter++) await lock.wait(connect);
  while (!(await lock.lastsFor(1.2))) await new Promise((resolve) => setTimeout(resolve, 50));
  return lock;
}

/** The statements of lock-waits that end or cancel something, for what the database is like now. */
async function commandsNow(): Promise<readonly string[]> {
  const sources = await look(database, {}, TUNING);
  const snapshot = {
    ...healthySnapshot({ configuredVersion: '1.108.13' }),
    takenAt: new Date().toISOString(),
    sources,
  };
  const settings = settingsFor(iamTarget(database), TUNING);
  return runChecks(snapshot, buildModel(snapshot, settings), settings)
    .filter(({ checkId }) => checkId === 'lock-waits')
    .flatMap(({ advice }) => advice.flatMap(({ command = [] }) => command))
    .filter((command) => /pg_(terminate|cancel)_backend/.test(command));
}

/** Runs it as LiteLLM's own user, and returns the rows of its last statement. */
async function asLitellm(command: string): Promise<readonly unknown[]> {
  const client = await connect();
  try {
    const results: unknown = await client.query(command);
    const last: unknown = Array.isArray(results) ? results.at(-1) : results;
    return typeof last === 'object' && last !== null && 'rows' in last && Array.isArray(last.rows) ? last.rows : [];
  } finally {
    await client.end();
  }
}

const NOBODY_WAITS = 'SELECT WHERE NOT EXISTS (SELECT FROM pg_locks WHERE NOT granted)';

describe('the command of lock-waits', () => {
  it.each(['open-transaction', 'statement', 'index-build', 'migration-lock'] as const)(
    'ends only what is at the head, so that those behind go on, when it is: %s',
    async (kind) => {
      // Of three that wait for one row, the first to get it keeps it, which is a pile of its own.
      const { pids } = await held(kind, 1);

      const [command = ''] = await commandsNow();
      const rows = await asLitellm(command);

      expect(rows).toEqual([expect.objectContaining({ pid: pids[0] })]);
      await until(database, NOBODY_WAITS);
      const [alive] = await database.query('SELECT FROM pg_stat_activity WHERE pid = $1', [pids[1]]);
      expect(alive).toBeDefined();
    },
    30_000,
  );

  it('ends the head when the master user runs it', async () => {
    const { pids } = await held('open-transaction', 1);

    await database.runAsMaster((await commandsNow())[0] ?? '');

    await until(database, `SELECT WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = ${pids[0]})`);
  }, 30_000);

  it.each(['open-transaction', 'statement', 'migration-lock'] as const)(
    'ends nobody when the session has moved on since, although it holds the same lock: %s',
    async (kind) => {
      const held = {
        'open-transaction': `BEGIN; UPDATE "LiteLLM_TeamTable" SET spend = 1 WHERE team_id = 'team-1'`,
        statement: `BEGIN; UPDATE "LiteLLM_TeamTable" SET spend = 1 WHERE team_id = 'team-1'`,
        'migration-lock': 'SELECT pg_advisory_lock(72707369)',
      };
      const head = await sessions.open(held[kind]);
      if (kind === 'statement') head.client.query('SELECT pg_sleep(3)').catch(() => {});
      await sessions.waiting(held[kind]);
      await new Promise((resolve) => setTimeout(resolve, 1200));
      const [command = ''] = await commandsNow();

      expect(command).not.toBe('');
      await head.client.query('SELECT 1');
      if (kind === 'statement') head.client.query('SELECT pg_sleep(60)').catch(() => {});
      const rows = await asLitellm(command);

      expect(rows).toEqual([]);
    },
    30_000,
  );

  it('takes the queued change out of the queue, so that readers go on while the transaction stays open', async () => {
    const head = await sessions.open('BEGIN; SELECT FROM "LiteLLM_Config" LIMIT 1');
    const change = await sessions.waiting('ALTER TABLE "LiteLLM_Config" ADD COLUMN later int');
    await sessions.waiting('SELECT FROM "LiteLLM_Config" LIMIT 1');
    await new Promise((resolve) => setTimeout(resolve, 1200));

    const commands = await commandsNow();
    const rows = await asLitellm(commands.at(-1) ?? '');

    expect(rows).toEqual([{ pid: change.pid, pg_cancel_backend: true }]);
    await until(database, NOBODY_WAITS);
    await expect(head.client.query('SELECT 1')).resolves.toBeDefined();
  }, 30_000);

  it('is not there when nobody waits', async () => {
    await sessions.open('BEGIN; SELECT FROM "LiteLLM_Config" LIMIT 1');

    expect(await commandsNow()).toEqual([]);
  });
});
