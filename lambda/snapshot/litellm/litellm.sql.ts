const POD_LIMIT = 100;
const APPLIED_LIMIT = 1000;
const FAILED_LIMIT = 100;
const LONGEST_NAME = 200;

/** A worker beats every 60 s and counts as live for so long (LiteLLM, proxy_worker_heartbeat.py; knowledge/litellm.md section 2). */
const LIVE_SECONDS = 180;
/** Two beats of one moment can be written a little apart. */
const CLOCK_TOLERANCE_SECONDS = 5;
/** Whatever the time zone of the session: a pooler can have dropped ours. */
const NOW_UTC = `pg_catalog.timezone('UTC', pg_catalog.now())`;
/** Offsets to UTC that are in use, in hours. Source: IANA time zone database. */
const UTC_OFFSETS = [
  ...Array.from({ length: 27 }, (_, index) => index - 12),
  ...[-9.5, -3.5, -2.5, 3.5, 4.5, 5.5, 5.75, 6.5, 8.75, 9.5, 10.5, 12.75, 13.75],
];

/**
 * The live workers by host, as one jsonb. LiteLLM writes NOW() into a column without time zone, so beats are in the time zone of its sessions, which
 * nothing shows. It is the one that makes the newest beat at most 180 s old; when none does, nobody beats. A proxy that stopped an hour ago can
 * so be taken for one in the next time zone, for three minutes.
 *
 * @param table quoted, schema included
 */
export function workersSql(table: string): string {
  const offsets = UTC_OFFSETS.map((hours) => hours * 3600).join(', ');
  return `
WITH zone AS (
  SELECT z.ahead_seconds
    FROM pg_catalog.unnest(ARRAY[${offsets}]) AS z (ahead_seconds),
         (SELECT pg_catalog.date_part('epoch', pg_catalog.max(b.last_heartbeat_at) - ${NOW_UTC}) AS seconds FROM ${table} AS b) AS newest
   WHERE z.ahead_seconds - newest.seconds BETWEEN -${CLOCK_TOLERANCE_SECONDS} AND ${LIVE_SECONDS}
), pod AS (
  SELECT pg_catalog.left(b.hostname, ${LONGEST_NAME}) AS hostname, pg_catalog.count(DISTINCT b.worker_id) AS workers
    FROM ${table} AS b, zone
   WHERE b.last_heartbeat_at >= ${NOW_UTC} + zone.ahead_seconds * interval '1 second' - interval '${LIVE_SECONDS} seconds'
   GROUP BY 1
)
SELECT pg_catalog.jsonb_build_object(
  'live', (SELECT COALESCE(pg_catalog.sum(workers), 0) FROM pod),
  'podCount', (SELECT pg_catalog.count(*) FROM pod),
  'pods', (
    SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('hostname', p.hostname, 'workers', p.workers)), '[]')
      FROM (SELECT * FROM pod ORDER BY workers DESC, hostname COLLATE pg_catalog."C" LIMIT ${POD_LIMIT}) AS p)
) AS workers`;
}

/**
 * The migrations that were applied and those that failed, the latest names first, as one jsonb.
 * @param table quoted, schema included
 */
export function migrationsSql(table: string): string {
  const names = (condition: string, limit: number) => `(
    SELECT COALESCE(pg_catalog.jsonb_agg(n.name), '[]')
      FROM (SELECT pg_catalog.left(m.migration_name, ${LONGEST_NAME}) AS name
              FROM ${table} AS m
             WHERE ${condition} AND m.rolled_back_at IS NULL
             ORDER BY m.migration_name COLLATE pg_catalog."C" DESC
             LIMIT ${limit}) AS n)`;
  return `
SELECT pg_catalog.jsonb_build_object(
  'applied', ${names('m.finished_at IS NOT NULL', APPLIED_LIMIT)},
  'failed', ${names('m.finished_at IS NULL', FAILED_LIMIT)}
) AS migrations`;
}
