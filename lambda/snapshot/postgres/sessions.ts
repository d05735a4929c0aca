import * as z from 'zod';
import type { Settings } from '../../settings/settings.ts';
import { parseAnswer } from '../answer.ts';
import { locksSchema } from '../schema/locks.ts';
import { sessionsSchema } from '../schema/postgres.ts';
import type { DatabaseConnection } from './connect.ts';
import { LOCKS_SQL } from './locks.sql.ts';
import { SESSIONS_SQL } from './sessions.sql.ts';

/** A pool opens its connections with less time between them, and the next refresh of an IAM token is far off. */
const COHORT_GAP_SECONDS = 30;
/** The same, of a time between two refreshes that is configured. */
const COHORT_GAP = 1 / 24;

const answerSchema = z.object({ sessions: sessionsSchema, locks: locksSchema });
type SessionsAndLocks = z.infer<typeof answerSchema>;

const SQL = `SELECT pg_catalog.jsonb_build_object('sessions', (${SESSIONS_SQL}\n), 'locks', (${LOCKS_SQL}\n)) AS activity`;

/**
 * One round trip: who holds connections, who waits for a lock, and behind whom. The auditor's own session is left out.
 * @throws what the connection throws; SourceError.
 */
export async function readSessionsAndLocks(
  connection: DatabaseConnection,
  { tokenRefreshSeconds }: Pick<Settings, 'tokenRefreshSeconds'>,
): Promise<SessionsAndLocks> {
  const gap = tokenRefreshSeconds === undefined ? COHORT_GAP_SECONDS : tokenRefreshSeconds * COHORT_GAP;
  return parseAnswer(answerSchema, await connection.value(SQL, [gap]));
}
