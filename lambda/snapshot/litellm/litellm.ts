import * as z from 'zod';
import { userConfigSql } from '../../../database/user-config.sql.ts';
import type { Advice } from '../../core/finding.ts';
import { AUDITED_COLUMNS, SPEND_LOGS_TABLE } from '../../litellm/tables.ts';
import { parseParts } from '../answer.ts';
import type { DatabaseConnection } from '../postgres/connect.ts';
import type { ServerLook } from '../postgres/server.ts';
import { migrationsAnswerSchema, userConfigAnswerSchema, workersAnswerSchema } from '../schema/litellm.ts';
import type { ActivitySeen, LitellmSource, ServerSource, UserConfigSeen } from '../snapshot.ts';
import { migrationsSql, workersSql } from './litellm.sql.ts';
import {
  callFunction,
  findTable,
  isReadable,
  madeForSchema,
  missingGrant,
  otherSetup,
  type Plan,
  qualified,
  RUN_SETUP,
} from './tables.ts';

const answerSchema = z
  .object({
    workers: workersAnswerSchema,
    migrations: migrationsAnswerSchema,
    /** null: the function found the table without the column. */
    userConfig: z.union([madeForSchema, userConfigAnswerSchema]).nullable(),
  })
  .partial();
type Answer = z.infer<typeof answerSchema>;

type Unread = { readonly state: 'no-table' } | { readonly state: 'hidden'; readonly remediation: Advice };

/**
 * One round trip, or none when nothing can be read: the proxy's workers, its migrations, and the requests with a Router configuration of their
 * own. How busy the tables are was read with the server.
 * @throws what the connection throws; SourceError.
 */
export async function readLitellm(connection: DatabaseConnection, look: ServerLook): Promise<LitellmSource> {
  const workers = planTable(look.server, 'LiteLLM_ProxyWorkerHeartbeat', workersSql);
  const migrations = planTable(look.server, '_prisma_migrations', migrationsSql);
  const userConfig = planUserConfig(look);
  const asked = Object.entries({ workers, migrations, userConfig }).flatMap(([name, plan]) =>
    'sql' in plan ? [{ name, sql: plan.sql }] : [],
  );
  const answer = asked.length === 0 ? {} : await ask(connection, asked);
  return {
    workers: 'known' in workers ? workers.known : asState(answer.workers),
    migrations: 'known' in migrations ? migrations.known : asState(answer.migrations),
    activity: activityState(look),
    userConfig: 'known' in userConfig ? userConfig.known : userConfigState(answer.userConfig, look.server),
  };
}

async function ask(
  connection: DatabaseConnection,
  asked: readonly { readonly name: string; readonly sql: string }[],
): Promise<Answer> {
  const parts = asked.map(({ name, sql }) => `'${name}', (${sql}\n)`).join(',\n');
  const answer = await connection.value(`SELECT pg_catalog.jsonb_build_object(${parts}) AS litellm`, []);
  return parseParts(
    answerSchema,
    answer,
    asked.map(({ name }) => name),
  );
}

function planTable(
  server: ServerSource,
  name: keyof typeof AUDITED_COLUMNS,
  sql: (table: string) => string,
): Plan<Unread> {
  const table = findTable(server, name);
  const complete = AUDITED_COLUMNS[name].every((column) => table?.columns.includes(column));
  if (table === undefined || !complete) return { known: { state: 'no-table' } };
  const remediation = missingGrant(server, table, name);
  return remediation === undefined ? { sql: sql(qualified(table)) } : { known: { state: 'hidden', remediation } };
}

function planUserConfig({ server }: ServerLook): Plan<UserConfigSeen> {
  const table = findTable(server, SPEND_LOGS_TABLE);
  if (table === undefined) return { known: { state: 'no-table' } };
  const call = callFunction(server, 'userConfig');
  if (call !== undefined) return { sql: `SELECT ${call}` };
  if (isReadable(table, ['startTime', 'proxy_server_request'])) return { sql: userConfigSql(qualified(table)) };
  return { known: { state: 'hidden', remediation: RUN_SETUP } };
}

function userConfigState(answer: Answer['userConfig'], server: ServerSource): UserConfigSeen {
  if (answer === null || answer === undefined) return { state: 'no-table' };
  if ('madeFor' in answer) return { state: 'hidden', remediation: otherSetup(answer.madeFor, server) };
  return { state: 'seen', ...answer };
}

function asState<Answer extends object>(answer: Answer | undefined) {
  return answer === undefined ? ({ state: 'no-table' } as const) : ({ state: 'seen', ...answer } as const);
}

function activityState({ activity }: ServerLook): ActivitySeen {
  const { configScans, spendLogRows } = activity;
  return configScans === null && spendLogRows === null ? { state: 'no-table' } : { state: 'seen', ...activity };
}
