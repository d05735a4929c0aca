/** Of every list below: what is shown at most. Totals stand beside them. */
const TABLE_LIMIT = 40;
const INDEX_LIMIT = 600;

/**
 * Size, vacuum state and indexes of LiteLLM's tables, and the counters of the database, as one jsonb. Catalogs and statistics alone: neither a scan nor a
 * lock on a relation, so sizes are those that VACUUM and ANALYZE last saw (pg_class.relpages).
 * @param schema SQL for the name of their schema
 */
export function tableStatisticsSql(schema: string): string {
  return `
WITH litellm AS MATERIALIZED (
  SELECT c.oid, c.relname, c.relkind, c.relpages, c.reltuples, c.reltoastrelid
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   WHERE n.nspname = ${schema} AND c.relname LIKE 'LiteLLM\\_%' AND c.relkind IN ('r', 'p')
), litellm_index AS MATERIALIZED (
  SELECT i.indrelid, i.indexrelid, i.indisunique, i.indisvalid, i.indkey, i.indpred IS NOT NULL AS partial,
         x.relname, x.relpages
    FROM pg_catalog.pg_index AS i
    JOIN litellm AS t ON t.oid = i.indrelid
    JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
), sized AS MATERIALIZED (
  SELECT t.oid, t.relname, t.relkind, t.relpages, t.reltuples,
         COALESCE((SELECT s.relpages FROM pg_catalog.pg_class AS s WHERE s.oid = t.reltoastrelid), 0) AS toast_pages,
         COALESCE((SELECT pg_catalog.sum(i.relpages) FROM litellm_index AS i WHERE i.indrelid = t.oid), 0) AS index_pages
    FROM litellm AS t
), shown AS MATERIALIZED (
  SELECT * FROM sized ORDER BY relpages + toast_pages + index_pages DESC, relname LIMIT ${TABLE_LIMIT}
)
SELECT pg_catalog.jsonb_build_object(
  'at', pg_catalog.clock_timestamp(),
  'blockBytes', pg_catalog.current_setting('block_size')::pg_catalog.int4,
  'tableCount', (SELECT pg_catalog.count(*) FROM litellm),
  'tables', (
    SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
             'name', t.relname,
             'isPartitioned', t.relkind = 'p',
             'estimatedRows', NULLIF(t.reltuples, -1),
             'heapPages', t.relpages, 'toastPages', t.toast_pages, 'indexPages', t.index_pages,
             'liveRows', pg_catalog.pg_stat_get_live_tuples(t.oid),
             'deadRows', pg_catalog.pg_stat_get_dead_tuples(t.oid),
             'rowsInserted', pg_catalog.pg_stat_get_tuples_inserted(t.oid),
             'rowsDeleted', pg_catalog.pg_stat_get_tuples_deleted(t.oid),
             'sequentialScans', pg_catalog.pg_stat_get_numscans(t.oid),
             'sequentialRows', pg_catalog.pg_stat_get_tuples_returned(t.oid),
             'vacuumedAt', GREATEST(pg_catalog.pg_stat_get_last_vacuum_time(t.oid), pg_catalog.pg_stat_get_last_autovacuum_time(t.oid)),
             'analyzedAt', GREATEST(pg_catalog.pg_stat_get_last_analyze_time(t.oid), pg_catalog.pg_stat_get_last_autoanalyze_time(t.oid))
           ) ORDER BY t.relpages + t.toast_pages + t.index_pages DESC, t.relname), '[]')
      FROM shown AS t),
  'indexCount', (SELECT pg_catalog.count(*) FROM litellm_index),
  'indexes', (
    SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
             'name', i.relname, 'table', i.table_name, 'unique', i.indisunique, 'valid', i.indisvalid, 'partial', i.partial,
             -- NULL stands for an expression.
             'columns', (SELECT pg_catalog.jsonb_agg(a.attname ORDER BY k.place)
                           FROM pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS k (attnum, place)
                           LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum <> 0)
           ) ORDER BY i.table_name, i.relname), '[]')
      FROM (SELECT x.*, t.relname AS table_name
              FROM litellm_index AS x JOIN litellm AS t ON t.oid = x.indrelid
             ORDER BY t.relname, x.relname
             LIMIT ${INDEX_LIMIT}) AS i),
  'deadlocks', (SELECT d.deadlocks FROM pg_catalog.pg_stat_database AS d WHERE d.datname = pg_catalog.current_database()),
  'statsReset', (SELECT d.stats_reset FROM pg_catalog.pg_stat_database AS d WHERE d.datname = pg_catalog.current_database())
) AS tables`;
}
