import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { connectionLeak } from '../../../lambda/checks/connection-leak/check.ts';
import type { SandboxDatabase } from '../../../sandbox/database/database.ts';
import { evaluateSessions } from '../../sessions.ts';
import { startDatabase } from '../../shared-database.ts';
import { seen, server, sessionGroup, sessions } from '../../snapshots.ts';

const rowSchema = z.object({ pid: z.number(), address: z.string(), start: z.string(), change: z.string() });
type Row = z.infer<typeof rowSchema>;

let database: SandboxDatabase;
const clients: pg.Client[] = [];

beforeAll(async () => {
  database = await startDatabase();
}, 60_000);

afterAll(async () => {
  await Promise.all(clients.map((client) => client.end().catch(() => {})));
  await database.stop();
});

/** A session of the pool's user, and what PostgreSQL shows of it, times as the audit reads them. */
async function open(application = ''): Promise<{ readonly client: pg.Client; readonly row: Row }> {
  const client = new pg.Client({
    host: database.host,
    port: database.port,
    database: database.databaseName,
    user: database.passwordUser,
    password: database.password,
    application_name: application,
    ssl: { ca: await readFile(database.caFile, 'utf8') },
  });
  client.on('error', () => {});
  await client.connect();
  clients.push(client);
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const [row] = await database.query(
    `SELECT pid, host(client_addr) AS address, to_jsonb(backend_start) #>> '{}' AS start, to_jsonb(state_change) #>> '{}' AS change
       FROM pg_stat_activity WHERE pid = $1`,
    [rows[0]?.pid],
  );
  return { client, row: rowSchema.parse(row) };
}

/** Stands for the time between two refreshes of a token; a token lives a third of it. */
const STEP_SECONDS = 3;

it('ends on a real server only sessions that are old, unused, of the pool and of its client', async () => {
  // By the clock: what opening takes on a busy machine is no part of a step.
  const begun = Date.now();
  const untilStep = (step: number) => delay(begun + step * STEP_SECONDS * 1000 - Date.now());
  const [first, person, used] = await Promise.all([open(), open('psql'), open()]);
  await untilStep(1);
  const last = await open();
  await untilStep(2);
  const living = await open();
  const { address } = first.row;
  const common = { user: database.passwordUser, database: database.databaseName, clientAddress: address, iam: true };
  const cohort = (rows: readonly Row[]) => {
    const starts = rows.map(({ start }) => start).toSorted();
    const changes = rows.map(({ change }) => change).toSorted();
    return {
      ...common,
      firstStart: starts[0] ?? '',
      lastStart: starts.at(-1) ?? '',
      count: rows.length,
      idle: rows.length,
      oldestIdleSince: changes[0] ?? null,
      newestIdleSince: changes.at(-1) ?? null,
    };
  };
  // At work when the audit looks.
  const newest = { ...cohort([living.row]), idle: 0 };
  const cohorts = [cohort([first.row, person.row, used.row]), cohort([last.row]), newest];
  const groups = [sessionGroup({ ...common, count: 4 }), sessionGroup({ ...common, application: 'psql', count: 1 })];
  // Ages go by the server's clock, as the snapshot has it.
  const soon = server({ now: new Date(Date.now() + 2000).toISOString() });

  const [finding] = evaluateSessions(connectionLeak, sessions({ groups, cohorts, cohortCount: 3 }), {
    settings: { pods: 1, litellmUser: database.passwordUser, tokenLifeSeconds: 1, tokenRefreshSeconds: STEP_SECONDS },
    sources: { server: seen(soon) },
  });
  await used.client.query('SELECT 1');
  const command = finding?.advice.flatMap(({ command = '' }) => (command.includes('terminate') ? [command] : []))[0];
  const ended = await database.query(command ?? '');

  expect(ended.map(({ pid }) => pid).sort()).toEqual([first.row.pid, last.row.pid].sort());
  expect(finding?.evidence.leaked).toBe(3);
}, 30_000);
