import { existsSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { SandboxDatabase } from '../sandbox/database/database.ts';
import { serverState, startDatabase } from './shared-database.ts';

const SMALL = { litellm: { keys: 10, teams: 3 } };

/** Opens a session that holds a lock; what is returned ends it. */
async function openSession({ postgres: { host, port, user, password } }: SandboxDatabase, database: string) {
  const client = new pg.Client({ host, port, user, password, database });
  client.on('error', () => {});
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT pg_advisory_lock(1)');
  return () => client.end();
}

async function seen(database: SandboxDatabase) {
  const [row] = await database.query(`
    SELECT to_regclass('leftover') AS "table",
           (SELECT count(*)::int FROM "LiteLLM_TeamTable") AS teams,
           (SELECT count(*)::int FROM pg_stat_activity
             WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()) AS sessions,
           (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory') AS locks,
           (SELECT count(*)::int FROM pg_roles WHERE rolname = 'leftover') AS roles,
           pg_has_role('litellm_auditor', 'pg_read_all_data', 'usage') AS "readsAll",
           current_setting('work_mem') AS "workMem",
           current_setting('max_connections') AS "maxConnections"`);
  return row;
}

const FRESH = {
  table: null,
  teams: 3,
  sessions: 0,
  locks: 0,
  roles: 0,
  readsAll: false,
  workMem: '4MB',
  maxConnections: '60',
};

describe('a shared database', () => {
  it('is on a server of its own when another is in use', async () => {
    const first = await startDatabase(SMALL);
    onTestFinished(() => first.stop());

    const second = await startDatabase(SMALL);
    onTestFinished(() => second.stop());

    expect(second.caFile).not.toBe(first.caFile);
    await first.query('CREATE TABLE leftover ()');
    expect(await seen(second)).toEqual(FRESH);
  });

  it('has nothing of the one before when it is on the same server', async () => {
    const first = await startDatabase(SMALL);
    await first.query('CREATE TABLE leftover ()');
    await first.query('DELETE FROM "LiteLLM_TeamTable"');
    onTestFinished(await openSession(first, 'litellm'));
    first.inject({ kind: 'silent' });
    await first.stop();

    const second = await startDatabase(SMALL);
    onTestFinished(() => second.stop());

    expect(second.caFile).toBe(first.caFile);
    expect(await seen(second)).toEqual(FRESH);
    expect(second.credentials).not.toEqual(first.credentials);
  });

  it('is on another server, and the one before is gone, when a role was left', async () => {
    const first = await startDatabase(SMALL);
    await first.query('CREATE ROLE leftover');
    await first.stop();

    const second = await startDatabase(SMALL);
    onTestFinished(() => second.stop());

    expect(second.caFile).not.toBe(first.caFile);
    expect(existsSync(first.caFile)).toBe(false);
    expect(await seen(second)).toEqual(FRESH);
  });

  it('is on another server when the one before was stopped', async () => {
    const first = await startDatabase(SMALL);
    await first.postgres.stop();
    await first.stop();

    const second = await startDatabase(SMALL);
    onTestFinished(() => second.stop());

    expect(await seen(second)).toEqual(FRESH);
  });

  it('has the limit that is asked for when the one before had another', async () => {
    const first = await startDatabase(SMALL);
    await first.stop();

    const second = await startDatabase({ ...SMALL, maxConnections: 20 });
    onTestFinished(() => second.stop());

    expect(await seen(second)).toEqual({ ...FRESH, maxConnections: '20' });
  });
});

describe('the state of a server', () => {
  let database: SandboxDatabase;
  beforeAll(async () => {
    database = await startDatabase(SMALL);
  });
  afterAll(() => database.stop());

  it.each([
    ['a role is left', 'CREATE ROLE leftover', 'DROP ROLE leftover'],
    [
      "the auditor's role has one more right",
      'GRANT pg_read_all_data TO litellm_auditor',
      'REVOKE pg_read_all_data FROM litellm_auditor',
    ],
    ['a role has another attribute', 'ALTER ROLE litellm_legacy CREATEDB', 'ALTER ROLE litellm_legacy NOCREATEDB'],
    [
      'a role has a setting',
      "ALTER ROLE litellm_auditor SET work_mem = '8MB'",
      'ALTER ROLE litellm_auditor RESET work_mem',
    ],
    ['the server has a setting', "ALTER SYSTEM SET work_mem = '8MB'", 'ALTER SYSTEM RESET work_mem'],
    [
      'a role may change a setting',
      'GRANT SET ON PARAMETER log_statement TO litellm_auditor',
      'REVOKE SET ON PARAMETER log_statement FROM litellm_auditor',
    ],
    ['a database is left', 'CREATE DATABASE leftover', 'DROP DATABASE leftover'],
  ])('is another when %s', async (_what, change, undo) => {
    const before = await serverState(database.postgres);

    await database.query(change);
    const changed = await serverState(database.postgres);
    await database.query(undo);

    expect(changed).not.toBe(before);
    expect(await serverState(database.postgres)).toBe(before);
  });

  it('is another when a session to another database is open', async () => {
    const before = await serverState(database.postgres);

    const end = await openSession(database, 'postgres');
    const open = await serverState(database.postgres);
    await end();

    expect(open).not.toBe(before);
  });
});
