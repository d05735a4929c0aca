import { activitySql } from './table-activity.sql.ts';

/** Whether a function without parameters exists and may be executed. Both parameters are SQL. */
function functionRightSql(schema: string, name: string): string {
  return `COALESCE((
    SELECT CASE WHEN pg_catalog.has_schema_privilege(n.oid, 'USAGE')
                     AND pg_catalog.has_function_privilege(p.oid, 'EXECUTE')
                THEN 'executable' ELSE 'no-right' END
      FROM pg_catalog.pg_proc AS p
      JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
     WHERE n.nspname = ${schema} AND p.proname = ${name} AND p.pronargs = 0), 'absent')`;
}

/**
 * The server, the role and LiteLLM's tables, a reading of their activity, and the right to count requests, as one jsonb.
 * $1: the columns the checks read, jsonb {table: [column]}; $2: the secret columns, likewise; $3: the schema of LiteLLM's tables, or NULL to find it;
 * $4: the schema of the auditor's functions; $5 and $6: the names of those that describe the global row and count requests.
 */
export const SERVER_SQL = `
WITH me AS (
  SELECT oid, rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls
    FROM pg_catalog.pg_roles
   WHERE rolname = CURRENT_USER
), membership AS (
  SELECT r.rolname, pg_catalog.pg_has_role(me.oid, r.oid, 'USAGE') AS inherited
    FROM pg_catalog.pg_roles AS r, me
   WHERE r.rolname IN ('rds_iam', 'rds_superuser', 'pg_read_all_stats', 'pg_use_reserved_connections', 'pg_read_all_data',
                       'pg_write_all_data', 'pg_maintain', 'pg_signal_backend', 'pg_execute_server_program',
                       'pg_read_server_files', 'pg_write_server_files')
     AND NOT me.rolsuper
     AND pg_catalog.pg_has_role(me.oid, r.oid, 'MEMBER')
), named_table AS (
  SELECT c.oid, c.relname, n.nspname, c.relowner, c.reltuples,
         pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS schema_open
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   WHERE (c.relname LIKE 'LiteLLM\\_%' OR c.relname = '_prisma_migrations') AND c.relkind IN ('r', 'p')
), litellm_table AS (
  -- Other applications keep a table of Prisma's migrations too.
  SELECT * FROM named_table WHERE relname LIKE 'LiteLLM\\_%'
), litellm_schema AS (
  SELECT t.nspname,
         pg_catalog.row_number() OVER (
           ORDER BY t.nspname = $3 DESC, pg_catalog.count(*) DESC, t.nspname = 'public' DESC, t.nspname
         ) AS preference
    FROM litellm_table AS t
   WHERE t.relname IN (SELECT pg_catalog.jsonb_object_keys($1::pg_catalog.jsonb || $2::pg_catalog.jsonb))
   GROUP BY t.nspname
), audited AS (
  SELECT t.*
    FROM named_table AS t
    JOIN litellm_schema AS s ON s.nspname = t.nspname AND s.preference = 1 AND COALESCE(s.nspname = $3, true)
), named_column AS (
  SELECT t.relname, a.attname, a.attnum,
         ($1::pg_catalog.jsonb -> t.relname::pg_catalog.text) ? a.attname::pg_catalog.text AS wanted,
         ($2::pg_catalog.jsonb -> t.relname::pg_catalog.text) ? a.attname::pg_catalog.text AS secret,
         t.schema_open AND pg_catalog.has_column_privilege(t.oid, a.attnum, 'SELECT') AS readable
    FROM audited AS t
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
)
SELECT pg_catalog.jsonb_build_object(
  'server', pg_catalog.jsonb_build_object(
    'versionNumber', pg_catalog.current_setting('server_version_num')::pg_catalog.int4,
    'inRecovery', pg_catalog.pg_is_in_recovery(),
    'now', pg_catalog.clock_timestamp(),
    'startedAt', pg_catalog.pg_postmaster_start_time(),
    'maxConnections', pg_catalog.current_setting('max_connections')::pg_catalog.int4,
    'reserved', pg_catalog.jsonb_build_object(
      'superuser', pg_catalog.current_setting('superuser_reserved_connections')::pg_catalog.int4,
      'rds', COALESCE(pg_catalog.current_setting('rds.rds_superuser_reserved_connections', true), '0')::pg_catalog.int4,
      'role', COALESCE(pg_catalog.current_setting('reserved_connections', true), '0')::pg_catalog.int4),
    'pendingRestart', (
      SELECT COALESCE(pg_catalog.jsonb_agg(name ORDER BY name), '[]')
        FROM pg_catalog.pg_settings
       WHERE pending_restart
         AND name IN ('max_connections', 'superuser_reserved_connections', 'reserved_connections',
                      'rds.rds_superuser_reserved_connections')),
    'totalBackends', (SELECT COALESCE(pg_catalog.sum(numbackends), 1) - 1 FROM pg_catalog.pg_stat_database),
    'role', (
      SELECT pg_catalog.jsonb_build_object(
        'name', me.rolname,
        'seesAllSessions', me.rolsuper OR EXISTS (SELECT FROM membership WHERE rolname = 'pg_read_all_stats' AND inherited),
        'isIamUser', EXISTS (SELECT FROM membership WHERE rolname = 'rds_iam'),
        'usesReservedSlots', me.rolsuper OR EXISTS (SELECT FROM membership WHERE rolname = 'pg_use_reserved_connections' AND inherited),
        'excessivePrivileges', pg_catalog.to_jsonb(pg_catalog.array_remove(ARRAY[
          CASE WHEN me.rolsuper THEN 'superuser' END,
          CASE WHEN me.rolcreaterole THEN 'createrole' END,
          CASE WHEN me.rolcreatedb THEN 'createdb' END,
          CASE WHEN me.rolreplication THEN 'replication' END,
          CASE WHEN me.rolbypassrls THEN 'bypassrls' END], NULL)
          || (SELECT COALESCE(pg_catalog.array_agg(rolname::pg_catalog.text ORDER BY rolname), '{}')
                FROM membership
               WHERE rolname NOT IN ('rds_iam', 'pg_read_all_stats', 'pg_use_reserved_connections'))),
        'writableTables', (
          SELECT COALESCE(pg_catalog.jsonb_agg(w.nspname || '.' || w.relname), '[]')
            FROM (SELECT nspname, relname
                    FROM litellm_table
                   WHERE schema_open
                     AND (pg_catalog.has_table_privilege(oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
                          OR pg_catalog.has_any_column_privilege(oid, 'INSERT, UPDATE'))
                   ORDER BY nspname, relname
                   LIMIT 20) AS w),
        'readableSecrets', (
          SELECT COALESCE(pg_catalog.jsonb_agg(r.nspname || '.' || r.relname || '.' || r.attname), '[]')
            FROM (SELECT t.nspname, c.relname, c.attname
                    FROM named_column AS c
                    JOIN audited AS t ON t.relname = c.relname
                   WHERE c.secret AND c.readable
                   ORDER BY t.nspname, c.relname, c.attname) AS r))
        FROM me),
    'litellmSchema', (SELECT pg_catalog.min(nspname::pg_catalog.text) FROM audited),
    'otherLitellmSchemas', (
      SELECT COALESCE(pg_catalog.jsonb_agg(o.nspname), '[]')
        FROM (SELECT nspname
                FROM litellm_schema
               WHERE nspname NOT IN (SELECT nspname FROM audited)
               ORDER BY preference
               LIMIT 20) AS o),
    'tables', (
      SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
               'schema', t.nspname,
               'name', t.relname,
               'owner', pg_catalog.pg_get_userbyid(t.relowner),
               'estimatedRows', NULLIF(t.reltuples, -1),
               'columns', (SELECT COALESCE(pg_catalog.jsonb_agg(c.attname ORDER BY c.attnum), '[]')
                             FROM named_column AS c WHERE c.relname = t.relname AND c.wanted),
               'readable', (SELECT COALESCE(pg_catalog.jsonb_agg(c.attname ORDER BY c.attnum), '[]')
                              FROM named_column AS c WHERE c.relname = t.relname AND c.wanted AND c.readable)
             ) ORDER BY t.relname), '[]')
        FROM audited AS t
       WHERE $1::pg_catalog.jsonb ? t.relname::pg_catalog.text),
    'globalRowFunction', ${functionRightSql('$4', '$5')}),
  'activity', (${activitySql('(SELECT pg_catalog.min(nspname::pg_catalog.text) FROM audited)')}),
  'userConfigFunction', ${functionRightSql('$4', '$6')}
) AS look`;
