import type { Settings } from '../../settings/settings.ts';
import { parseAnswer } from '../answer.ts';
import { type SessionsSource, sessionsSchema } from '../schema/postgres.ts';
import type { DatabaseConnection } from './connect.ts';
import { SESSIONS_SQL } from './sessions.sql.ts';

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
