import pg from 'pg';
import { GLOBAL_ROUTER_SETTINGS, type GlobalRow, OTHER_CONFIG_ROWS } from './litellm-config.ts';
import { HOSTILE_NAMES, TEAM_NAMES } from './litellm-names.ts';

/** INSERTs that give the same rows at each run; only times follow the clock. */

export interface RowsOptions {
  readonly count: number;
  readonly hostileNames: boolean;
  /** Whether the table has the column router_settings. */
  readonly routerSettings: boolean;
}

export function configRowsSql(globalRow: GlobalRow): string {
  const rows: (readonly [string, string | null])[] = [...OTHER_CONFIG_ROWS];
  if (globalRow !== 'absent') rows.push(['router_settings', GLOBAL_ROUTER_SETTINGS[globalRow]]);
  const values = rows.map(
    ([name, value]) => `(${pg.escapeLiteral(name)}, ${value === null ? 'NULL' : pg.escapeLiteral(value)}::jsonb)`,
  );
  return `INSERT INTO "LiteLLM_Config" ("param_name", "param_value") VALUES ${values.join(', ')};`;
}

/** Every fifth team has settings; of those every fourth is blocked, and the first have the hostile names when asked for. */
export function teamRowsSql({ count, hostileNames, routerSettings }: RowsOptions): string {
  const settings = `
         CASE WHEN i % 5 = 0 THEN ${someSettings('i / 5')}
              WHEN i % 19 = 6 THEN '"num_retries: 2\\ntimeout: 60\\n"'
              WHEN i % 7 = 3 THEN NULL
              WHEN i % 7 = 4 THEN 'null'
              ELSE '{}' END::jsonb`;
  return `
INSERT INTO "LiteLLM_TeamTable" ("team_id", "team_alias", "blocked", "models"${column(routerSettings)})
  SELECT 'team-' || i,
         CASE ${hostileNames ? `WHEN i % 5 = 0 AND i <= 5 * ${HOSTILE_NAMES.length} THEN ${pick(HOSTILE_NAMES, 'i / 5')}` : ''}
              WHEN i <= ${TEAM_NAMES.length} THEN ${pick(TEAM_NAMES, 'i')}
              ELSE 'team number ' || i END,
         i % 20 = 10,
         ARRAY['gpt-4o', 'claude-sonnet']${routerSettings ? `,${settings}` : ''}
    FROM generate_series(1, ${count}) AS i;`;
}

/** Every fiftieth key has settings; of those every third is expired, every fourth blocked, and every third has no alias. */
export function keyRowsSql({ count, hostileNames, routerSettings }: RowsOptions): string {
  const settings = `
         CASE WHEN i % 50 = 0 THEN ${someSettings('i / 50')}
              WHEN i % 400 = 7 THEN '"fallbacks:\\n  - gpt-4o: [azure-gpt-4o]\\n"'
              WHEN i % 1500 = 11 THEN '["num_retries"]'
              WHEN i % 20 = 5 THEN NULL
              WHEN i % 20 = 15 THEN 'null'
              ELSE '{}' END::jsonb`;
  return `
INSERT INTO "LiteLLM_VerificationToken"
       ("token", "key_name", "key_alias", "user_id", "team_id", "expires", "blocked"${column(routerSettings)})
  SELECT hash,
         'sk-...' || right(hash, 4),
         CASE ${hostileNames ? `WHEN i % 50 = 0 AND i <= 50 * ${HOSTILE_NAMES.length} THEN ${pick(HOSTILE_NAMES, 'i / 50')}` : ''}
              WHEN i % 150 = 0 THEN NULL
              ELSE ${pick(TEAM_NAMES, `i % ${TEAM_NAMES.length} + 1`)} || '-' || i END,
         'user-' || i % 500,
         CASE WHEN i % 10 <> 3 THEN 'team-' || i % ${TEAM_NAMES.length} + 1 END,
         CASE i % 6 WHEN 2 THEN localtimestamp - i % 1000 * INTERVAL '1 hour' - INTERVAL '1 minute'
                    WHEN 3 THEN localtimestamp + INTERVAL '90 days' END,
         CASE WHEN i % 200 = 100 THEN true WHEN i % 3 = 0 THEN false END${routerSettings ? `,${settings}` : ''}
    FROM generate_series(1, ${count}) AS i
   CROSS JOIN LATERAL (SELECT encode(sha256(convert_to('sk-sandbox-' || i, 'UTF8')), 'hex')) AS key (hash);`;
}

