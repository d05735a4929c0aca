import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { MIGRATION_LOCK } from '../../lambda/litellm/migration-lock.ts';
import type { PodDatabase } from './pod-connection.ts';
import { openSession, type Session } from './pool.ts';

/**
 * A lock that one connection holds and others wait for.
 * - open-transaction: of a row, by a transaction whose client does nothing any more.
 * - statement: of the same row, by a statement that runs.
 * - index-build: of the spend logs, by a migration that builds an index.
 * - migration-lock: of `prisma migrate`, by a session that does nothing any more.
 */
export type HeldLockKind = 'open-transaction' | 'statement' | 'index-build' | 'migration-lock';

interface Statements {
  /** Run one after the other, by whoever holds it. */
  readonly hold: readonly string[];
  /** Begun and not waited for, then; it lasts longer than any scenario. */
  readonly run?: string;
  readonly wait: readonly string[];
}

const POLL_MS = 20;
const TAKE_MIGRATION_LOCK = `SELECT pg_advisory_lock(${MIGRATION_LOCK})`;
/** It came with 1.82.0 and builds an index of the spend logs (knowledge/migrations.tsv). */
const MIGRATION = '20260228100000_add_spend_logs_composite_index';

/** One connection that holds it, of one pod, and those that wait, of any. */
export class HeldLock {
  readonly #holder: Session;
  readonly #waiting: Session[] = [];
  readonly #statements: Statements;
  readonly #database: PodDatabase;

  private constructor(holder: Session, statements: Statements, database: PodDatabase) {
    this.#holder = holder;
    this.#statements = statements;
    this.#database = database;
  }

  /** Takes it on a connection of its own. */
  static async take(kind: HeldLockKind, connect: () => Promise<pg.Client>, database: PodDatabase): Promise<HeldLock> {
    const statements = statementsOf(kind, pg.escapeIdentifier(database.schema));
    const holder = await openSession(connect);
    for (const statement of statements.hold) await holder.client.query(statement);
    // It ends when the pods stop.
    if (statements.run !== undefined) holder.client.query(statements.run).catch(() => {});
    return new HeldLock(holder, statements, database);
  }

  get sessions(): number {
    return 1 + this.#waiting.length;
  }

  /** Lets another connection wait for it; resolves when it does. */
  async wait(connect: () => Promise<pg.Client>): Promise<void> {
    const session = await openSession(connect);
    this.#waiting.push(session);
    const [last, ...before] = this.#statements.wait.toReversed();
    for (const statement of before.toReversed()) await session.client.query(statement);
    if (last !== undefined) session.client.query(last).catch(() => {});
    const isBlocked = 'SELECT FROM pg_locks WHERE NOT granted AND pid = $1';
    while ((await this.#database.query(isBlocked, [session.pid])).length === 0) await delay(POLL_MS);
  }

  /** Ends all its sessions: one that waits, or is at work, does not notice that its client has gone. */
  async end(): Promise<void> {
    await this.#database.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ANY ($1)', [
      this.pids,
    ]);
  }

  /** Whether everybody has been in the same state for longer than that, by PostgreSQL's clock. */
  async lastsFor(seconds: number): Promise<boolean> {
    const [row] = await this.#database.query(
      `SELECT bool_and(extract(epoch FROM clock_timestamp() - state_change) > $2) AS long FROM pg_stat_activity WHERE pid = ANY ($1)`,
      [this.pids, seconds],
    );
    return row?.long === true;
  }

  /** Of the holder, then of those that wait. */
  get pids(): readonly number[] {
    return [this.#holder, ...this.#waiting].map(({ pid }) => pid);
  }
}

function statementsOf(kind: HeldLockKind, schema: string): Statements {
  const addSpend = `UPDATE ${schema}."LiteLLM_TeamTable" SET spend = spend + 0.01 WHERE team_id = 'team-1'`;
  switch (kind) {
    case 'open-transaction':
      return { hold: ['BEGIN', addSpend], wait: ['BEGIN', addSpend] };
    case 'statement':
      return { hold: ['BEGIN', addSpend], run: 'SELECT pg_sleep(600)', wait: ['BEGIN', addSpend] };
    case 'index-build':
      return {
        hold: [
          TAKE_MIGRATION_LOCK,
          `UPDATE ${schema}."_prisma_migrations" SET started_at = now(), finished_at = NULL WHERE migration_name = '${MIGRATION}'`,
          // As slow as if there were many rows.
          'CREATE FUNCTION pg_temp.slow(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT $1 || pg_sleep(2)::text $$',
        ],
        run: `CREATE INDEX "LiteLLM_SpendLogs_slow_idx" ON ${schema}."LiteLLM_SpendLogs" (pg_temp.slow(request_id))`,
        wait: [
          `INSERT INTO ${schema}."LiteLLM_SpendLogs" ("request_id", "call_type", "startTime", "endTime") VALUES (gen_random_uuid(), 'acompletion', now(), now())`,
        ],
      };
    case 'migration-lock':
      return { hold: [TAKE_MIGRATION_LOCK], wait: [TAKE_MIGRATION_LOCK] };
  }
}
