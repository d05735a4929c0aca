import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { SandboxDatabase } from '../sandbox/database/database.ts';
import { connectFrom } from '../sandbox/database/pod-connection.ts';

/** A session of a test, with what PostgreSQL calls it. */
export interface TestSession {
  readonly client: pg.Client;
  readonly pid: number;
}

/** Sessions of one test, of LiteLLM's own user, that are ended together. */
export class OpenSessions {
  readonly #database: SandboxDatabase;
  readonly #open: TestSession[] = [];

  constructor(database: SandboxDatabase) {
    this.#database = database;
  }

  /** A session that has run some SQL. */
  async open(sql: string): Promise<TestSession> {
    const client = await connectFrom('127.0.0.1', 'iam', this.#database);
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const session = { client, pid: rows[0]?.pid ?? 0 };
    this.#open.push(session);
    // The last statement decides since when the session is in its state.
    if (sql !== '') await client.query(sql);
    return session;
  }

  /** A session that waits in its statement; it gets what it wants, or ends, later. */
  async waiting(sql: string, before = ''): Promise<TestSession> {
    const session = await this.open(before);
    session.client.query(sql).catch(() => {});
    await until(this.#database, `SELECT FROM pg_locks WHERE NOT granted AND pid = ${session.pid}`);
    return session;
  }

  async close(): Promise<void> {
    const sessions = this.#open.splice(0);
    // One that waits, or is at work, does not notice that its client has gone.
    await this.#database.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ANY ($1)', [
      sessions.map(({ pid }) => pid),
    ]);
    await Promise.all(sessions.map(({ client }) => client.end().catch(() => {})));
  }
}

/** Waits until the query has rows. */
export async function until(database: SandboxDatabase, sql: string): Promise<void> {
  while ((await database.query(sql)).length === 0) await delay(20);
}
