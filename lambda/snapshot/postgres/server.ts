import * as z from 'zod';
import { AUDITOR_SCHEMA, GLOBAL_ROW_FUNCTION, USER_CONFIG_FUNCTION } from '../../../database/names.ts';
import { AUDITED_COLUMNS, CONFIG_TABLE, SECRET_COLUMNS, SPEND_LOGS_TABLE } from '../../litellm/tables.ts';
import { parseAnswer } from '../answer.ts';
import { activityReadingSchema } from '../schema/litellm.ts';
import { functionRightSchema, serverSchema } from '../schema/postgres.ts';
import type { DatabaseConnection } from './connect.ts';
import { SERVER_SQL } from './server.sql.ts';

const lookSchema = z.object({
  server: serverSchema,
  activity: activityReadingSchema,
  userConfigFunction: functionRightSchema,
});

/** The server, and what the last round trip builds on: how busy LiteLLM's tables are, and whether requests can be counted. */
export type ServerLook = z.infer<typeof lookSchema>;

/**
 * One round trip: the server, the auditor's role, LiteLLM's tables and how busy they are.
 * @throws what the connection throws; SourceError.
 */
export async function readServer(
  connection: DatabaseConnection,
  litellmSchema: string | undefined,
): Promise<ServerLook> {
  const answer = await connection.value(SERVER_SQL, [
    JSON.stringify({ ...AUDITED_COLUMNS, [CONFIG_TABLE]: [], [SPEND_LOGS_TABLE]: [] }),
    JSON.stringify(SECRET_COLUMNS),
    litellmSchema ?? null,
    AUDITOR_SCHEMA,
    GLOBAL_ROW_FUNCTION,
    USER_CONFIG_FUNCTION,
  ]);
  return parseAnswer(lookSchema, answer);
}
