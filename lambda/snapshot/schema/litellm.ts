import * as z from 'zod';
import type { DeepReadonly } from '../../core/deep-readonly.ts';
import { count, hidden, names, noTable } from './source.ts';

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

/** Growth of two tables' counters between the first and the last round trip. */
const activitySchema = z.discriminatedUnion('state', [
  /** Not asked for: nothing there that could build Routers, or the version rules it out. */
  z.object({ state: z.literal('not-measured'), reason: z.string() }),
  noTable,
  z.object({
    ...seen,
    seconds: z.number().min(0),
    /** Scans (sequential and by index) of "LiteLLM_Config". */
    configScans: count,
    /** Rows written to "LiteLLM_SpendLogs": about one per request. */
    spendLogRows: count,
    /** The statistics were reset in between, or went backwards: the numbers mean nothing. */
    reset: z.boolean(),
  }),
]);
export type ActivitySeen = DeepReadonly<z.infer<typeof activitySchema>>;

export const litellmSchema = z.object({
  workers: z.discriminatedUnion('state', [noTable, hidden, workersAnswerSchema.extend(seen)]),
  /** No table: `prisma db push` was used, or it is elsewhere. */
  migrations: z.discriminatedUnion('state', [noTable, hidden, migrationsAnswerSchema.extend(seen)]),
  activity: activitySchema,
  userConfig: z.discriminatedUnion('state', [noTable, hidden, userConfigAnswerSchema.extend(seen)]),
});
export type LitellmSource = DeepReadonly<z.infer<typeof litellmSchema>>;
export type UserConfigSeen = LitellmSource['userConfig'];
