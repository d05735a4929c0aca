import * as z from 'zod';
import type { Settings } from '../../settings/settings.ts';
import { parseAnswer } from '../answer.ts';
import type { SessionsSource } from '../snapshot.ts';
import type { DatabaseConnection } from './connect.ts';
import { SESSIONS_SQL } from './sessions.sql.ts';

const count = z.number().int().min(0);
const time = z.string().nullable();
const client = { user: z.string(), database: z.string(), clientAddress: z.string().nullable() };

/** The form of a SessionsSource, as the database gives it and as it is saved. */
export const sessionsSchema: z.ZodType<SessionsSource> = z.object({
  total: count,
  hidden: count,
  groups: z.array(
    z.object({
      ...client,
      application: z.string(),
      state: z.string().nullable(),
      tls: z.boolean().nullable(),
      iam: z.boolean(),
      count,
      oldestBackendStart: time,
      oldestStateChange: time,
    }),
  ),
  groupCount: count,
  cohorts: z.array(
    z.object({
      ...client,
      iam: z.boolean(),
      firstStart: z.string(),
      lastStart: z.string(),
      count,
      idle: count,
      oldestIdleSince: time,
      newestIdleSince: time,
    }),
  ),
  cohortCount: count,
  idleTransactions: z.array(
    z.object({
      ...client,
      pid: z.number().int(),
      application: z.string(),
      transactionSeconds: z.number(),
      idleSeconds: z.number(),
      blocking: count,
    }),
  ),
  idleTransactionCount: count,
});

/** Of the time between two refreshes of the IAM token: 30 s of 12 min. A pool opens its connections within it, and the next refresh is far off. */
const COHORT_GAP = 1 / 24;

/**
 * One round trip: who holds connections. The auditor's own is left out.
 * @throws what the connection throws; SourceError.
 */
export async function readSessions(
  connection: DatabaseConnection,
  { tokenRefreshSeconds }: Pick<Settings, 'tokenRefreshSeconds'>,
): Promise<SessionsSource> {
  return parseAnswer(sessionsSchema, await connection.value(SESSIONS_SQL, [tokenRefreshSeconds * COHORT_GAP]));
}
