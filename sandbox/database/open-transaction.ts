import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { PodDatabase } from './pod-connection.ts';
import { openSession, type Session } from './pool.ts';

const POLL_MS = 20;

/** A connection that is idle in a transaction, and perhaps another one that waits for its lock. */
export class OpenTransaction {
  readonly #holder: Session;
  readonly #waiting: Session | undefined;
  readonly #database: PodDatabase;

  private constructor(holder: Session, waiting: Session | undefined, database: PodDatabase) {
    this.#holder = holder;
    this.#waiting = waiting;
    this.#database = database;
  }

  /**
   * Begins it with a lock on the row of one team, a team for each pod so that they do not wait for one another.
   * @param kind `blocking`: another session waits for the lock when it resolves
   */
  static async begin(
    kind: 'alone' | 'blocking',
    podIndex: number,
    connect: () => Promise<pg.Client>,
    database: PodDatabase,
  ): Promise<OpenTransaction> {
    const lock = `SELECT FROM ${pg.escapeIdentifier(database.schema)}."LiteLLM_TeamTable" WHERE team_id = 'team-${podIndex + 1}' FOR UPDATE`;
    const holder = await openSession(connect);
    const waiting = kind === 'blocking' ? await openSession(connect) : undefined;
    await holder.client.query('BEGIN');
    const { rowCount } = await holder.client.query(lock);
    if (rowCount === 0) throw new Error('The sandbox has fewer teams than pods: there is no row to lock.');
    // It gets the lock, or ends without it, when the pods stop.
    waiting?.client.query(lock).catch(() => {});
    const open = new OpenTransaction(holder, waiting, database);
    await open.#untilBlocked();
    return open;
  }

  get sessions(): number {
    return this.#waiting === undefined ? 1 : 2;
  }

  /** Whether it has been idle for longer than that, and the other one has waited so long, by PostgreSQL's clock. */
  async isIdleFor(seconds: number): Promise<boolean> {
    const [row] = await this.#database.query(
      `SELECT bool_and(extract(epoch FROM clock_timestamp() - state_change) > $2) AS long FROM pg_stat_activity WHERE pid = ANY ($1)`,
      [[this.#holder, ...(this.#waiting === undefined ? [] : [this.#waiting])].map(({ pid }) => pid), seconds],
    );
    return row?.long === true;
  }

  async #untilBlocked(): Promise<void> {
    if (this.#waiting === undefined) return;
    const isBlocked = 'SELECT FROM pg_locks WHERE NOT granted AND pid = $1';
    while ((await this.#database.query(isBlocked, [this.#waiting.pid])).length === 0) await delay(POLL_MS);
  }
}
