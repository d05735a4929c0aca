import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { connectFrom, type PodDatabase, podAddresses } from './pod-connection.ts';

/** One proxy pod and the connections it holds. */
export interface PodOptions {
  /** Connections of its pool, idle. */
  readonly connections: number;
  /** Default iam; `password` is an older proxy, which logs in with a password and without TLS. */
  readonly login?: 'iam' | 'password';
  /** Pools that were replaced and never closed, each as large as the pool, opened `delayMs` apart before it. */
  readonly leak?: { readonly cohorts: number; readonly delayMs: number };
  /** One more connection, idle in a transaction; `blocking`: it has a row locked that yet another connection waits for. */
  readonly idleInTransaction?: 'alone' | 'blocking';
  /** One connection of the pool serves LLM requests, one after the other. */
  readonly requests?: boolean;
}

export interface Pods {
  /** The address of each pod, in the order given. */
  readonly addresses: readonly string[];
  /** Sessions held by all of them together. */
  readonly sessions: number;
  /** Closes all connections; the sessions are gone when it resolves. */
  stop(): Promise<void>;
}

const LOCK_POLL_MS = 20;
/** Between two requests, so that whatever else runs on the machine gets its turn. */
const REQUEST_PAUSE_MS = 5;

/**
 * Starts pods, each from a loopback address of its own where the system allows, all side by side.
 * @param signal ends the start early
 * @throws the server's error when a connection is refused, or AbortError when the signal comes; connections that were opened are closed then
 */
export async function startPods(
  database: PodDatabase,
  options: readonly PodOptions[],
  signal?: AbortSignal,
): Promise<Pods> {
  const addresses = await podAddresses(options.length);
  const clients: pg.Client[] = [];
  const requests: Promise<void>[] = [];
  const stopping = new AbortController();
  const stop = async () => {
    stopping.abort();
    const served = await Promise.allSettled(requests);
    await Promise.all(clients.map((client) => client.end()));
    throwFirst(served);
  };

  const started = await Promise.allSettled(
    options.map(async (pod, index) => {
      const pool = await startPod(pod, teamLock(database, index), database, signal, async () => {
        const client = await connectFrom(addresses[index] ?? '127.0.0.1', pod.login ?? 'iam', database);
        clients.push(client);
        return client;
      });
      const [first] = pool;
      if (pod.requests && first) requests.push(sendRequests(first, database.schema, stopping.signal));
    }),
  );
  try {
    throwFirst(started);
  } catch (error) {
    await stop();
    throw error;
  }
  return { addresses, sessions: clients.length, stop };
}

/** @throws what the first one that was rejected was rejected with */
function throwFirst(results: readonly PromiseSettledResult<unknown>[]): void {
  const rejected = results.find((result) => result.status === 'rejected');
  if (rejected) throw rejected.reason;
}

/** Returns the connections of the pool in use. */
async function startPod(
  { connections, leak, idleInTransaction }: PodOptions,
  lock: string,
  database: PodDatabase,
  signal: AbortSignal | undefined,
  open: () => Promise<pg.Client>,
): Promise<readonly pg.Client[]> {
  for (let cohort = 0; leak && cohort < leak.cohorts; cohort++) {
    await openTogether(connections, open);
    await delay(leak.delayMs, undefined, { signal });
  }
  const beside = { alone: 1, blocking: 2, none: 0 }[idleInTransaction ?? 'none'];
  const opened = await openTogether(connections + beside, open);
  const [holder, waiting] = opened.slice(connections);
  if (holder) {
    await holder.query('BEGIN');
    const { rowCount } = await holder.query(lock);
    if (rowCount === 0) throw new Error('The sandbox has fewer teams than pods: there is no row to lock.');
  }
  if (waiting) await untilBlocked(waiting, lock, database);
  return opened.slice(0, connections);
}

/** The starts of one pool lie close together, and so far from those of the next. */
async function openTogether(count: number, open: () => Promise<pg.Client>): Promise<readonly pg.Client[]> {
  const opened = await Promise.allSettled(Array.from({ length: count }, open));
  throwFirst(opened);
  return opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

/** Resolves when the session waits for the lock, which another has. */
async function untilBlocked(waiting: pg.Client, lock: string, database: PodDatabase): Promise<void> {
  const { rows } = await waiting.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  // It has the lock, or ends without it, when the pods stop.
  waiting.query(lock).catch(() => {});
  const isBlocked = 'SELECT FROM pg_locks WHERE NOT granted AND pid = $1';
  while ((await database.query(isBlocked, [rows[0]?.pid])).length === 0) await delay(LOCK_POLL_MS);
}

/** A row for each pod, so that they do not wait for one another. */
function teamLock({ schema }: PodDatabase, index: number): string {
  return `SELECT FROM ${pg.escapeIdentifier(schema)}."LiteLLM_TeamTable" WHERE team_id = 'team-${index + 1}' FOR UPDATE`;
}

/**
 * Serves LLM requests one after the other until the signal aborts, like the versions that build a Router per request: each queries the global
 * row and writes a spend log.
 */
async function sendRequests(client: pg.Client, schemaName: string, signal: AbortSignal): Promise<void> {
  const schema = pg.escapeIdentifier(schemaName);
  while (!signal.aborted) {
    await client.query(`SELECT param_value FROM ${schema}."LiteLLM_Config" WHERE param_name = 'router_settings'`);
    await client.query(`
      INSERT INTO ${schema}."LiteLLM_SpendLogs" ("request_id", "call_type", "startTime", "endTime", "model")
      VALUES (gen_random_uuid(), 'acompletion', now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', 'gpt-4o')`);
    await delay(REQUEST_PAUSE_MS);
  }
}
