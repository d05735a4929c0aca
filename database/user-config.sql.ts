const REQUEST_LIMIT = 10_000;
/** Stored bodies are read whole to be looked into; so many bytes, as they are stored, are read at most. */
const BODY_BYTES_LIMIT = 16 * 1024 * 1024;
/** A longer value is no `{}`, and need not be read to know it. */
const SHORT_BYTES = 100;

/** LiteLLM stores the request's body itself; other forms keep it one level down. */
const CARRIES_USER_CONFIG =
  '$ ? (exists(@.user_config) || exists(@.body.user_config) || exists(@.request.user_config))';

/**
 * Counts the requests of the last hour that carry a Router configuration of their own, as one jsonb without any value. It reads along the
 * index on "startTime", newest first. The setup script makes user_config_requests() from it; the audit runs it directly where
 * the role may read the table itself (the shell, as LiteLLM's own user).
 *
 * In TypeScript, as the function's bundle holds it too: Node 24 imports no .sql file, and esbuild carries no file along that is read by path.
 *
 * @param table quoted, schema included
 */
export function userConfigSql(table: string): string {
  return `
SELECT pg_catalog.jsonb_build_object(
         'requests', pg_catalog.count(*),
         'withBody', pg_catalog.count(*) FILTER (WHERE q.carries IS NOT NULL),
         'withUserConfig', pg_catalog.count(*) FILTER (WHERE q.carries)) AS user_config
  FROM (SELECT CASE WHEN r.bytes > ${SHORT_BYTES} OR (r.body <> '{}' AND pg_catalog.jsonb_typeof(r.body) = 'object')
                    THEN r.body @? '${CARRIES_USER_CONFIG}' END AS carries
          FROM (SELECT l.body, l.bytes, pg_catalog.sum(l.bytes) OVER (ORDER BY l.started DESC ROWS UNBOUNDED PRECEDING) AS bytes_so_far
                  FROM (SELECT s."startTime" AS started,
                               s.proxy_server_request AS body,
                               COALESCE(pg_catalog.pg_column_size(s.proxy_server_request), 0) AS bytes
                          FROM ${table} AS s
                         WHERE s."startTime" >= (CURRENT_TIMESTAMP AT TIME ZONE 'UTC') - interval '1 hour'
                         ORDER BY s."startTime" DESC
                         LIMIT ${REQUEST_LIMIT}) AS l) AS r
         WHERE r.bytes_so_far <= ${BODY_BYTES_LIMIT}) AS q`;
}
