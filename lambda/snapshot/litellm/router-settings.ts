import * as z from 'zod';
import { globalRowSql } from '../../../database/global-row.sql.ts';
import { AUDITOR_SCHEMA, GLOBAL_ROW_FUNCTION } from '../../../database/names.ts';
import { type AUDITED_COLUMNS, CONFIG_TABLE } from '../../litellm/tables.ts';
import { parseAnswer } from '../answer.ts';
import type { DatabaseConnection } from '../postgres/connect.ts';
import { lastPurgeSchema, presentRowSchema, scopedCountsSchema } from '../schema/router-settings.ts';
import type {
  GlobalRouterSettings,
  RouterSettingsSource,
  ScopedRouterSettings,
  ServerSource,
  TableSource,
} from '../snapshot.ts';
import { scopedSettingsSql } from './router-settings.sql.ts';
import { findTable, missingGrant, type Plan, qualified, RUN_SETUP } from './tables.ts';

/** The function always answers; a direct query gives no row where there is none. */
const globalAnswerSchema = z
  .discriminatedUnion('kind', [z.object({ kind: z.literal('absent'), lastPurge: lastPurgeSchema }), presentRowSchema])
  .nullable();

const answerSchema = z
  .object({ global: globalAnswerSchema, team: scopedCountsSchema, key: scopedCountsSchema })
  .partial();

/**
 * One round trip, or none when nothing can be read: the global row, the teams' and the keys' router_settings; never a value.
 * @throws what the connection throws; SourceError.
 */
export async function readRouterSettings(
  connection: DatabaseConnection,
  server: ServerSource,
): Promise<RouterSettingsSource> {
  const global = planGlobal(server);
  const team = planScoped(server, 'LiteLLM_TeamTable', {
    name: "COALESCE(NULLIF(h.team_alias, ''), h.team_id)",
    expired: 'false',
  });
  const key = planScoped(server, 'LiteLLM_VerificationToken', {
    name: "COALESCE(NULLIF(h.key_alias, ''), NULLIF(h.key_name, ''), 'a key without a name')",
    // Prisma writes UTC without a time zone; the session's time zone is UTC.
    expired: 'h.expires < LOCALTIMESTAMP',
  });
  const parts = Object.entries({ global, team, key }).flatMap(([level, plan]) =>
    'sql' in plan ? [`'${level}', (${plan.sql}\n)`] : [],
  );
  const answers =
    parts.length === 0
      ? {}
      : parseAnswer(
          answerSchema,
          await connection.value(`SELECT pg_catalog.jsonb_build_object(${parts.join(',\n')}) AS router_settings`, []),
        );
  return {
    global: 'known' in global ? global.known : globalState(answers.global ?? null),
    team: scopedState(team, answers.team, findTable(server, 'LiteLLM_TeamTable')),
    key: scopedState(key, answers.key, findTable(server, 'LiteLLM_VerificationToken')),
  };
}

function planGlobal(server: ServerSource): Plan<GlobalRouterSettings> {
  const table = findTable(server, CONFIG_TABLE);
  if (table === undefined) return { known: { state: 'no-table' } };
  if (server.globalRowFunction === 'executable') return { sql: `SELECT ${AUDITOR_SCHEMA}.${GLOBAL_ROW_FUNCTION}()` };
  if (server.role.readableSecrets.includes(`${table.schema}.${table.name}.param_value`)) {
    return { sql: globalRowSql(qualified(table)) };
  }
  return { known: { state: 'hidden', remediation: RUN_SETUP } };
}

/** The function always answers; without it, no row is no answer. */
function globalState(answer: z.infer<typeof globalAnswerSchema>): GlobalRouterSettings {
  if (answer === null) return { state: 'absent', lastPurge: null };
  if (answer.kind === 'absent') return { state: 'absent', lastPurge: answer.lastPurge };
  return { state: 'present', ...answer };
}

function planScoped(
  server: ServerSource,
  name: keyof typeof AUDITED_COLUMNS,
  holder: { readonly name: string; readonly expired: string },
): Plan<ScopedRouterSettings> {
  const table = findTable(server, name);
  if (table === undefined) return { known: { state: 'no-table' } };
  if (!table.columns.includes('router_settings')) return { known: { state: 'no-column' } };
  const remediation = missingGrant(server, table, name);
  return remediation === undefined
    ? { sql: scopedSettingsSql({ table: qualified(table), ...holder }) }
    : { known: { state: 'hidden', remediation } };
}

function scopedState(
  plan: Plan<ScopedRouterSettings>,
  answer: z.infer<typeof scopedCountsSchema> | undefined,
  table: TableSource | undefined,
): ScopedRouterSettings {
  if ('known' in plan) return plan.known;
  if (answer === undefined || table === undefined) return { state: 'no-table' };
  return { state: 'seen', estimatedRows: table.estimatedRows, ...answer };
}
