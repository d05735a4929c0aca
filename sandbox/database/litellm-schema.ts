import { ge, lte } from '@renovatebot/pep440';
import pg from 'pg';
import { FIRST_VERSIONS } from '../../lambda/litellm/releases/first-versions.ts';
import { SINCE } from '../../lambda/litellm/releases/since.ts';
import { indexesOf } from '../../lambda/litellm/shipped-indexes.ts';
import type { GlobalRow } from './litellm-config.ts';
import { TEAM_NAMES } from './litellm-names.ts';
import {
  configRowsSql,
  deletedRowsSql,
  heartbeatRowsSql,
  keyRowsSql,
  migrationRowsSql,
  spendLogRowsSql,
  teamRowsSql,
} from './litellm-rows.sql.ts';
import { type LitellmTable, litellmTablesSql } from './litellm-tables.sql.ts';
import { LITELLM_USER, PASSWORD_USER } from './rds-roles.sql.ts';

export interface LitellmOptions {
  readonly schema?: string;
  /** The migrations applied are those shipped up to this version. */
  readonly version?: string;
  /** Whether keys and teams have the column router_settings. Default: as the version has it. */
  readonly routerSettingsColumns?: boolean;
  readonly missingTables?: readonly LitellmTable[];
  readonly globalRow?: GlobalRow;
  readonly teams?: number;
  readonly keys?: number;
  /** Worker processes that have just sent a heartbeat, by pod; none when not given. Their table came with 1.99.0. */
  readonly workers?: readonly number[];
  /** Whether the proxy stores the bodies of requests with its spend logs. */
  readonly storedBodies?: boolean;
  /** Gives some of the teams and keys that have settings a name meant to break a message. */
  readonly hostileNames?: boolean;
}

/** In the range whose proxy builds a Router for each request. */
const DEFAULT_VERSION = '1.81.3';
const ROUTER_SETTINGS_MIGRATION = '20260107111013_add_router_settings_to_keys_teams';

/** SQL for the superuser, in the LiteLLM database: LiteLLM's tables, owned by `litellm`, with the same data at each run. */
export function litellmSchemaSql(options: LitellmOptions = {}): string {
  const { version = DEFAULT_VERSION, hostileNames = false } = options;
  const migrations = Object.entries(FIRST_VERSIONS)
    .filter(([, first]) => lte(first, version))
    .map(([name]) => name);
  const routerSettings = options.routerSettingsColumns ?? migrations.includes(ROUTER_SETTINGS_MIGRATION);
  const deleted = deletedRowsSql(routerSettings);
  const rows: Record<LitellmTable, string> = {
    LiteLLM_Config: configRowsSql(options.globalRow ?? 'settings'),
    LiteLLM_TeamTable: teamRowsSql({ count: options.teams ?? TEAM_NAMES.length, hostileNames, routerSettings }),
    LiteLLM_VerificationToken: keyRowsSql({ count: options.keys ?? 3000, hostileNames, routerSettings }),
    LiteLLM_DeletedTeamTable: deleted.team,
    LiteLLM_DeletedVerificationToken: deleted.key,
    LiteLLM_SpendLogs: spendLogRowsSql(options.storedBodies ?? false),
    LiteLLM_ProxyWorkerHeartbeat: heartbeatRowsSql(options.workers ?? []),
    _prisma_migrations: migrationRowsSql(migrations),
  };
  const tables = litellmTablesSql({ routerSettings, heartbeats: ge(version, SINCE.heartbeats) }).filter(
    ({ table }) => !options.missingTables?.includes(table),
  );
  const schema = pg.escapeIdentifier(options.schema ?? 'public');
  return `
CREATE SCHEMA IF NOT EXISTS ${schema} AUTHORIZATION ${LITELLM_USER};
SET ROLE ${LITELLM_USER};
SET search_path = ${schema};
SET TIME ZONE 'UTC';
${tables.map(({ table, create }) => `${create}\n${rows[table]}\nANALYZE "${table}";`).join('\n')}
${indexesSql(
  version,
  tables.map(({ table }) => table),
)}
GRANT USAGE ON SCHEMA ${schema} TO ${PASSWORD_USER};
GRANT ALL ON ALL TABLES IN SCHEMA ${schema} TO ${PASSWORD_USER};
`;
}

/** The indexes of the version on these tables, and those columns of them that nothing else here needs. Those on an expression are left out. */
function indexesSql(version: string, tables: readonly string[]): string {
  return indexesOf(version)
    .filter(({ table, columns }) => tables.includes(table) && columns.every((column) => /^\w+$/.test(column)))
    .map(({ index, table, columns }) => {
      const names = columns.map((column) => pg.escapeIdentifier(column));
      const added = names.map((name) => `ADD COLUMN IF NOT EXISTS ${name} TEXT`).join(', ');
      const on = pg.escapeIdentifier(table);
      return `ALTER TABLE ${on} ${added};\nCREATE INDEX IF NOT EXISTS ${pg.escapeIdentifier(index)} ON ${on} (${names.join(', ')});`;
    })
    .join('\n');
}
