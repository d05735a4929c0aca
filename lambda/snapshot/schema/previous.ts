import * as z from 'zod';
import type { DeepReadonly } from '../../core/deep-readonly.ts';
import { activityReadingSchema } from './litellm.ts';
import { count, nullableText } from './source.ts';

const holderSchema = z.object({
  user: z.string(),
  database: z.string(),
  clientAddress: nullableText,
  application: z.string(),
  sessions: count,
});

const tableCountersSchema = z.object({
  /** The server's clock, ISO 8601 UTC. */
  at: z.string(),
  deadlocks: count,
  statsReset: nullableText,
  tables: z.array(z.object({ name: z.string(), rowsInserted: count, rowsDeleted: count })),
});

/** What an earlier audit of the same database saw, as far as a later one compares with it. What it did not see is null. */
export const previousSchema = z.object({
  /** When, ISO 8601 UTC, by the auditor's clock. */
  takenAt: z.iso.datetime(),
  /** When the server was started: another time is a restart, or another server after a failover, and its counters are not comparable. */
  serverStartedAt: nullableText,
  litellmSchema: nullableText,
  /** Sessions on the server, without the auditor's own. */
  sessions: count.nullable(),
  /** Who held them, largest first; at most 200. Sessions that were hidden from the role are not among them. */
  holders: z.array(holderSchema),
  /** How many holders there were in all. */
  holderCount: count,
  activity: activityReadingSchema.nullable(),
  /** Counters of LiteLLM's tables and of the database; null also in one of a release that did not read them. */
  tables: tableCountersSchema.nullable().default(null),
});
export type PreviousSource = DeepReadonly<z.infer<typeof previousSchema>>;
