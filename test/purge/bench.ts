import { createHash } from 'node:crypto';
import pg from 'pg';
import { vi } from 'vitest';
import { databaseSetupSql } from '../../database/setup/script.ts';
import type { Circumstances, PurgeOperation } from '../../lambda/purge/operation.ts';
import { runOperation } from '../../lambda/purge/run-operation.ts';
import type { PurgeRequest } from '../../lambda/settings/request.ts';
import type { Settings } from '../../lambda/settings/settings.ts';
import type { Tuning } from '../../lambda/settings/tuning.ts';
import type { SandboxDatabase } from '../../sandbox/database/database.ts';
import { litellmSchemaSql } from '../../sandbox/database/litellm-schema.ts';
import { startDatabase } from '../shared-database.ts';
import { credentialVariables, iamTarget, settingsFor } from '../target.ts';

const BUDGET_MS = 30_000;

/** A database whose auditor may purge, and what the tests ask of it. Times and hashes are PostgreSQL's own. */
export interface Bench {
  readonly database: SandboxDatabase;
  settings(tuning?: Partial<Tuning>): Settings;
  /** The request as the auditor's role; each has another id unless one is given. */
  ask(request: PurgeRequest, circumstances?: Partial<Circumstances>, settings?: Settings): Promise<PurgeOperation>;
  /** Leaves the one row with this JSON text, SQL NULL, or none; and no backups. */
  start(row: string | null | undefined): Promise<void>;
  write(row: string | null | undefined): Promise<void>;
  /** param_value::text; undefined when there is no row. */
  row(): Promise<string | null | undefined>;
  /** The rows in the backup table by number. */
  backups(): Promise<readonly BackupRow[]>;
  /** Runs SQL as a superuser whose search path has both schemas of the installation. */
  query(sql: string): Promise<void>;
  /** Begins a transaction of somebody else with this statement; what is returned commits it. */
  begin(sql: string): Promise<() => Promise<void>>;
  /** Until the auditor's session waits for a lock. */
  untilItWaits(): Promise<void>;
  /** Ends the auditor's session that waits for a lock, as an administrator or a shutdown does: SQLSTATE 57P01. */
  endSession(): Promise<void>;
  stop(): Promise<void>;
}

interface BackupRow {
  readonly id: number;
  readonly action: string;
  readonly mode: string;
  /** param_value::text */
  readonly text: string | null;
}

/** Of the installation that the last bench made. */
let hashKey: Buffer = Buffer.alloc(0);

/** The hash of a row's text, as PostgreSQL writes it, in the installation of the bench. */
export function hashOf(text: string | null): string {
  const keyed = (content: Buffer | string) => createHash('sha256').update(hashKey).update(content);
  return keyed(keyed(text ?? '').digest()).digest('hex');
}

/** One of two installations in one database, each for a LiteLLM schema of its own. */
export interface Side {
  readonly litellmSchema: string;
  readonly auditorSchema: string;
  readonly user: string;
}

export const SIDES: readonly [Side, Side] = [
  { litellmSchema: 'public', auditorSchema: 'litellm_auditor', user: 'litellm_auditor' },
  { litellmSchema: 'staging', auditorSchema: 'staging_auditor', user: 'staging_auditor' },
];

/** For `begin`: holds the row. */
export const HOLD_ROW = `SELECT FROM "LiteLLM_Config" WHERE param_name = 'router_settings' FOR UPDATE`;

