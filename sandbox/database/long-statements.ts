import { setPriority } from 'node:os';
import type { PodDatabase } from './pod-connection.ts';
import type { Session } from './pool.ts';

/** It needs the processor for hours, and neither the disk nor a table. */
const ENDLESS_SQL = 'SELECT sum(n) FROM (SELECT generate_series(1, 1000000000000) AS n) AS numbers';
/** Low, so that they take little of what others want, and not so low that they starve and cannot be ended. */
const LOW_PRIORITY = 15;

/** Statements that keep a pool's connections busy until they are ended. */
export class LongStatements {
  readonly #pids: readonly number[];
  readonly #database: PodDatabase;

  private constructor(pids: readonly number[], database: PodDatabase) {
    this.#pids = pids;
    this.#database = database;
  }

  /** Begins one on each of the sessions. */
  static begin(sessions: readonly Session[], database: PodDatabase): LongStatements {
    for (const { client, pid } of sessions) {
      lower(pid);
      // It ends with an error when it is ended.
      client.query(ENDLESS_SQL).catch(() => {});
    }
    return new LongStatements(
      sessions.map(({ pid }) => pid),
      database,
    );
  }

  /** Whether each has run for longer than that, by PostgreSQL's clock. */
  async haveRunFor(seconds: number): Promise<boolean> {
    const [row] = await this.#database.query(
      `SELECT count(*) = cardinality($1::int[]) AS long FROM pg_stat_activity
        WHERE pid = ANY ($1) AND state = 'active' AND extract(epoch FROM clock_timestamp() - query_start) > $2`,
      [this.#pids, seconds],
    );
    return row?.long === true;
  }

  /** A backend does not see that its client has gone while it computes. */
  async end(): Promise<void> {
    await this.#database.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS running (pid)', [
      this.#pids,
    ]);
  }
}

function lower(pid: number): void {
  try {
    setPriority(pid, LOW_PRIORITY);
  } catch {
    // The server may belong to another user of the system.
  }
}
