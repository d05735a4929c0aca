/** Counting stops at so many rows with settings, so that the cost never grows with what is found. */
export const COUNTED_ROWS = 50_000;
const HOLDER_LIMIT = 20;
const KEY_LIMIT = 20;

const TEAMS = {
  table: 'LiteLLM_TeamTable',
  name: "COALESCE(NULLIF(h.team_alias, ''), h.team_id)",
  expired: 'false',
  columns: ['team_id', 'team_alias', 'blocked', 'router_settings'],
} as const;

const KEYS = {
  table: 'LiteLLM_VerificationToken',
  name: "COALESCE(NULLIF(h.key_alias, ''), NULLIF(h.key_name, ''), 'a key without a name')",
  // Prisma writes UTC without a time zone.
  expired: "h.expires < (CURRENT_TIMESTAMP AT TIME ZONE 'UTC')",
  columns: ['key_name', 'key_alias', 'expires', 'blocked', 'router_settings'],
} as const;

/** The tables whose rows can have router_settings, and the columns that their description reads. */
export const SCOPES = { team: TEAMS, key: KEYS } as const;
export type Scope = keyof typeof SCOPES;

/**
 * One jsonb about the router_settings of a table's rows. The table is scanned once: the filter is that of the guide's own query. SQL NULL, JSON
 * null and {} are no settings; nearly every row has {}, which the migration of 1.80.13 wrote (knowledge/litellm.md section 2). The setup script
 * makes a function of each scope from it; the audit runs it directly where the role may read the table itself (the shell, as LiteLLM's own user).
 *
 * In TypeScript, as the function's bundle holds it too: Node 24 imports no .sql file, and esbuild carries no file along that is read by path.
 *
 * @param table quoted, schema included
 */
export function scopedSettingsSql(scope: Scope, table: string): string {
  const { name, expired } = SCOPES[scope];
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
