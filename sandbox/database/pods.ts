import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { HeldLock, type HeldLockKind } from './held-lock.ts';
import { LongStatements } from './long-statements.ts';
import { OpenTransaction } from './open-transaction.ts';
import { connectFrom, type PodDatabase, podAddresses } from './pod-connection.ts';
import { Pool } from './pool.ts';
import { keepAlive } from './pool-life.ts';
import { sendRequests } from './requests.ts';

/** One proxy pod and the connections it holds. */
export interface PodOptions {
  /** Connections of its pool, idle. */
  readonly connections: number;
  /** Default iam; `password` is an older proxy, which logs in with a password and without TLS; `rds-proxy` is RDS Proxy's own monitoring. */
  readonly login?: 'iam' | 'password' | 'rds-proxy';
  /** The pod, by its place in the list, that it shares its address with. */
  readonly addressOf?: number;
  /** So many refreshes of its token leave the pool before them open; those after them replace it. */
  readonly leaks?: number;
  /** One more connection, idle in a transaction; `blocking`: it has a row locked that yet another connection waits for. */
  readonly idleInTransaction?: 'alone' | 'blocking';
  /** One more connection, which holds a lock that those of any pod can wait for. One pod of all can have it. */
  readonly holds?: HeldLockKind;
  /** So many connections more, which wait for that lock. */
  readonly waiting?: number;
  /** One connection of the pool serves LLM requests, one after the other. */
  readonly requests?: boolean;
  /** Every connection of the pool is in a statement that needs the processor. */
  readonly busy?: boolean;
}

export interface PodsOptions {
  /** Time between two refreshes of the token, which all pods with IAM make at once; they hold the connections they have when it is left out. */
  readonly refreshSeconds?: number;
  /** Ends what they wait for early. */
  readonly signal?: AbortSignal;
}

export interface Pods {
  /** The address of each pod, in the order given. */
  readonly addresses: readonly string[];
  /** Sessions held by all of them together at this moment. */
  readonly sessions: number;
  /**
   * Resolves when all that they leak has been idle for so many seconds, and so have their open transactions, and long statements have run for a while,
   * by PostgreSQL's clock.
   * @throws AbortError when the signal comes, or what a connection was refused with
   */
  settled(idle: {
    readonly leakedSeconds: number;
    readonly transactionSeconds: number;
    /** How long the lock has to be held and waited for; 0 when not given. */
    readonly lockSeconds?: number;
  }): Promise<void>;
  /** Closes all connections; the sessions are gone when it resolves. */
  stop(): Promise<void>;
}

interface Pod {
  readonly options: PodOptions;
  readonly pool: Pool;
  readonly connect: () => Promise<pg.Client>;
}

const POLL_MS = 100;
/** A little longer than a statement that counts as lasting (sessions.sql.ts). */
const LASTING_SECONDS = 1.2;

/**
 * Starts pods side by side, each from a loopback address of its own where the system allows. Transactions are open at once, or where the token is
 * refreshed when the pods settle: a refresh would have ended them.
 * @throws the server's error when a connection is refused; connections that were opened are closed then
 */
export async function startPods(
  database: PodDatabase,
  options: readonly PodOptions[],
  { refreshSeconds, signal }: PodsOptions = {},
): Promise<Pods> {
  const addresses = await podAddresses(options.length);
  const clients: pg.Client[] = [];
  const stopping = new AbortController();
  const ended = signal === undefined ? stopping.signal : AbortSignal.any([stopping.signal, signal]);
  const background: Promise<void>[] = [];
  let transactions: readonly OpenTransaction[] = [];
  let statements: readonly LongStatements[] = [];
  let lock: HeldLock | undefined;

  const pods = options.map((pod, index): Pod => {
    const connect = async () => {
      const client = await connectFrom(addresses[pod.addressOf ?? index] ?? '127.0.0.1', pod.login ?? 'iam', database);
      clients.push(client);
      return client;
    };
    return { options: pod, connect, pool: new Pool(pod.connections, connect, database) };
  });
  const stop = async () => {
    stopping.abort();
    await Promise.all(statements.map((running) => running.end()));
    await lock?.end();
    const served = await Promise.allSettled(background);
    await Promise.all(clients.map((client) => client.end()));
    throwFirst(served);
  };
  const beginTransactions = async () => {
    transactions = await Promise.all(
      pods.flatMap(({ options: { idleInTransaction }, connect }, index) =>
        idleInTransaction === undefined ? [] : OpenTransaction.begin(idleInTransaction, index, connect, database),
      ),
    );
    const holder = pods.find(({ options: { holds } }) => holds !== undefined);
    if (holder?.options.holds === undefined) return;
    lock = await HeldLock.take(holder.options.holds, holder.connect, database);
    for (const { options: pod, connect } of pods) {
      for (let waiting = 0; waiting < (pod.waiting ?? 0); waiting++) await lock.wait(connect);
    }
  };

  try {
    throwFirst(await Promise.allSettled(pods.map(({ pool }) => pool.open(refreshSeconds))));
    if (refreshSeconds === undefined) await beginTransactions();
  } catch (error) {
    await stop();
    throw error;
  }
  for (const { options: pod, pool } of pods) {
    if (pod.requests && pool.inUse) background.push(sendRequests(pool.inUse, database.schema, ended));
  }
  statements = pods.flatMap(({ options: pod, pool }) => (pod.busy ? LongStatements.begin(pool.current, database) : []));
  const started = performance.now();
  const leaking = pods.flatMap((pod) => {
    if (refreshSeconds === undefined || (pod.options.login ?? 'iam') !== 'iam') return [];
    const leaked = Promise.withResolvers<void>();
    background.push(
      keepAlive(pod.pool, { refreshSeconds, leaks: pod.options.leaks ?? 0, started }, leaked.resolve, ended),
    );
    return leaked.promise;
  });
  const failure = firstFailure(background);

  return {
    addresses,
    get sessions() {
      const open = [...pods.map(({ pool }) => pool), ...transactions, ...(lock === undefined ? [] : [lock])];
      return open.reduce((total, { sessions }) => total + sessions, 0);
    },
    async settled({ leakedSeconds, transactionSeconds, lockSeconds = 0 }) {
      await Promise.race([Promise.all(leaking), failure, whenAborted(ended)]);
      for (const { pool } of pods) await until(() => pool.hasLeftFor(leakedSeconds), ended);
      if (refreshSeconds !== undefined && transactions.length === 0) await beginTransactions();
      for (const transaction of transactions) await until(() => transaction.isIdleFor(transactionSeconds), ended);
      for (const running of statements) await until(() => running.haveRunFor(LASTING_SECONDS), ended);
      await until(async () => lock === undefined || (await lock.lastsFor(lockSeconds)), ended);
    },
    stop,
  };
}

/** Rejects when one of them does, and never resolves. */
function firstFailure(background: readonly Promise<void>[]): Promise<never> {
  const failure = new Promise<never>((_, reject) => {
    for (const running of background) running.catch(reject);
  });
  // Stopping reports it too, so that it is not lost where nobody waits here.
  failure.catch(() => {});
  return failure;
}

async function until(condition: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!(await condition())) await delay(POLL_MS, undefined, { signal });
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(signal.reason);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

/** @throws what the first one that was rejected was rejected with */
function throwFirst(results: readonly PromiseSettledResult<unknown>[]): void {
  const rejected = results.find((result) => result.status === 'rejected');
  if (rejected) throw rejected.reason;
}