/** @param side the installation under test, beside the other one, which `stop` finds untouched; undefined: there is one only */
export async function startBench(purge: Tuning['purge'] = 'manual', side?: Side): Promise<Bench> {
  const database = await startDatabase({ litellm: { keys: 10, teams: 3 } });
  const { litellmSchema, auditorSchema, user } = side ?? SIDES[0];
  if (side === undefined) await database.runAsMaster(databaseSetupSql({ role: user, purge }));
  else await installBoth(database, purge);
  const other = side && SIDES.find((each) => each !== side);
  const untouched = other && (await contentOf(other, database));
  for (const [name, value] of Object.entries(credentialVariables(database))) vi.stubEnv(name, value);
  const settings = (tuning: Partial<Tuning> = {}) =>
    settingsFor(iamTarget(database, { user }), {
      purge,
      litellmVersion: '1.108.13',
      ...(side === undefined ? {} : { litellmSchema, auditorSchema }),
      ...tuning,
    });
  const searchPath = `${litellmSchema}, ${auditorSchema}`;
  const observer = await superuser(database, searchPath);
  const { rows: keys } = await observer.query<{ hash_key: Buffer }>('SELECT hash_key FROM installation');
  hashKey = keys[0]?.hash_key ?? hashKey;
  let requests = 0;

  async function write(row: string | null | undefined): Promise<void> {
    await observer.query(`DELETE FROM "LiteLLM_Config" WHERE param_name = 'router_settings'`);
    if (row === undefined) return;
    await observer.query(`INSERT INTO "LiteLLM_Config" VALUES ('router_settings', $1)`, [row]);
  }

  return {
    database,
    settings,
    write,
    ask(request, circumstances, asked = settings()) {
      requests += 1;
      return runOperation(request, asked, {
        requester: { requestedBy: 'a test', requestId: `request ${requests}` },
        mode: 'manual',
        enabled: true,
        budgetMs: BUDGET_MS,
        ...circumstances,
      });
    },
    async start(row) {
      await observer.query('TRUNCATE router_settings_backup RESTART IDENTITY');
      await write(row);
    },
    async row() {
      const { rows } = await observer.query<{ text: string | null }>(
        `SELECT param_value::text AS text FROM "LiteLLM_Config" WHERE param_name = 'router_settings'`,
      );
      return rows[0]?.text;
    },
    async backups() {
      const { rows } = await observer.query<BackupRow>(
        'SELECT id::int, action, mode, param_value::text AS text FROM router_settings_backup ORDER BY id',
      );
      return rows;
    },
    async begin(sql) {
      const client = await superuser(database, searchPath);
      await client.query('BEGIN');
      await client.query(sql);
      return async () => {
        await client.query('COMMIT');
        await client.end();
      };
    },
    async untilItWaits() {
      await vi.waitFor(
        async () => {
          const { rowCount } = await observer.query(
            `SELECT FROM pg_stat_activity WHERE usename = $1 AND wait_event_type = 'Lock'`,
            [user],
          );
          if (rowCount === 0) throw new Error('It does not wait yet.');
        },
        { timeout: 10_000, interval: 20 },
      );
    },
    async endSession() {
      const { rows } = await observer.query<{ pid: number; ended: boolean }>(
        `SELECT pid, pg_terminate_backend(pid, 10000) AS ended FROM pg_stat_activity WHERE usename = $1 AND wait_event_type = 'Lock'`,
        [user],
      );
      if (rows.length !== 1 || rows[0]?.ended !== true) throw new Error('There was no one session to end.');
    },
    async query(sql) {
      await observer.query(sql);
    },
    async stop() {
      const found = other && (await contentOf(other, database));
      await observer.end();
      await database.stop();
      if (found !== untouched) throw new Error(`${other?.auditorSchema} was touched: ${untouched} became ${found}.`);
    },
  };
}

/** Two LiteLLM schemas in one database, each with a row and a backup. */
async function installBoth(database: SandboxDatabase, purge: Tuning['purge']): Promise<void> {
  await database.query(litellmSchemaSql({ schema: SIDES[1].litellmSchema, keys: 10, teams: 3 }));
  for (const { litellmSchema, auditorSchema, user } of SIDES) {
    await database.runAsMaster(databaseSetupSql({ role: user, purge, litellmSchema, auditorSchema }));
    const row = `${litellmSchema}."LiteLLM_Config" WHERE param_name = 'router_settings'`;
    await database.query(`SELECT ${auditorSchema}.purge_router_settings('${litellmSchema}', r ->> 'hash', true, 'manual', '', '')
                            FROM ${auditorSchema}.global_router_settings('${litellmSchema}') AS r`);
    await database.query(`DELETE FROM ${row}`);
    await database.query(
      `INSERT INTO ${litellmSchema}."LiteLLM_Config" VALUES ('router_settings', '{"num_retries": 3}')`,
    );
  }
}

/** The row and the backups of an installation. */
async function contentOf({ litellmSchema, auditorSchema }: Side, database: SandboxDatabase): Promise<string> {
  const [row] = await database.query(`
    SELECT jsonb_build_array(
      (SELECT jsonb_agg(to_jsonb(c) ORDER BY c.param_name) FROM ${litellmSchema}."LiteLLM_Config" AS c),
      (SELECT jsonb_agg(to_jsonb(b) ORDER BY b.id) FROM ${auditorSchema}.router_settings_backup AS b)) AS content`);
  return JSON.stringify(row?.content);
}

async function superuser({ postgres, databaseName }: SandboxDatabase, searchPath: string): Promise<pg.Client> {
  const { host, port, user, password } = postgres;
  const client = new pg.Client({ host, port, user, password, database: databaseName });
  await client.connect();
  await client.query(`SET search_path = ${searchPath}`);
  return client;
}
