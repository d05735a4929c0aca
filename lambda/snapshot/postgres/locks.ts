import { parseAnswer } from '../answer.ts';
import { type LocksSource, locksSchema } from '../schema/locks.ts';
import type { DatabaseConnection } from './connect.ts';
import { LOCKS_SQL } from './locks.sql.ts';

/**
 * One round trip: who waits for a lock, and behind whom. It takes no lock on a table.
 * @throws what the connection throws; SourceError.
 */
export async function readLocks(connection: DatabaseConnection): Promise<LocksSource> {
  return parseAnswer(locksSchema, await connection.value(LOCKS_SQL, []));
}
