import * as z from 'zod';
import type { DeepReadonly } from '../../core/deep-readonly.ts';
import { count, hidden, names, noTable, nullableText, unread } from './source.ts';

/** What the tables of LiteLLM say about the proxy; the last round trip. */

export const workersAnswerSchema = z.object({
  /** Workers that sent a heartbeat within the last 180 s ("LiteLLM_ProxyWorkerHeartbeat", LiteLLM 1.99.0 and later). */
  live: count,
  podCount: count,
  /** Largest first; at most 100. Host names are untrusted text. */
  pods: z.array(z.object({ hostname: z.string(), workers: count })),
});

export const migrationsAnswerSchema = z.object({
  /** Names of finished migrations that were not rolled back; at most 1000. */
  applied: names,
  /** Started, neither finished nor rolled back. */
  failed: names,
});

export const userConfigAnswerSchema = z.object({
  /** Requests of the last hour that were looked at; at most 10,000, newest first. */
  requests: count,
  /** Those of them whose body was stored (store_prompts_in_spend_logs). */
  withBody: count,
  /** Those of them that carry a `user_config`. */
  withUserConfig: count,
});

const seen = { state: z.literal('seen') };

const counter = z.number().int().nullable();

/** Counters that PostgreSQL keeps of LiteLLM's two busiest tables. Two audits are two readings. */
export const activityReadingSchema = z.object({
  /** The server's clock, ISO 8601 UTC. */
  at: z.string(),
  /** Scans (sequential and by index) of "LiteLLM_Config"; null when there is no such table. */
  configScans: counter,
  /** Rows ever written to "LiteLLM_SpendLogs", about one per request; null when there is no such table. */
  spendLogRows: counter,
  /** When the statistics of the database were last reset; null when never. */
  statsReset: nullableText,
});
export type ActivityReading = DeepReadonly<z.infer<typeof activityReadingSchema>>;

const activitySchema = z.discriminatedUnion('state', [
  noTable,
  /** Saved by release 0.1.0, which kept the growth within seconds and not the counters. */
  z.object({ state: z.literal('not-seen') }),
  activityReadingSchema.extend(seen),
]);
export type ActivitySeen = DeepReadonly<z.infer<typeof activitySchema>>;

export const litellmSchema = z.object({
  workers: z.discriminatedUnion('state', [noTable, hidden, unread, workersAnswerSchema.extend(seen)]),
  /** No table: `prisma db push` was used, or it is elsewhere. */
  migrations: z.discriminatedUnion('state', [noTable, hidden, unread, migrationsAnswerSchema.extend(seen)]),
  activity: activitySchema,
  userConfig: z.discriminatedUnion('state', [noTable, hidden, unread, userConfigAnswerSchema.extend(seen)]),
});
export type LitellmSource = DeepReadonly<z.infer<typeof litellmSchema>>;
export type UserConfigSeen = LitellmSource['userConfig'];
