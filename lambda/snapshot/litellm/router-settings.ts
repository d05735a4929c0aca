import * as z from 'zod';
import { globalRowSql } from '../../../database/global-row.sql.ts';
import { SCOPES, type Scope, scopedSettingsSql } from '../../../database/scoped-settings.sql.ts';
import { CONFIG_TABLE } from '../../litellm/tables.ts';
import type { DatabaseConnection } from '../postgres/connect.ts';
import { lastPurgeSchema, presentRowSchema, scopedCountsSchema } from '../schema/router-settings.ts';
import type { GlobalRouterSettings, RouterSettingsSource, ScopedRouterSettings, ServerSource } from '../snapshot.ts';
import { hiddenRows, readPart } from './read-part.ts';
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

const functionAnswerSchema = z.union([
  madeForSchema,
  z.discriminatedUnion('kind', [z.object({ kind: z.literal('absent'), lastPurge: lastPurgeSchema }), presentRowSchema]),
]);

/** null: the function found no such column. */
const scopedAnswerSchema = z.union([madeForSchema, scopedCountsSchema]).nullable();

/**
 * The global row, the teams' and the keys' router_settings; never a value. One round trip each, so that a lock on one table costs no other; none
 * for what cannot be read.
 * @throws what the connection throws when it is lost
 */
export async function readRouterSettings(
  connection: DatabaseConnection,
  server: ServerSource,
): Promise<RouterSettingsSource> {
  const readScoped = (scope: Scope) =>
    readPart(connection, {
      name: SCOPES[scope].table,
      plan: planScoped(server, scope),
      schema: scopedAnswerSchema,
      toState: (answer) => scopedState(scope, answer, server),
    });
  return {
    global: await readPart(connection, {
      name: CONFIG_TABLE,
      plan: planGlobal(server),
      // The function always answers; a direct query gives no row where there is none.
      schema: callFunction(server, 'globalRow') === undefined ? functionAnswerSchema.nullable() : functionAnswerSchema,
      toState: (answer) => globalState(answer, server),
    }),
    team: await readScoped('team'),
    key: await readScoped('key'),
  };
}

function planGlobal(server: ServerSource): Plan<GlobalRouterSettings> {
  const table = findTable(server, CONFIG_TABLE);
  if (table === undefined) return { known: { state: 'no-table' } };
  const call = callFunction(server, 'globalRow');
  if (call !== undefined) return { sql: `SELECT ${call}`, table };
  if (isReadable(table, ['param_name', 'param_value'])) {
    return hiddenRows(server, table, RUN_SETUP) ?? { sql: globalRowSql(qualified(table)), table };
  }
  return { known: { state: 'hidden', remediation: RUN_SETUP } };
}

function globalState(answer: z.infer<typeof functionAnswerSchema> | null, server: ServerSource): GlobalRouterSettings {
  if (answer === null) return { state: 'absent', lastPurge: null };
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
  if (call !== undefined) return { sql: `SELECT ${call}`, table };
  if (isReadable(table, columns)) {
    return hiddenRows(server, table, RUN_SETUP) ?? { sql: scopedSettingsSql(scope, qualified(table)), table };
  }
  return { known: { state: 'hidden', remediation: RUN_SETUP } };
}

function scopedState(
  scope: Scope,
  answer: z.infer<typeof scopedAnswerSchema>,
  server: ServerSource,
): ScopedRouterSettings {
  if (answer === null) return { state: 'no-column' };
  if ('madeFor' in answer) return { state: 'hidden', remediation: otherSetup(answer.madeFor, server) };
  return { state: 'seen', estimatedRows: findTable(server, SCOPES[scope].table)?.estimatedRows ?? null, ...answer };
}
