import * as z from 'zod';
import type { DeepReadonly } from '../../core/deep-readonly.ts';
import { count, nullableText } from './source.ts';

/** Size, vacuum state and indexes of LiteLLM's tables, by PostgreSQL's catalogs and statistics. */

const tableStatisticsSchema = z.object({
  /** Untrusted text. */
  name: z.string(),
  /** A partitioned table has no pages of its own. */
  isPartitioned: z.boolean(),
  /** pg_class.reltuples, as VACUUM or ANALYZE last saw it; null when never. */
  estimatedRows: z.number().nullable(),
  /** Of the same moment. */
  heapPages: count,
  toastPages: count,
  indexPages: count,
  /** Counters that begin anew when the statistics are reset, and on another server. */
  liveRows: count,
  deadRows: count,
  rowsInserted: count,
  rowsDeleted: count,
  sequentialScans: count,
  /** Rows that these scans have read. */
  sequentialRows: count,
  /** The last VACUUM, by hand or by autovacuum; null when never since the statistics began. Likewise the next. */
  vacuumedAt: nullableText,
  analyzedAt: nullableText,
});
export type TableStatistics = DeepReadonly<z.infer<typeof tableStatisticsSchema>>;

const tableIndexSchema = z.object({
  name: z.string(),
  table: z.string(),
  /** In their order; null stands for an expression. */
  columns: z.array(nullableText),
  unique: z.boolean(),
  /** false: a CREATE INDEX CONCURRENTLY was broken off, and no query uses it. */
  valid: z.boolean(),
  partial: z.boolean(),
});
export type TableIndex = DeepReadonly<z.infer<typeof tableIndexSchema>>;

export const tablesSchema = z.object({
  /** The server's clock, ISO 8601 UTC. */
  at: z.string(),
  blockBytes: count,
  /** Largest first; at most 40. `tableCount` is how many there are in all; likewise below. */
  tables: z.array(tableStatisticsSchema),
  tableCount: count,
  /** At most 600. */
  indexes: z.array(tableIndexSchema),
  indexCount: count,
  /** Deadlocks in the database since its statistics began. */
  deadlocks: count,
  /** When the statistics of the database were last reset; null when never. */
  statsReset: nullableText,
});
export type TablesSource = DeepReadonly<z.infer<typeof tablesSchema>>;
