import type pg from 'pg';
import type { PodDatabase } from './pod-connection.ts';

/** Sessions count as one pool's when each starts within this share of the time between two refreshes after the one before (sessions.sql.ts). */
const TOGETHER_SHARE = 1 / 24;
/** On a busy machine a start can come late; so many times in a row it does not. */
const MOST_ATTEMPTS = 20;

/** A connection with the server process behind it. */
export interface Session {
  readonly client: pg.Client;
  readonly pid: number;
}

/** The connections of one pod: those of its pool, and those of earlier pools that it left open. */
export class Pool {
  readonly #size: number;
  readonly #connect: () => Promise<pg.Client>;
  readonly #database: PodDatabase;
  #sessions: Session[] = [];
  readonly #left: Session[] = [];

  constructor(size: number, connect: () => Promise<pg.Client>, database: PodDatabase) {
    this.#size = size;
    this.#connect = connect;
    this.#database = database;
  }

  /** How many it holds, the left ones too. */
  get sessions(): number {
    return this.#left.length + this.#sessions.length;
  }

  /** Those of the pool itself. */
  get current(): readonly Session[] {
    return this.#sessions;
  }

  /** The connections of earlier pools. */
  get left(): readonly pg.Client[] {
    return this.#left.map(({ client }) => client);
  }

  /** The connection that was returned last: the next statement takes it. */
  get inUse(): pg.Client | undefined {
    return this.#sessions.at(-1)?.client;
  }

  /**
   * Opens the connections side by side.
   * @param refreshSeconds when given, all of them again until PostgreSQL has started them close enough together to be seen as one pool
   * @throws what a connection was refused with; none is open then
   */
  async open(refreshSeconds?: number): Promise<void> {
    this.#sessions = await openAll(this.#size, this.#connect);
    for (let attempt = 1; !(await this.#startedTogether(refreshSeconds)); attempt++) {
      if (attempt === MOST_ATTEMPTS) throw new Error('The machine is too busy: a pool took too long to open.');
      await endAll(this.#sessions);
      this.#sessions = await openAll(this.#size, this.#connect);
    }
  }

  /**
   * As a refresh of the token does: a new pool in place of this one. One connection after the other, so that their number stays.
   * @param refreshSeconds as for `open`
   */
  async replace(refreshSeconds?: number): Promise<void> {
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      for (const [index, { client }] of this.#sessions.entries()) {
        await client.end();
        this.#sessions[index] = await openSession(this.#connect);
      }
      if (await this.#startedTogether(refreshSeconds)) return;
    }
    throw new Error('The machine is too busy: a pool took too long to replace.');
  }

  /** As a refresh does that fails to disconnect: a new pool beside this one, which nobody uses any more. */
  async leave(refreshSeconds: number): Promise<void> {
    this.#left.push(...this.#sessions);
    this.#sessions = [];
    await this.open(refreshSeconds);
  }

  /** One statement, as LiteLLM's own jobs send them. */
  async work(): Promise<void> {
    await this.inUse?.query('SELECT 1');
  }

  /** Whether all that was left has been idle for longer than that, by PostgreSQL's clock. */
  async hasLeftFor(seconds: number): Promise<boolean> {
    const [row] = await this.#database.query(
      `SELECT COALESCE(bool_and(extract(epoch FROM clock_timestamp() - state_change) > $2), true) AS long
         FROM pg_stat_activity WHERE pid = ANY ($1)`,
      [this.#left.map(({ pid }) => pid), seconds],
    );
    return row?.long === true;
  }

  async close(): Promise<void> {
    await endAll([...this.#left, ...this.#sessions]);
  }

  /** PostgreSQL has started the connections so close together that they are seen as one pool; always true when no time is given. */
  async #startedTogether(refreshSeconds: number | undefined): Promise<boolean> {
    if (refreshSeconds === undefined) return true;
    const [row] = await this.#database.query(
      `SELECT COALESCE(max(gap), 0)::float8 AS widest
         FROM (SELECT extract(epoch FROM backend_start - lag(backend_start) OVER (ORDER BY backend_start)) AS gap
                 FROM pg_stat_activity WHERE pid = ANY ($1)) AS gaps`,
      [this.#sessions.map(({ pid }) => pid)],
    );
    return Number(row?.widest) < (refreshSeconds * TOGETHER_SHARE) / 2;
  }
}

/** Opens one connection, and asks which server process is behind it. */
export async function openSession(connect: () => Promise<pg.Client>): Promise<Session> {
  const client = await connect();
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return { client, pid: rows[0]?.pid ?? 0 };
}

async function openAll(count: number, connect: () => Promise<pg.Client>): Promise<Session[]> {
  const opened = await Promise.allSettled(Array.from({ length: count }, () => openSession(connect)));
  const sessions = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const refused = opened.find((result) => result.status === 'rejected');
  if (refused === undefined) return sessions;
  await endAll(sessions);
  throw refused.reason;
}

async function endAll(sessions: readonly Session[]): Promise<void> {
  await Promise.all(sessions.map(({ client }) => client.end()));
}
