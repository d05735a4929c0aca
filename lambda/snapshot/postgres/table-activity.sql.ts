import { CONFIG_TABLE, SPEND_LOGS_TABLE } from '../../litellm/tables.ts';

/**
 * One reading of the counters that PostgreSQL keeps of LiteLLM's two busiest tables, as one jsonb. Nobody needs a right for it.
 * @param schema SQL for the name of their schema
 */
export function activitySql(schema: string): string {
  return `
SELECT pg_catalog.jsonb_build_object(
  'at', pg_catalog.clock_timestamp(),
  'configScans', (
    SELECT COALESCE(s.seq_scan, 0) + COALESCE(s.idx_scan, 0)
      FROM pg_catalog.pg_stat_all_tables AS s
     WHERE s.schemaname = ${schema} AND s.relname = '${CONFIG_TABLE}'),
  'spendLogRows', (
    SELECT s.n_tup_ins
      FROM pg_catalog.pg_stat_all_tables AS s
     WHERE s.schemaname = ${schema} AND s.relname = '${SPEND_LOGS_TABLE}'),
  'statsReset', (
    SELECT d.stats_reset FROM pg_catalog.pg_stat_database AS d WHERE d.datname = pg_catalog.current_database())
) AS activity`;
}