/** They have settings too, which nobody applies any more. */
export function deletedRowsSql(routerSettings: boolean): { team: string; key: string } {
  const settings = routerSettings ? `, '{"num_retries": 9}'` : '';
  return {
    team: `
INSERT INTO "LiteLLM_DeletedTeamTable" ("id", "team_id", "team_alias"${column(routerSettings)})
  VALUES ('1', 'team-deleted', 'deleted-team'${settings});`,
    key: `
INSERT INTO "LiteLLM_DeletedVerificationToken" ("id", "token", "key_name", "key_alias"${column(routerSettings)})
  VALUES ('1', encode(sha256('deleted'), 'hex'), 'sk-...dead', 'deleted-key'${settings});`,
  };
}

/** Requests of the last 50 minutes. */
export function spendLogRowsSql(storedBodies: boolean): string {
  const body = storedBodies ? `'{"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello"}]}'` : `'{}'`;
  return `
INSERT INTO "LiteLLM_SpendLogs"
       ("request_id", "call_type", "startTime", "endTime", "model", "total_tokens", "team_id", "proxy_server_request")
  SELECT 'request-' || i, 'acompletion', started, started + INTERVAL '2 seconds', 'gpt-4o', 100 + i % 900, 'team-' || i % 40 + 1, ${body}
    FROM generate_series(1, 300) AS i
   CROSS JOIN LATERAL (SELECT localtimestamp - i * INTERVAL '10 seconds') AS log (started);`;
}

/**
 * 150,000 rows are written and two thirds of them deleted, with nothing that vacuums. What the catalog says of the size stands for 210 million: no
 * machine of a developer has room for them. For the superuser of a PostgreSQL 18, in the database itself: a copy of it has no counters.
 * @param schema quoted
 */
export function outgrownSpendLogsSql(schema: string): string {
  return `
SET search_path = ${schema};
ALTER TABLE "LiteLLM_SpendLogs" SET (autovacuum_enabled = off, toast.autovacuum_enabled = off);
INSERT INTO "LiteLLM_SpendLogs" ("request_id", "call_type", "startTime", "endTime", "metadata", "messages", "response", "proxy_server_request")
  SELECT 'old-' || i, '', localtimestamp, localtimestamp, NULL, NULL, NULL, NULL FROM generate_series(1, 150000) AS i;
DELETE FROM "LiteLLM_SpendLogs" WHERE "request_id" LIKE 'old-%' AND right("request_id", 1) IN ('1', '2', '3', '4', '5', '6', '7');
SELECT pg_restore_relation_stats('schemaname', current_schema()::text, 'relname', 'LiteLLM_SpendLogs', 'relpages', 26000000, 'reltuples', 210000000::real);`;
}

/** @param workers how many each pod has */
export function heartbeatRowsSql(workers: readonly number[]): string {
  const beats = workers.flatMap((count, pod) =>
    Array.from({ length: count }, (_, worker) => `('litellm-${pod + 1}:${worker + 1}', 'litellm-${pod + 1}')`),
  );
  if (beats.length === 0) return '';
  return `INSERT INTO "LiteLLM_ProxyWorkerHeartbeat" ("worker_id", "hostname") VALUES ${beats.join(', ')};`;
}

export function migrationRowsSql(names: readonly string[]): string {
  return `
INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "finished_at", "applied_steps_count")
  SELECT md5(name), encode(sha256(convert_to(name, 'UTF8')), 'hex'), name, now(), 1
    FROM unnest(${array(names)}) AS name;`;
}

/** SQL text of one of three settings, by a number. */
function someSettings(number: string): string {
  return `(ARRAY['{"model_group_alias": {}}',
                 '{"num_retries": 5, "timeout": 30}',
                 '{"routing_strategy": "least-busy", "fallbacks": [{"gpt-4o": ["azure-gpt-4o"]}]}'])[(${number}) % 3 + 1]`;
}

function pick(names: readonly string[], oneBasedIndex: string): string {
  return `(${array(names)})[${oneBasedIndex}]`;
}

function array(texts: readonly string[]): string {
  return `ARRAY[${texts.map((text) => pg.escapeLiteral(text)).join(', ')}]::text[]`;
}

function column(routerSettings: boolean): string {
  return routerSettings ? ', "router_settings"' : '';
}
