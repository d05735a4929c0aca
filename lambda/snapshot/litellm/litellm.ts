import pg from 'pg';
import * as z from 'zod';
import { userConfigSql } from '../../../database/user-config.sql.ts';
import type { Advice } from '../../core/finding.ts';
import { AUDITED_COLUMNS, SPEND_LOGS_TABLE } from '../../litellm/tables.ts';
import { parseParts } from '../answer.ts';
import type { DatabaseConnection } from '../postgres/connect.ts';
import type { ServerLook } from '../postgres/server.ts';
import { activitySql } from '../postgres/table-activity.sql.ts';
import { growth, readingSchema } from '../postgres/table-activity.ts';
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

/** Whether to read the activity a second time, and how often the audit itself queried "LiteLLM_Config" in between; or why not. */
export type Measurement = { readonly ownScans: number } | { readonly reason: string };

const answerSchema = z
  .object({
    workers: workersAnswerSchema,
    migrations: migrationsAnswerSchema,
    activity: readingSchema,
    /** null: the function found the table without the column. */
    userConfig: z.union([madeForSchema, userConfigAnswerSchema]).nullable(),
  })
  .partial();
type Answer = z.infer<typeof answerSchema>;

type Unread = { readonly state: 'no-table' } | { readonly state: 'hidden'; readonly remediation: Advice };

/**
 * One round trip, or none when nothing can be read: the proxy's workers, its migrations, the second reading of table activity, and the requests
 * with a Router configuration of their own.
 * @throws what the connection throws; SourceError.
 */
export async function readLitellm(
  connection: DatabaseConnection,
  look: ServerLook,
  measurement: Measurement,
): Promise<LitellmSource> {
  const workers = planTable(look.server, 'LiteLLM_ProxyWorkerHeartbeat', workersSql);
  const migrations = planTable(look.server, '_prisma_migrations', migrationsSql);
  const activity = planActivity(look, measurement);
  const userConfig = planUserConfig(look);
  const asked = Object.entries({ workers, migrations, activity, userConfig }).flatMap(([name, plan]) =>
    'sql' in plan ? [{ name, sql: plan.sql }] : [],
  );
  const answer = asked.length === 0 ? {} : await ask(connection, asked);
  return {
    workers: 'known' in workers ? workers.known : asState(answer.workers),
    migrations: 'known' in migrations ? migrations.known : asState(answer.migrations),
    activity: 'known' in activity ? activity.known : activityState(look, measurement, answer.activity),
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

function planActivity({ server, activity }: ServerLook, measurement: Measurement): Plan<ActivitySeen> {
  if ('reason' in measurement) return { known: { state: 'not-measured', reason: measurement.reason } };
  if (server.litellmSchema === null || activity.configScans === null || activity.spendLogRows === null) {
    return { known: { state: 'no-table' } };
  }
  return { sql: activitySql(pg.escapeLiteral(server.litellmSchema)) };
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

function activityState(
  { activity }: ServerLook,
  measurement: Measurement,
  second: z.infer<typeof readingSchema> | undefined,
): ActivitySeen {
  return second === undefined || 'reason' in measurement
    ? { state: 'no-table' }
    : growth(activity, second, measurement.ownScans);
}
