import type { Settings } from '../../settings/settings.ts';
import { parseAnswer } from '../answer.ts';
import { type SessionsSource, sessionsSchema } from '../schema/postgres.ts';
import type { DatabaseConnection } from './connect.ts';
import { SESSIONS_SQL } from './sessions.sql.ts';

/** A pool opens its connections with less time between them, and the next refresh of an IAM token is far off. */
const COHORT_GAP_SECONDS = 30;
/** The same, of a time between two refreshes that is configured. */
const COHORT_GAP = 1 / 24;

/**
 * One round trip: who holds connections. The auditor's own is left out.
 * @throws what the connection throws; SourceError.
 */
export async function readSessions(
  connection: DatabaseConnection,
  { tokenRefreshSeconds }: Pick<Settings, 'tokenRefreshSeconds'>,
): Promise<SessionsSource> {
  const gap = tokenRefreshSeconds === undefined ? COHORT_GAP_SECONDS : tokenRefreshSeconds * COHORT_GAP;
  return parseAnswer(sessionsSchema, await connection.value(SESSIONS_SQL, [gap]));
}
