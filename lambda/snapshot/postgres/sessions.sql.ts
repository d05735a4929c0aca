import { CONNECTION_LIMITS_SQL } from './connection-limits.sql.ts';

/** Of every list below: what is shown at most. Totals stand beside them. */
const GROUP_LIMIT = 200;
const IDLE_TRANSACTION_LIMIT = 20;
const LONG_STATEMENT_LIMIT = 20;

/** A statement that has lasted for so long will not be done in a moment. */
const LASTING_SECONDS = 1;
const LONG_SECONDS = 60;

/**
 * Who holds connections, as one jsonb. No query text is read. Sessions start "together" when the next one starts within $1 seconds: LiteLLM
 * replaces all connections of a pool at each refresh of its IAM token, every 12 to 15 min (knowledge/litellm.md section 4).
 * Where the role may not see other sessions' details, backend_type is NULL and only a user and a database distinguish a client session from the server's own.
 */
export const SESSIONS_SQL = `
WITH iam AS (
  SELECT oid FROM pg_catalog.pg_roles WHERE rolname = 'rds_iam'
), session AS MATERIALIZED (
  SELECT a.pid,
         COALESCE(a.usename, '') AS user_name,
         COALESCE(a.datname, '') AS database_name,
         pg_catalog.host(a.client_addr) AS client_address,
         COALESCE(a.application_name, '') AS application,
         a.state,
         t.ssl AS tls,
         COALESCE(NOT u.rolsuper AND pg_catalog.pg_has_role(u.oid, (SELECT oid FROM iam), 'MEMBER'), false) AS iam,
         a.backend_start,
         a.state_change,
         a.xact_start,
         pg_catalog.clock_timestamp() - a.query_start AS statement_age,
         a.wait_event_type,
         a.backend_type IS NULL AS hidden
    FROM pg_catalog.pg_stat_activity AS a
    LEFT JOIN pg_catalog.pg_stat_ssl AS t ON t.pid = a.pid
    LEFT JOIN pg_catalog.pg_roles AS u ON u.oid = a.usesysid
   WHERE a.pid <> pg_catalog.pg_backend_pid()
     AND (a.backend_type = 'client backend' OR (a.backend_type IS NULL AND a.usesysid IS NOT NULL AND a.datid IS NOT NULL))
), session_group AS (
  SELECT user_name, database_name, client_address, application, state, tls, iam,
         pg_catalog.count(*) AS sessions,
         pg_catalog.min(backend_start) AS oldest_backend_start,
         pg_catalog.min(state_change) AS oldest_state_change
    FROM session
   GROUP BY user_name, database_name, client_address, application, state, tls, iam
), start AS (
  SELECT user_name, database_name, client_address, iam, state, backend_start, state_change,
         backend_start - pg_catalog.lag(backend_start) OVER client > pg_catalog.make_interval(secs => $1) AS opens_cohort
    FROM session
   WHERE backend_start IS NOT NULL
  WINDOW client AS (PARTITION BY user_name, database_name, client_address, iam ORDER BY backend_start)
), numbered_start AS (
  SELECT start.*,
         pg_catalog.count(*) FILTER (WHERE opens_cohort) OVER (
           PARTITION BY user_name, database_name, client_address, iam ORDER BY backend_start
         ) AS cohort
    FROM start
), cohort AS (
  SELECT user_name, database_name, client_address, iam,
         pg_catalog.min(backend_start) AS first_start,
         pg_catalog.max(backend_start) AS last_start,
         pg_catalog.count(*) AS sessions,
         pg_catalog.count(*) FILTER (WHERE state = 'idle') AS idle,
         pg_catalog.min(state_change) FILTER (WHERE state = 'idle') AS oldest_idle_since,
         pg_catalog.max(state_change) FILTER (WHERE state = 'idle') AS newest_idle_since
    FROM numbered_start
   GROUP BY user_name, database_name, client_address, iam, cohort
), blocked AS (
  SELECT pg_catalog.unnest(pg_catalog.pg_blocking_pids(waiting.pid)) AS pid
    FROM (SELECT pid FROM session WHERE wait_event_type = 'Lock' ORDER BY pid LIMIT 100) AS waiting
), idle_transaction AS (
  SELECT s.*, (SELECT pg_catalog.count(*) FROM blocked AS b WHERE b.pid = s.pid) AS blocking
    FROM session AS s
   WHERE s.state LIKE 'idle in transaction%'
), long_statement AS (
  SELECT * FROM session WHERE state = 'active' AND statement_age >= pg_catalog.make_interval(secs => ${LONG_SECONDS})
)
SELECT pg_catalog.jsonb_build_object(
  'total', (SELECT pg_catalog.count(*) FROM session),
  'hidden', (SELECT pg_catalog.count(*) FROM session WHERE hidden),
  'limits', ${CONNECTION_LIMITS_SQL},
  'groupCount', (SELECT pg_catalog.count(*) FROM session_group),
  'groups', (
    SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
             'user', g.user_name, 'database', g.database_name, 'clientAddress', g.client_address,
             'application', g.application, 'state', g.state, 'tls', g.tls, 'iam', g.iam, 'count', g.sessions,
             'oldestBackendStart', g.oldest_backend_start, 'oldestStateChange', g.oldest_state_change)), '[]')
      FROM (SELECT * FROM session_group
             ORDER BY sessions DESC, user_name, database_name, client_address, application, state
             LIMIT ${GROUP_LIMIT}) AS g),
  'cohortCount', (SELECT pg_catalog.count(*) FROM cohort),
  'cohorts', (
    SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
             'user', c.user_name, 'database', c.database_name, 'clientAddress', c.client_address, 'iam', c.iam,
             'firstStart', c.first_start, 'lastStart', c.last_start, 'count', c.sessions, 'idle', c.idle,
             'oldestIdleSince', c.oldest_idle_since, 'newestIdleSince', c.newest_idle_since)), '[]')
      FROM (SELECT * FROM cohort
             ORDER BY first_start, user_name, database_name, client_address
             LIMIT ${GROUP_LIMIT}) AS c),
  'idleTransactionCount', (SELECT pg_catalog.count(*) FROM idle_transaction),
  'idleTransactions', (
    SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
             'pid', i.pid, 'user', i.user_name, 'database', i.database_name, 'clientAddress', i.client_address,
             'application', i.application, 'blocking', i.blocking,
             'transactionSeconds', pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - i.xact_start),
             'idleSeconds', pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - i.state_change))), '[]')
      FROM (SELECT * FROM idle_transaction ORDER BY xact_start, pid LIMIT ${IDLE_TRANSACTION_LIMIT}) AS i),
  'statements', pg_catalog.jsonb_build_object(
    'active', (
      SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
               'waitsFor', a.wait_event_type, 'count', a.sessions, 'lasting', a.lasting)), '[]')
        FROM (SELECT wait_event_type,
                     pg_catalog.count(*) AS sessions,
                     pg_catalog.count(*) FILTER (
                       WHERE statement_age >= pg_catalog.make_interval(secs => ${LASTING_SECONDS})) AS lasting
                FROM session
               WHERE state = 'active'
               GROUP BY wait_event_type
               ORDER BY sessions DESC, wait_event_type) AS a),
    'longCount', (SELECT pg_catalog.count(*) FROM long_statement),
    'long', (
      SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
               'pid', l.pid, 'user', l.user_name, 'database', l.database_name, 'clientAddress', l.client_address,
               'application', l.application, 'waitsFor', l.wait_event_type,
               'seconds', pg_catalog.date_part('epoch', l.statement_age))), '[]')
        FROM (SELECT * FROM long_statement ORDER BY statement_age DESC, pid LIMIT ${LONG_STATEMENT_LIMIT}) AS l))
) AS sessions`;
