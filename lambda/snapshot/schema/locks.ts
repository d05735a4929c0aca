import * as z from 'zod';
import type { DeepReadonly } from '../../core/deep-readonly.ts';
import { count, names, nullableText } from './source.ts';

/** Who waits for a lock in the audited database, and behind whom. */

const seconds = z.number().nullable();
const pid = z.number().int();

const waitSchema = z.object({
  /** As pg_locks has it: `relation`, `transactionid` and `tuple` (a row), `advisory`, `virtualxid` ... */
  lock: z.string(),
  /** Such as `AccessExclusiveLock`. */
  mode: z.string(),
  /** How long it has waited; null: hidden from the role. */
  seconds,
  /** The table or index; null where the lock has none. Untrusted text. */
  relation: nullableText,
});

/** A session that waits, that another one waits for, or that has the lock of migrations. */
const lockSessionSchema = z.object({
  pid,
  user: z.string(),
  database: z.string(),
  /** null: a Unix socket, a process of the server's own, or hidden from the role. */
  clientAddress: nullableText,
  application: z.string(),
  /** As pg_stat_activity has it; null when hidden. */
  backendType: nullableText,
  state: nullableText,
  /** When it came into this state, by the server's clock; it distinguishes a session that has moved on since. */
  stateSince: nullableText,
  stateSeconds: seconds,
  transactionSeconds: seconds,
  /** Of an autovacuum worker; null for others, and when hidden. */
  preventsWraparound: z.boolean().nullable(),
  /** null: it waits for no lock. */
  waits: waitSchema.nullable(),
  /** The tables of which its transaction may have locked rows; at most 8. Untrusted text. */
  rowTables: names,
});
export type LockSession = DeepReadonly<z.infer<typeof lockSessionSchema>>;

const indexBuildSchema = z.object({
  pid,
  /** Such as `CREATE INDEX`; null, as all that follows, when hidden. */
  command: nullableText,
  phase: nullableText,
  relation: nullableText,
  /** null before the index is there. */
  index: nullableText,
  blocksTotal: count.nullable(),
  blocksDone: count.nullable(),
  tuplesTotal: count.nullable(),
  tuplesDone: count.nullable(),
});
export type IndexBuild = DeepReadonly<z.infer<typeof indexBuildSchema>>;

export const locksSchema = z.object({
  /** false before PostgreSQL 14: how long a statement has run stands for how long it has waited. */
  measuresWaits: z.boolean(),
  /** Sessions of the audited database that wait for a lock. The 200 that have waited longest are among `sessions`. */
  waiterCount: count,
  /** Who waits for whom, directly; at most 500, those to the heads of the queues first. Blocker 0: a prepared transaction. */
  edges: z.array(z.object({ waiter: pid, blocker: pid })),
  edgeCount: count,
  sessions: z.array(lockSessionSchema),
  /** At most 20. A build that waits for its lock is not among them. */
  indexBuilds: z.array(indexBuildSchema),
  /** Who has, or waits for, the advisory lock of `prisma migrate`. */
  migrationLock: z.array(z.object({ pid, granted: z.boolean() })),
  preparedTransactions: z.object({ count, oldestSeconds: seconds }),
});
export type LocksSource = DeepReadonly<z.infer<typeof locksSchema>>;
