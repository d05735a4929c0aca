import * as z from 'zod';
import { AUDIT_FUNCTIONS, SETUP_COMMENT } from '../../../database/names.ts';
import { SCOPES } from '../../../database/scoped-settings.sql.ts';
import { AUDITED_COLUMNS, CONFIG_TABLE, SPEND_LOGS_TABLE } from '../../litellm/tables.ts';
import type { Tuning } from '../../settings/tuning.ts';
import { parseAnswer } from '../answer.ts';
import { activityReadingSchema } from '../schema/litellm.ts';
import { serverSchema } from '../schema/postgres.ts';
import { tablesSchema } from '../schema/tables.ts';
import type { DatabaseConnection } from './connect.ts';
import { SERVER_SQL } from './server.sql.ts';

const lookSchema = z.object({ server: serverSchema, activity: activityReadingSchema, tables: tablesSchema });

/** The server, how busy LiteLLM's tables are, and how large. */
export type ServerLook = z.infer<typeof lookSchema>;

/** The columns that are granted to the auditor's role, and those that an audit reads without a function where the role may. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  ...AUDITED_COLUMNS,
  ...Object.fromEntries(Object.values(SCOPES).map(({ table, columns }) => [table, columns])),
  [CONFIG_TABLE]: ['param_name', 'param_value'],
  [SPEND_LOGS_TABLE]: ['startTime', 'proxy_server_request'],
};

/**
 * One round trip: the server, the auditor's role, LiteLLM's tables and how busy they are.
 * @throws what the connection throws; SourceError.
 */
export async function readServer(
  connection: DatabaseConnection,
  { litellmSchema, auditorSchema }: Pick<Tuning, 'litellmSchema' | 'auditorSchema'>,
): Promise<ServerLook> {
  const answer = await connection.value(SERVER_SQL, [
    JSON.stringify(COLUMNS),
    JSON.stringify(Object.keys(COLUMNS)),
    litellmSchema ?? null,
    auditorSchema,
    JSON.stringify(AUDIT_FUNCTIONS),
    SETUP_COMMENT,
    JSON.stringify(AUDITED_COLUMNS),
  ]);
  return parseAnswer(lookSchema, answer);
}
