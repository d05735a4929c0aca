import * as z from 'zod';
import { AUDITOR_SCHEMA, GLOBAL_ROW_FUNCTION, USER_CONFIG_FUNCTION } from '../../../database/names.ts';
import { AUDITED_COLUMNS, CONFIG_TABLE, SECRET_COLUMNS, SPEND_LOGS_TABLE } from '../../litellm/tables.ts';
import { parseAnswer } from '../answer.ts';
import { readingSchema } from '../litellm/measurement.ts';
import type { ServerSource } from '../snapshot.ts';
import type { DatabaseConnection } from './connect.ts';
import { SERVER_SQL } from './server.sql.ts';

const names = z.array(z.string());
const count = z.number().int().min(0);

const functionRight = z.enum(['executable', 'no-right', 'absent']);

/** The form of a ServerSource, as the database gives it and as it is saved. */
export const serverSchema: z.ZodType<ServerSource> = z.object({
  versionNumber: z.number().int(),
  inRecovery: z.boolean(),
  now: z.string(),
  startedAt: z.string(),
  maxConnections: z.number().int().min(1),
  reserved: z.object({ superuser: count, rds: count, role: count }),
  pendingRestart: names,
  totalBackends: z.number().int(),
  role: z.object({
    name: z.string(),
    seesAllSessions: z.boolean(),
    isIamUser: z.boolean(),
    usesReservedSlots: z.boolean(),
    excessivePrivileges: names,
    writableTables: names,
    readableSecrets: names,
  }),
  litellmSchema: z.string().nullable(),
  otherLitellmSchemas: names,
  tables: z.array(
    z.object({
      schema: z.string(),
      name: z.string(),
      owner: z.string(),
      estimatedRows: z.number().nullable(),
      columns: names,
      readable: names,
    }),
  ),
  globalRowFunction: functionRight,
});

const lookSchema = z.object({ server: serverSchema, activity: readingSchema, userConfigFunction: functionRight });

/** The server, and what the last round trip builds on: the first reading of table activity, and whether requests can be counted. */
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
