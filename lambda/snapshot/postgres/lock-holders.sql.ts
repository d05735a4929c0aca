/** Of a queue behind one table: what is shown at most. */
const HOLDER_LIMIT = 5;

/**
 * Who keeps readers from a table, as one jsonb: who holds a lock on it that excludes them, else who waits for one, and behind whom. It takes no
 * lock on a relation itself.
 * $1: the schema of the table; $2: its name.
 */
export const LOCK_HOLDERS_SQL = `
WITH exclusive AS MATERIALIZED (
  SELECT l.pid, l.granted
    FROM pg_catalog.pg_locks AS l
    JOIN pg_catalog.pg_class AS c ON c.oid = l.relation
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   WHERE l.locktype = 'relation'
     AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
     AND n.nspname = $1 AND c.relname = $2
     AND l.mode = 'AccessExclusiveLock'
     AND l.pid <> pg_catalog.pg_backend_pid()
   ORDER BY l.granted DESC, l.pid
   LIMIT 1
), head AS (
  SELECT e.pid, e.granted, NULL::pg_catalog.int4 AS behind FROM exclusive AS e
  UNION ALL
  SELECT b.pid, true, e.pid
    FROM exclusive AS e
   CROSS JOIN LATERAL (SELECT DISTINCT u.pid FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids(e.pid)) AS u (pid)
                        ORDER BY u.pid LIMIT ${HOLDER_LIMIT}) AS b
   WHERE NOT e.granted
)
SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
         'pid', h.pid,
         'granted', h.granted,
         'blocks', h.behind,
         'client', CASE WHEN a.backend_type IS NULL THEN NULL ELSE COALESCE(pg_catalog.host(a.client_addr), 'local') END
       ) ORDER BY h.behind NULLS FIRST, h.pid), '[]') AS holders
  FROM head AS h
  LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = h.pid`;
