import pg from 'pg';
import * as z from 'zod';
import { AUDITOR_SCHEMA, USER_CONFIG_FUNCTION } from '../../../database/names.ts';
import { userConfigSql } from '../../../database/user-config.sql.ts';
import type { Advice } from '../../core/finding.ts';
import { AUDITED_COLUMNS, SPEND_LOGS_TABLE } from '../../litellm/tables.ts';
import { parseAnswer } from '../answer.ts';
import type { DatabaseConnection } from '../postgres/connect.ts';
import type { ServerLook } from '../postgres/server.ts';
import { activitySql } from '../postgres/table-activity.sql.ts';
import { growth, readingSchema } from '../postgres/table-activity.ts';
import { migrationsAnswerSchema, userConfigAnswerSchema, workersAnswerSchema } from '../schema/litellm.ts';
import type { ActivitySeen, LitellmSource, ServerSource, UserConfigSeen } from '../snapshot.ts';
import { migrationsSql, workersSql } from './litellm.sql.ts';
import { findTable, missingGrant, type Plan, qualified, RUN_SETUP } from './tables.ts';

/** Whether to read the activity a second time, and how often the audit itself queried "LiteLLM_Config" in between; or why not. */
export type Measurement = { readonly ownScans: number } | { readonly reason: string };

const answerSchema = z
  .object({
    workers: workersAnswerSchema,
    migrations: migrationsAnswerSchema,
    activity: readingSchema,
    userConfig: userConfigAnswerSchema.nullable(),
  })
  .partial();

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
  const parts = Object.entries({ workers, migrations, activity, userConfig }).flatMap(([name, plan]) =>
    'sql' in plan ? [`'${name}', (${plan.sql}\n)`] : [],
  );
  const answer =
    parts.length === 0
      ? {}
      : parseAnswer(
          answerSchema,
          await connection.value(`SELECT pg_catalog.jsonb_build_object(${parts.join(',\n')}) AS litellm`, []),
        );
  return {
    workers: 'known' in workers ? workers.known : asState(answer.workers),
    migrations: 'known' in migrations ? migrations.known : asState(answer.migrations),
    activity: 'known' in activity ? activity.known : activityState(look, measurement, answer.activity),
    userConfig: 'known' in userConfig ? userConfig.known : asState(answer.userConfig ?? undefined),
  };
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

function planUserConfig({ server, userConfigFunction }: ServerLook): Plan<UserConfigSeen> {
  const table = findTable(server, SPEND_LOGS_TABLE);
  if (table === undefined) return { known: { state: 'no-table' } };
  if (userConfigFunction === 'executable') return { sql: `SELECT ${AUDITOR_SCHEMA}.${USER_CONFIG_FUNCTION}()` };
  if (server.role.readableSecrets.includes(`${table.schema}.${table.name}.proxy_server_request`)) {
    return { sql: userConfigSql(qualified(table)) };
  }
  return { known: { state: 'hidden', remediation: RUN_SETUP } };
}

/** No answer where one was asked for: the function found the table without the column. */
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
