/** Roles with a limit that are shown at most. */
const ROLE_LIMIT = 50;

/**
 * Each CONNECTION LIMIT that can refuse a session of this database, with the sessions that count against it, as one jsonb. It reads the CTE
 * `session`, which lacks the auditor's own session: that counts too, and frees its place when the audit ends. Superusers are exempt.
 */
export const CONNECTION_LIMITS_SQL = `pg_catalog.jsonb_build_object(
    'database', (
      SELECT pg_catalog.jsonb_build_object(
               'name', d.datname, 'owner', pg_catalog.pg_get_userbyid(d.datdba), 'limit', d.datconnlimit,
               'sessions', (SELECT pg_catalog.count(*) FROM session AS s WHERE s.database_name = d.datname),
               'withAuditor', true)
        FROM pg_catalog.pg_database AS d
       WHERE d.datname = pg_catalog.current_database() AND d.datconnlimit >= 0),
    'roles', (
      SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
               'name', r.rolname, 'owner', null, 'limit', r.rolconnlimit, 'sessions', r.sessions,
               'withAuditor', r.rolname = CURRENT_USER) ORDER BY r.sessions DESC, r.rolname), '[]')
        FROM (SELECT a.rolname, a.rolconnlimit,
                     (SELECT pg_catalog.count(*) FROM session AS s WHERE s.user_name = a.rolname) AS sessions
                FROM pg_catalog.pg_roles AS a
               WHERE a.rolconnlimit >= 0 AND a.rolcanlogin AND NOT a.rolsuper
               ORDER BY 3 DESC, a.rolname
               LIMIT ${ROLE_LIMIT}) AS r))`;
