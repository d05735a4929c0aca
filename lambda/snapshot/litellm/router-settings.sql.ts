/** Counting stops at so many rows with settings, so that the cost never grows with what is found. */
export const COUNTED_ROWS = 50_000;
const HOLDER_LIMIT = 20;
const KEY_LIMIT = 20;

/** How a table names its rows and shows which of them are out of use; SQL over the row `h`. */
export interface Holder {
  /** Quoted, schema included. */
  readonly table: string;
  readonly name: string;
  readonly expired: string;
}

/**
 * One jsonb about the router_settings of a table's rows. The table is scanned once: the filter is that of the guide's own query. SQL NULL, JSON
 * null and {} are no settings; nearly every row has {}, which the migration of 1.80.13 wrote (knowledge/litellm.md section 2).
 */
export function scopedSettingsSql({ table, name, expired }: Holder): string {
  return `
WITH found AS MATERIALIZED (
  SELECT pg_catalog.left(${name}, 200) AS name,
         CASE pg_catalog.jsonb_typeof(h.router_settings)
           WHEN 'object' THEN 'settings' WHEN 'string' THEN 'text' ELSE 'other'
         END AS kind,
         CASE WHEN h.blocked THEN 'blocked' WHEN ${expired} THEN 'expired' END AS stale,
         h.router_settings
    FROM ${table} AS h
   WHERE h.router_settings <> '{}' AND h.router_settings <> 'null'
   LIMIT ${COUNTED_ROWS + 1}
)
SELECT pg_catalog.jsonb_build_object(
  'kinds', pg_catalog.jsonb_build_object(
    'settings', pg_catalog.count(*) FILTER (WHERE kind = 'settings'),
    'text', pg_catalog.count(*) FILTER (WHERE kind = 'text'),
    'other', pg_catalog.count(*) FILTER (WHERE kind = 'other')),
  'live', pg_catalog.count(*) FILTER (WHERE stale IS NULL),
  'expired', pg_catalog.count(*) FILTER (WHERE stale = 'expired'),
  'blocked', pg_catalog.count(*) FILTER (WHERE stale = 'blocked'),
  'truncated', pg_catalog.count(*) > ${COUNTED_ROWS},
  'holders', (
    SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
             'name', t.name, 'kind', t.kind, 'stale', t.stale,
             'keys', (SELECT COALESCE(pg_catalog.jsonb_agg(k.name), '[]')
                        FROM (SELECT pg_catalog.left(o.key, 100) AS name
                                FROM pg_catalog.jsonb_object_keys(
                                       CASE t.kind WHEN 'settings' THEN t.router_settings ELSE '{}' END) AS o (key)
                               ORDER BY o.key COLLATE pg_catalog."C"
                               LIMIT ${KEY_LIMIT}) AS k))), '[]')
      FROM (SELECT * FROM found
             ORDER BY stale IS NOT NULL, name COLLATE pg_catalog."C", kind
             LIMIT ${HOLDER_LIMIT}) AS t)
) AS settings
  FROM found`;
}
