import { MIGRATION_LOCK } from '../../litellm/migration-lock.ts';

/** Of every list below: what is shown at most. Totals stand beside them. */
const WAIT_LIMIT = 200;
const EDGE_LIMIT = 500;
const TABLE_LIMIT = 8;
const BUILD_LIMIT = 20;

/**
 * Who waits for which lock behind whom in the audited database, as one jsonb. It reads views and catalogs alone, so that it waits for no lock itself.
 * pg_locks has all waits, whatever the role may see; who a session is and what it does shows to pg_read_all_stats alone. No query text leaves:
 * whether an autovacuum worker prevents wraparound is decided here.
 * `waitstart` came with PostgreSQL 14, and is reached by name so that 13 accepts the statement; there the start of the statement stands for it.
 */
export const LOCKS_SQL = `
WITH here AS (
  SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()
), lock AS MATERIALIZED (
  SELECT l.pid, l.locktype, l.mode, l.granted, l.database, l.relation, l.classid, l.objid, l.objsubid,
         CASE WHEN NOT l.granted THEN (pg_catalog.to_jsonb(l) ->> 'waitstart')::pg_catalog.timestamptz END AS wait_start
    FROM pg_catalog.pg_locks AS l
), session AS MATERIALIZED (
  SELECT a.pid, a.datid, a.usename, a.datname, a.client_addr, a.application_name, a.backend_type, a.state, a.state_change, a.xact_start,
         CASE WHEN a.backend_type = 'autovacuum worker' THEN a.query LIKE '%(to prevent wraparound)' END AS prevents_wraparound
    FROM pg_catalog.pg_stat_activity AS a
   WHERE a.pid <> pg_catalog.pg_backend_pid()
), waiter AS MATERIALIZED (
  SELECT l.pid, l.locktype, l.mode, l.database, l.relation,
         CASE WHEN pg_catalog.current_setting('server_version_num')::pg_catalog.int4 >= 140000
              -- It is NULL for a moment after the wait has begun.
              THEN COALESCE(pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - l.wait_start), 0)
              ELSE pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - s.state_change) END AS seconds
    FROM lock AS l
    JOIN session AS s ON s.pid = l.pid AND s.datid = (SELECT oid FROM here)
   WHERE NOT l.granted
), shown_waiter AS MATERIALIZED (
  SELECT * FROM waiter ORDER BY seconds DESC NULLS LAST, pid LIMIT ${WAIT_LIMIT}
), edge AS MATERIALIZED (
  SELECT w.pid AS waiter, b.pid AS blocker,
         -- Whoever does not wait heads a chain; of those who do, the first in the queue is nearest to its head.
         pg_catalog.row_number() OVER (PARTITION BY w.pid ORDER BY q.pid IS NOT NULL, q.seconds DESC NULLS LAST, b.pid) AS place
    FROM shown_waiter AS w
   CROSS JOIN LATERAL (SELECT DISTINCT p.pid FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids(w.pid)) AS p (pid)) AS b
    LEFT JOIN waiter AS q ON q.pid = b.pid
), shown_edge AS MATERIALIZED (
  SELECT waiter, blocker, place FROM edge ORDER BY place, waiter LIMIT ${EDGE_LIMIT}
), migration_lock AS (
  SELECT l.pid, l.granted
    FROM lock AS l
   WHERE l.locktype = 'advisory' AND l.database = (SELECT oid FROM here)
     AND l.classid = 0 AND l.objid = ${MIGRATION_LOCK} AND l.objsubid = 1 AND l.pid IS NOT NULL
   ORDER BY l.granted DESC, l.pid
   LIMIT ${WAIT_LIMIT}
), concerned AS (
  SELECT pid FROM shown_waiter UNION SELECT blocker FROM shown_edge UNION SELECT pid FROM migration_lock
), named_relation AS (
  SELECT DISTINCT l.relation AS oid, c.relname, c.relkind, c.relnamespace
    FROM lock AS l
    JOIN pg_catalog.pg_class AS c ON c.oid = l.relation
   WHERE l.relation IS NOT NULL AND l.database IN (0, (SELECT oid FROM here))
), row_table AS (
  -- A transaction that locks rows of a table has one of these locks on the table itself.
  SELECT l.pid, r.relname
    FROM lock AS l
    JOIN named_relation AS r ON r.oid = l.relation AND r.relkind IN ('r', 'p')
    JOIN pg_catalog.pg_namespace AS n ON n.oid = r.relnamespace AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
   WHERE l.granted AND l.mode IN ('RowShareLock', 'RowExclusiveLock') AND l.pid IN (SELECT pid FROM concerned)
), build AS (
  SELECT p.pid, p.command, p.phase, p.relid, p.index_relid, p.blocks_total, p.blocks_done, p.tuples_total, p.tuples_done
    FROM pg_catalog.pg_stat_progress_create_index AS p
   WHERE p.datid = (SELECT oid FROM here)
   ORDER BY p.pid
   LIMIT ${BUILD_LIMIT}
)
SELECT pg_catalog.jsonb_build_object(
  'measuresWaits', pg_catalog.current_setting('server_version_num')::pg_catalog.int4 >= 140000,
  'waiterCount', (SELECT pg_catalog.count(*) FROM waiter),
  'edgeCount', (SELECT pg_catalog.count(*) FROM edge),
  'edges', (
    SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('waiter', e.waiter, 'blocker', e.blocker) ORDER BY e.place, e.waiter), '[]')
      FROM shown_edge AS e),
  'sessions', (
    SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
             'pid', s.pid, 'user', COALESCE(s.usename, ''), 'database', COALESCE(s.datname, ''),
             'clientAddress', pg_catalog.host(s.client_addr), 'application', COALESCE(s.application_name, ''),
             'backendType', s.backend_type, 'state', s.state, 'stateSince', s.state_change,
             'stateSeconds', pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - s.state_change),
             'transactionSeconds', pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - s.xact_start),
             'preventsWraparound', s.prevents_wraparound,
             'waits', (
               SELECT pg_catalog.jsonb_build_object(
                        'lock', w.locktype, 'mode', w.mode, 'seconds', w.seconds,
                        'relation', (SELECT r.relname FROM named_relation AS r WHERE r.oid = w.relation))
                 FROM waiter AS w WHERE w.pid = s.pid),
             'rowTables', (
               SELECT COALESCE(pg_catalog.jsonb_agg(t.relname ORDER BY t.relname), '[]')
                 FROM (SELECT DISTINCT relname FROM row_table WHERE pid = s.pid ORDER BY relname LIMIT ${TABLE_LIMIT}) AS t)
           ) ORDER BY s.pid), '[]')
      FROM session AS s
     WHERE s.pid IN (SELECT pid FROM concerned)),
  'indexBuilds', (
    SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
             'pid', b.pid, 'command', b.command, 'phase', b.phase,
             'relation', (SELECT c.relname FROM pg_catalog.pg_class AS c WHERE c.oid = b.relid),
             'index', (SELECT c.relname FROM pg_catalog.pg_class AS c WHERE c.oid = b.index_relid),
             'blocksTotal', b.blocks_total, 'blocksDone', b.blocks_done,
             'tuplesTotal', b.tuples_total, 'tuplesDone', b.tuples_done) ORDER BY b.pid), '[]')
      FROM build AS b),
  'migrationLock', (
    SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('pid', m.pid, 'granted', m.granted)), '[]')
      FROM migration_lock AS m),
  'preparedTransactions', (
    SELECT pg_catalog.jsonb_build_object(
             'count', pg_catalog.count(*),
             'oldestSeconds', pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - pg_catalog.min(p.prepared)))
      FROM pg_catalog.pg_prepared_xacts AS p
     WHERE p.database = pg_catalog.current_database())
) AS locks`;
