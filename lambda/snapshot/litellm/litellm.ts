import * as z from 'zod';
import { userConfigSql } from '../../../database/user-config.sql.ts';
import type { Advice } from '../../core/finding.ts';
import { AUDITED_COLUMNS, SPEND_LOGS_TABLE } from '../../litellm/tables.ts';
import type { DatabaseConnection } from '../postgres/connect.ts';
import type { ServerLook } from '../postgres/server.ts';
import { migrationsAnswerSchema, userConfigAnswerSchema, workersAnswerSchema } from '../schema/litellm.ts';
import type { ActivitySeen, LitellmSource, ServerSource, UserConfigSeen } from '../snapshot.ts';
import { migrationsSql, workersSql } from './litellm.sql.ts';
import { hiddenRows, readPart } from './read-part.ts';
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

type NotSeen = { readonly state: 'no-table' } | { readonly state: 'hidden'; readonly remediation: Advice };

/**
 * The proxy's workers, its migrations, and the requests with a Router configuration of their own. One round trip each, so that a lock on one
 * table costs no other; none for what cannot be read. How busy the tables are was read with the server.
 * @throws what the connection throws when it is lost
 */
export async function readLitellm(connection: DatabaseConnection, look: ServerLook): Promise<LitellmSource> {
  return {
    activity: activityState(look),
    workers: await readPart(connection, {
      name: 'workers',
      plan: planTable(look.server, 'LiteLLM_ProxyWorkerHeartbeat', workersSql),
      schema: workersAnswerSchema,
      toState: seenState,
    }),
    migrations: await readPart(connection, {
      name: 'migrations',
      plan: planTable(look.server, '_prisma_migrations', migrationsSql),
      schema: migrationsAnswerSchema,
      toState: seenState,
    }),
    userConfig: await readPart(connection, {
      name: 'requests',
      plan: planUserConfig(look),
      // The function found the table without the column.
      schema: z.union([madeForSchema, userConfigAnswerSchema]).nullable(),
      toState: (answer): UserConfigSeen => {
        if (answer === null) return { state: 'no-table' };
        if ('madeFor' in answer) return { state: 'hidden', remediation: otherSetup(answer.madeFor, look.server) };
        return seenState(answer);
      },
    }),
  };
}

function seenState<Answer extends object>(answer: Answer) {
  return { state: 'seen' as const, ...answer };
}

function planTable(
  server: ServerSource,
  name: keyof typeof AUDITED_COLUMNS,
  sql: (table: string) => string,
): Plan<NotSeen> {
  const table = findTable(server, name);
  const complete = AUDITED_COLUMNS[name].every((column) => table?.columns.includes(column));
  if (table === undefined || !complete) return { known: { state: 'no-table' } };
  const remediation = missingGrant(server, table, name);
  if (remediation !== undefined) return { known: { state: 'hidden', remediation } };
  return hiddenRows(server, table) ?? { sql: sql(qualified(table)), table };
}

function planUserConfig({ server }: ServerLook): Plan<UserConfigSeen> {
  const table = findTable(server, SPEND_LOGS_TABLE);
  if (table === undefined) return { known: { state: 'no-table' } };
  const call = callFunction(server, 'userConfig');
  if (call !== undefined) return { sql: `SELECT ${call}`, table };
  if (isReadable(table, ['startTime', 'proxy_server_request'])) {
    return hiddenRows(server, table, RUN_SETUP) ?? { sql: userConfigSql(qualified(table)), table };
  }
  return { known: { state: 'hidden', remediation: RUN_SETUP } };
}

function activityState({ activity }: ServerLook): ActivitySeen {
  const { configScans, spendLogRows } = activity;
  return configScans === null && spendLogRows === null ? { state: 'no-table' } : { state: 'seen', ...activity };
}
