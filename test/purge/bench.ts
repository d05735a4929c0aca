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

/** The hash of a row's text, as PostgreSQL writes it. */
export function hashOf(text: string | null): string {
  return createHash('sha256')
    .update(text ?? '')
    .digest('hex');
}

/** For `begin`: holds the row. */
export const HOLD_ROW = `SELECT FROM "LiteLLM_Config" WHERE param_name = 'router_settings' FOR UPDATE`;

export async function startBench(purge: Tuning['purge'] = 'manual'): Promise<Bench> {
  const database = await startDatabase({ litellm: { keys: 10, teams: 3 } });
  await database.runAsMaster(databaseSetupSql({ role: database.auditorUser, purge }));
  for (const [name, value] of Object.entries(credentialVariables(database))) vi.stubEnv(name, value);
  const settings = (tuning: Partial<Tuning> = {}) =>
    settingsFor(iamTarget(database), { purge, litellmVersion: '1.108.13', ...tuning });
  const observer = await superuser(database);
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
      await observer.query('TRUNCATE litellm_auditor.router_settings_backup RESTART IDENTITY');
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
        'SELECT id::int, action, mode, param_value::text AS text FROM litellm_auditor.router_settings_backup ORDER BY id',
      );
      return rows;
    },
    async begin(sql) {
      const client = await superuser(database);
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
            [database.auditorUser],
          );
          if (rowCount === 0) throw new Error('It does not wait yet.');
        },
        { timeout: 10_000, interval: 20 },
      );
    },
    async endSession() {
      const { rows } = await observer.query<{ pid: number; ended: boolean }>(
        `SELECT pid, pg_terminate_backend(pid, 10000) AS ended FROM pg_stat_activity WHERE usename = $1 AND wait_event_type = 'Lock'`,
        [database.auditorUser],
      );
      if (rows.length !== 1 || rows[0]?.ended !== true) throw new Error('There was no one session to end.');
    },
    async stop() {
      await observer.end();
      await database.stop();
    },
  };
}

async function superuser({ postgres, databaseName }: SandboxDatabase): Promise<pg.Client> {
  const { host, port, user, password } = postgres;
  const client = new pg.Client({ host, port, user, password, database: databaseName });
  await client.connect();
  return client;
}
