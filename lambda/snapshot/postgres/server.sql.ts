import { EXCESS_SQL, PRIVILEGE_CTES } from './privileges.sql.ts';
import { activitySql } from './table-activity.sql.ts';
import { tableStatisticsSql } from './table-statistics.sql.ts';

/** Which of the auditor's functions exist, and whether they may be executed: jsonb by their keys in $5. */
const FUNCTION_RIGHTS_SQL = `(
      SELECT pg_catalog.jsonb_object_agg(w.key, COALESCE((
               SELECT CASE WHEN pg_catalog.has_schema_privilege(n.oid, 'USAGE')
                                AND pg_catalog.has_function_privilege(p.oid, 'EXECUTE')
                           THEN 'executable' ELSE 'no-right' END
                 FROM pg_catalog.pg_proc AS p
                 JOIN auditor_namespace AS n ON n.oid = p.pronamespace
                WHERE p.proname = w.value AND pg_catalog.oidvectortypes(p.proargtypes) = 'text'), 'absent'))
        FROM pg_catalog.jsonb_each_text($5::pg_catalog.jsonb) AS w (key, value))`;

/** A setting of this session in its own unit, which is milliseconds for every timeout. */
function ownSetting(name: string): string {
  return `(SELECT s.setting::pg_catalog.int4 FROM pg_catalog.pg_settings AS s WHERE s.name = '${name}')`;
}

const AUDITED_SCHEMA = '(SELECT pg_catalog.min(nspname::pg_catalog.text) FROM audited)';

/**
 * The server, the role and all that it may do beyond the known set, LiteLLM's tables, a reading of their activity, their size and vacuum state, and what the setup
 * script has installed, as one jsonb.
 * $1: the columns that may be read, jsonb {table: [column]}; $2: the names of all tables that are looked for, jsonb array; $3: the schema of
 * LiteLLM's tables, or NULL to find it; $4: the auditor's schema; $5: its functions, jsonb {key: name}; $6: the comment that the setup script of
 * this release leaves there; $7: the columns that it grants, jsonb {table: [column]}.
 */
export const SERVER_SQL = `
WITH me AS (
  SELECT oid, rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls
    FROM pg_catalog.pg_roles
   WHERE rolname = CURRENT_USER
), named_table AS (
  SELECT c.oid, c.relname, n.nspname, c.relowner, c.reltuples,
         pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS schema_open,
         pg_catalog.row_security_active(c.oid) AS row_security
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
   WHERE t.relname IN (SELECT pg_catalog.jsonb_array_elements_text($2::pg_catalog.jsonb))
   GROUP BY t.nspname
), audited AS (
  SELECT t.*
    FROM named_table AS t
    JOIN litellm_schema AS s ON s.nspname = t.nspname AND s.preference = 1 AND COALESCE(s.nspname = $3, true)
), named_column AS (
  SELECT t.relname, a.attname, a.attnum,
         ($1::pg_catalog.jsonb -> t.relname::pg_catalog.text) ? a.attname::pg_catalog.text AS wanted,
         t.schema_open AND pg_catalog.has_column_privilege(t.oid, a.attnum, 'SELECT') AS readable
    FROM audited AS t
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
), ${PRIVILEGE_CTES.trimStart()}
SELECT pg_catalog.jsonb_build_object(
  'server', pg_catalog.jsonb_build_object(
    'versionNumber', pg_catalog.current_setting('server_version_num')::pg_catalog.int4,
    'inRecovery', pg_catalog.pg_is_in_recovery(),
    'readOnlySettings', (
      SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
               'inDatabase', s.in_database, 'role', s.role_name, 'readOnly', s.read_only)), '[]')
        FROM (SELECT d.setdatabase <> 0 AS in_database, r.rolname AS role_name,
                     pg_catalog.split_part(setting.value, '=', 2)::pg_catalog.bool AS read_only
                FROM pg_catalog.pg_db_role_setting AS d
                LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = d.setrole
               CROSS JOIN pg_catalog.unnest(d.setconfig) AS setting (value)
               WHERE setting.value LIKE 'default\\_transaction\\_read\\_only=%'
                 AND (d.setdatabase = 0 OR d.setdatabase = (
                       SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))
               ORDER BY in_database DESC, role_name
               LIMIT 20) AS s),
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
        'isMarked', COALESCE(pg_catalog.shobj_description(me.oid, 'pg_authid') LIKE '%litellm-db-auditor%', false),${EXCESS_SQL})
        FROM me),
    'session', pg_catalog.jsonb_build_object(
      'readOnly', pg_catalog.current_setting('transaction_read_only') = 'on',
      'statementTimeoutMs', ${ownSetting('statement_timeout')},
      'lockTimeoutMs', ${ownSetting('lock_timeout')},
      'idleInTransactionTimeoutMs', ${ownSetting('idle_in_transaction_session_timeout')},
      'rowSecurity', pg_catalog.current_setting('row_security') = 'on'),
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
               'hasRowSecurity', t.row_security,
               'columns', (SELECT COALESCE(pg_catalog.jsonb_agg(c.attname ORDER BY c.attnum), '[]')
                             FROM named_column AS c WHERE c.relname = t.relname AND c.wanted),
               'readable', (SELECT COALESCE(pg_catalog.jsonb_agg(c.attname ORDER BY c.attnum), '[]')
                              FROM named_column AS c WHERE c.relname = t.relname AND c.wanted AND c.readable)
             ) ORDER BY t.relname), '[]')
        FROM audited AS t
       WHERE $2::pg_catalog.jsonb ? t.relname::pg_catalog.text),
    'setup', pg_catalog.jsonb_build_object(
      'schema', $4::pg_catalog.text,
      'state', COALESCE((
        SELECT CASE WHEN pg_catalog.obj_description(n.oid, 'pg_namespace') = $6 THEN 'current' ELSE 'outdated' END
          FROM auditor_namespace AS n), 'absent'),
      'functions', ${FUNCTION_RIGHTS_SQL})),
  'activity', (${activitySql(AUDITED_SCHEMA)}),
  'tables', (${tableStatisticsSql(AUDITED_SCHEMA)})
) AS look`;
