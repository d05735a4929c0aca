import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CheckId } from '../../lambda/checks/registry.ts';
import type { Tuning } from '../../lambda/settings/tuning.ts';
import type { SandboxDatabase } from '../../sandbox/database/database.ts';
import { OpenTransaction } from '../../sandbox/database/open-transaction.ts';
import { connectFrom } from '../../sandbox/database/pod-connection.ts';
import { Pool } from '../../sandbox/database/pool.ts';
import { startDatabase } from '../shared-database.ts';
import { cloudwatch, seen } from '../snapshots.ts';
import { findingsOn } from './findings-on.ts';

const VERSION = '1.79.1';
const REFRESH_SECONDS = 3;
const FAST: Partial<Tuning> = {
  tokenRefreshSeconds: REFRESH_SECONDS,
  tokenLifeSeconds: 1,
  poolLimit: 3,
  workersPerPod: 1,
  pods: 1,
};

let database: SandboxDatabase;
let clients: pg.Client[] = [];

beforeAll(async () => {
  database = await startDatabase({ litellm: { globalRow: 'settings', version: '1.81.3' } });
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.end()));
  clients = [];
});
afterAll(() => database.stop());

async function connect(): Promise<pg.Client> {
  const client = await connectFrom('127.0.0.1', 'iam', database);
  clients.push(client);
  return client;
}

/** The commands that a check shows for what the database is like now. */
async function commandsOf(checkId: CheckId, tuning: Partial<Tuning>, version: string): Promise<readonly string[]> {
  const known = { cloudwatch: seen(cloudwatch({ iam: { requests: 10, failures: [] } })) };
  return (await findingsOn(database, { ...tuning, litellmVersion: version }, known))
    .filter((finding) => finding.checkId === checkId)
    .flatMap(({ advice }) => advice.flatMap(({ command = [] }) => command));
}

function theOne(commands: readonly string[], part: string): string {
  const found = commands.filter((command) => command.includes(part));
  expect(found).toHaveLength(1);
  return found[0] ?? '';
}

/** Runs it as LiteLLM's own user, and returns the rows. */
async function asLitellm(command: string): Promise<readonly unknown[]> {
  const client = await connect();
  return (await client.query(command)).rows;
}

async function openSessions(): Promise<number> {
  const [row] = await database.query("SELECT count(*)::int AS count FROM pg_stat_activity WHERE usename = 'litellm'");
  return Number(row?.count);
}

const END = 'pg_terminate_backend(pid)';

describe('the command that ends leaked sessions', () => {
  /** Three refreshes that left their pool, and the pool in use. */
  async function leak(): Promise<Pool> {
    const pool = new Pool(3, connect, database);
    await pool.open(REFRESH_SECONDS);
    const opened = Date.now();
    for (let refresh = 1; refresh <= 3; refresh++) {
      await delay(opened + refresh * REFRESH_SECONDS * 1000 - Date.now());
      await pool.leave(REFRESH_SECONDS);
    }
    while (!(await pool.hasLeftFor(REFRESH_SECONDS + 1.5))) await delay(100);
    await pool.replace(REFRESH_SECONDS);
    return pool;
  }

  /** The command that the leak shows, while the pool in use works on. */
  async function commandFor(pool: Pool): Promise<string> {
    const shown = commandsOf('connection-leak', FAST, VERSION);
    let isShown = false;
    const end = () => {
      isShown = true;
    };
    shown.then(end, end);
    while (!isShown) {
      await pool.work();
      await delay(20);
    }
    return theOne(await shown, END);
  }

  it('ends them all, and none of the pool in use, when it is run as LiteLLM', async () => {
    const pool = await leak();
    const command = await commandFor(pool);

    const ended = await asLitellm(command);

    expect(ended).toHaveLength(9);
    await expect(pool.work()).resolves.toBeUndefined();
    await expect.poll(openSessions).toBe(4);
  }, 60_000);

  it('ends none when they were used again since the audit', async () => {
    const pool = await leak();
    const command = await commandFor(pool);

    await Promise.all(pool.left.map((client) => client.query('SELECT 1')));
    const ended = await asLitellm(command);

    expect(ended).toEqual([]);
    expect(pool.sessions).toBe(12);
    expect(await openSessions()).toBe(13);
  }, 60_000);
});

describe('the command that ends an open transaction', () => {
  const tuning: Partial<Tuning> = { idleInTransactionWarningSeconds: 1 };

  async function openTransaction(): Promise<string> {
    const transaction = await OpenTransaction.begin('blocking', 0, connect, database);
    while (!(await transaction.isIdleFor(1.2))) await delay(100);
    return theOne(await commandsOf('idle-in-transaction', tuning, VERSION), END);
  }

  it('ends it, so that the session behind it goes on, when it is run as the master user', async () => {
    const command = await openTransaction();

    await database.runAsMaster(command);

    const waiting = "SELECT FROM pg_stat_activity WHERE usename = 'litellm' AND wait_event_type = 'Lock'";
    await expect.poll(() => database.query(waiting)).toEqual([]);
    await expect.poll(openSessions).toBe(1);
  });

  it('ends nobody when the transaction has gone on and ended meanwhile', async () => {
    const command = await openTransaction();
    const [holder] = clients;

    await holder?.query('COMMIT');
    await database.runAsMaster(command);

    expect(await openSessions()).toBe(2);
    await expect(holder?.query('SELECT 1')).resolves.toBeDefined();
  });
});

describe('the command that removes the global row', () => {
  it("removes that row alone when it is run as LiteLLM, and nothing when it isn't there", async () => {
    const names = async () =>
      (await database.query('SELECT param_name FROM "LiteLLM_Config" ORDER BY 1')).map(({ param_name }) => param_name);
    const before = await names();
    const command = theOne(await commandsOf('global-router-settings', {}, '1.81.3'), 'DELETE ');

    await asLitellm(command);
    const after = await names();
    await asLitellm(command);

    expect(before).toContain('router_settings');
    expect(after).toEqual(before.filter((name) => name !== 'router_settings'));
    expect(await names()).toEqual(after);
  });
});
