import * as z from 'zod';
import type { DeepReadonly } from '../../core/deep-readonly.ts';
import { count, hidden, names, noTable, unread } from './source.ts';

/** The router_settings that LiteLLM's tables hold: names, never a value nor its size. */

/** The kinds of value a router_settings can have; only `settings` and `text` can mean anything to the proxy. */
const kindSchema = z.enum(['sql-null', 'json-null', 'empty', 'settings', 'text', 'other']);
export type RouterSettingsKind = z.infer<typeof kindSchema>;

const settingKeySchema = z.object({
  /** Untrusted text. */
  name: z.string(),
  /** null, {}, [], "" */
  empty: z.boolean(),
});
export type SettingKey = DeepReadonly<z.infer<typeof settingKeySchema>>;

/** The last time that this auditor's functions purged the global row; null when never, or when it was read without them. */
export const lastPurgeSchema = z
  .object({
    /** Number of the backup. */
    backup: count,
    at: z.iso.datetime(),
    mode: z.enum(['manual', 'automatic']),
    /** Of the row that was purged; null in a snapshot of 0.1.0, whose hashes had no key. */
    hash: z.string().nullable(),
    /** The last time that a backup was restored since then; null when none was. */
    restoredAt: z.iso.datetime().nullable(),
  })
  .nullable()
  .default(null);
export type LastPurge = NonNullable<DeepReadonly<z.infer<typeof lastPurgeSchema>>>;

export const presentRowSchema = z.object({
  kind: kindSchema,
  /** Keyed hash of the row's text, hex: what a purge has to name. null: read without the function, and so without the key. */
  hash: z.string().nullable(),
  /** Names of the settings that are routing policy and not empty: what a purge would lose. */
  routingPolicy: names,
  keyCount: count,
  /** By name; at most 100. */
  keys: z.array(settingKeySchema),
  lastPurge: lastPurgeSchema,
});

const globalSchema = z.discriminatedUnion('state', [
  noTable,
  hidden,
  unread,
  z.object({ state: z.literal('absent'), lastPurge: lastPurgeSchema }),
  presentRowSchema.extend({ state: z.literal('present') }),
]);
export type GlobalRouterSettings = DeepReadonly<z.infer<typeof globalSchema>>;

const holderSchema = z.object({
  /** Alias, else the team's id or the key's masked name. Untrusted text. */
  name: z.string(),
  kind: z.enum(['settings', 'text', 'other']),
  stale: z.enum(['expired', 'blocked']).nullable(),
  /** Names of the settings; at most 20. Untrusted text. */
  keys: names,
});

export const scopedCountsSchema = z.object({
  /** Rows whose value can mean something, by kind; SQL NULL, JSON null and {} are no settings and are not counted. */
  kinds: z.object({ settings: count, text: count, other: count }),
  /** The same rows by whether their holder is in use; `blocked` wins over `expired`. They add up to the sum of `kinds`. */
  live: count,
  expired: count,
  blocked: count,
  /** Counting stopped at 50,000 such rows: the numbers are lower bounds. */
  truncated: z.boolean(),
  /** Live ones first, then by name; at most 20. */
  holders: z.array(holderSchema),
});

const scopedSchema = z.discriminatedUnion('state', [
  noTable,
  hidden,
  unread,
  /** Older than 1.80.13: the column does not exist. */
  z.object({ state: z.literal('no-column') }),
  scopedCountsSchema.extend({
    state: z.literal('seen'),
    /** Rows in the table, from the planner's statistics; null when never analysed. */
    estimatedRows: z.number().nullable(),
  }),
]);
export type ScopedRouterSettings = DeepReadonly<z.infer<typeof scopedSchema>>;

export const routerSettingsSchema = z.object({ global: globalSchema, team: scopedSchema, key: scopedSchema });
export type RouterSettingsSource = DeepReadonly<z.infer<typeof routerSettingsSchema>>;
