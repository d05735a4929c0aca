import * as z from 'zod';
import { globalRowSql } from '../../../database/global-row.sql.ts';
import { SCOPES, type Scope, scopedSettingsSql } from '../../../database/scoped-settings.sql.ts';
import { CONFIG_TABLE } from '../../litellm/tables.ts';
import { parseParts } from '../answer.ts';
import type { DatabaseConnection } from '../postgres/connect.ts';
import { lastPurgeSchema, presentRowSchema, scopedCountsSchema } from '../schema/router-settings.ts';
import type { GlobalRouterSettings, RouterSettingsSource, ScopedRouterSettings, ServerSource } from '../snapshot.ts';
import {
  callFunction,
  findTable,
  isReadable,
  madeForSchema,
  otherSetup,
  type Plan,
  qualified,
  RUN_SETUP,
} from './tables.ts';

const globalAnswerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('absent'), lastPurge: lastPurgeSchema }),
  presentRowSchema,
]);

const answerSchema = z
  .object({
    /** The function always answers; a direct query gives null where there is no row. */
    global: z.union([madeForSchema, globalAnswerSchema]).nullable(),
    /** null: the function found no such column. */
    team: z.union([madeForSchema, scopedCountsSchema]).nullable(),
    key: z.union([madeForSchema, scopedCountsSchema]).nullable(),
  })
  .partial();
type Answer = z.infer<typeof answerSchema>;

/**
 * One round trip, or none when nothing can be read: the global row, the teams' and the keys' router_settings; never a value.
 * @throws what the connection throws; SourceError.
 */
export async function readRouterSettings(
  connection: DatabaseConnection,
  server: ServerSource,
): Promise<RouterSettingsSource> {
  const global = planGlobal(server);
  const team = planScoped(server, 'team');
  const key = planScoped(server, 'key');
  const asked = Object.entries({ global, team, key }).flatMap(([level, plan]) =>
    'sql' in plan ? [{ level, sql: plan.sql }] : [],
  );
  const answers = asked.length === 0 ? {} : await ask(connection, asked);
  return {
    global: 'known' in global ? global.known : globalState(answers.global, server),
    team: 'known' in team ? team.known : scopedState('team', answers.team, server),
    key: 'known' in key ? key.known : scopedState('key', answers.key, server),
  };
}

async function ask(
  connection: DatabaseConnection,
  asked: readonly { readonly level: string; readonly sql: string }[],
): Promise<Answer> {
  const parts = asked.map(({ level, sql }) => `'${level}', (${sql}\n)`).join(',\n');
  const answer = await connection.value(`SELECT pg_catalog.jsonb_build_object(${parts}) AS router_settings`, []);
  return parseParts(
    answerSchema,
    answer,
    asked.map(({ level }) => level),
  );
}

function planGlobal(server: ServerSource): Plan<GlobalRouterSettings> {
  const table = findTable(server, CONFIG_TABLE);
  if (table === undefined) return { known: { state: 'no-table' } };
  const call = callFunction(server, 'globalRow');
  // Not answering is no row only where there is no function.
  if (call !== undefined) return { sql: `SELECT COALESCE(${call}, '{}')` };
  if (isReadable(table, ['param_name', 'param_value'])) return { sql: globalRowSql(qualified(table)) };
  return { known: { state: 'hidden', remediation: RUN_SETUP } };
}

function globalState(answer: Answer['global'], server: ServerSource): GlobalRouterSettings {
  if (answer === null || answer === undefined) return { state: 'absent', lastPurge: null };
  if ('madeFor' in answer) return { state: 'hidden', remediation: otherSetup(answer.madeFor, server) };
  if (answer.kind === 'absent') return { state: 'absent', lastPurge: answer.lastPurge };
  return { state: 'present', ...answer };
}

function planScoped(server: ServerSource, scope: Scope): Plan<ScopedRouterSettings> {
  const { table: name, columns } = SCOPES[scope];
  const table = findTable(server, name);
  if (table === undefined) return { known: { state: 'no-table' } };
  if (!table.columns.includes('router_settings')) return { known: { state: 'no-column' } };
  const call = callFunction(server, scope);
  if (call !== undefined) return { sql: `SELECT ${call}` };
  if (isReadable(table, columns)) return { sql: scopedSettingsSql(scope, qualified(table)) };
  return { known: { state: 'hidden', remediation: RUN_SETUP } };
}

function scopedState(scope: Scope, answer: Answer['team'], server: ServerSource): ScopedRouterSettings {
  if (answer === null || answer === undefined) return { state: 'no-column' };
  if ('madeFor' in answer) return { state: 'hidden', remediation: otherSetup(answer.madeFor, server) };
  return { state: 'seen', estimatedRows: findTable(server, SCOPES[scope].table)?.estimatedRows ?? null, ...answer };
}
