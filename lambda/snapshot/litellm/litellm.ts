import * as z from 'zod';
import { AUDITOR_SCHEMA, USER_CONFIG_FUNCTION } from '../../../database/names.ts';
import { userConfigSql } from '../../../database/user-config.sql.ts';
import type { Advice } from '../../core/finding.ts';
import { AUDITED_COLUMNS, SPEND_LOGS_TABLE } from '../../litellm/tables.ts';
import { parseAnswer } from '../answer.ts';
import type { DatabaseConnection } from '../postgres/connect.ts';
import type { ServerLook } from '../postgres/server.ts';
import { migrationsAnswerSchema, userConfigAnswerSchema, workersAnswerSchema } from '../schema/litellm.ts';
import type { ActivitySeen, LitellmSource, ServerSource, UserConfigSeen } from '../snapshot.ts';
import { migrationsSql, workersSql } from './litellm.sql.ts';
import { findTable, missingGrant, type Plan, qualified, RUN_SETUP } from './tables.ts';

const answerSchema = z
  .object({
    workers: workersAnswerSchema,
    migrations: migrationsAnswerSchema,
    userConfig: userConfigAnswerSchema.nullable(),
  })
  .partial();

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
  const parts = Object.entries({ workers, migrations, userConfig }).flatMap(([name, plan]) =>
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
    activity: activityState(look),
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

function activityState({ activity }: ServerLook): ActivitySeen {
  const { configScans, spendLogRows } = activity;
  return configScans === null && spendLogRows === null ? { state: 'no-table' } : { state: 'seen', ...activity };
}
