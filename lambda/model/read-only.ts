import type { ServerSource } from '../snapshot/snapshot.ts';

type ReadOnlySetting = NonNullable<ServerSource['readOnlySettings']>[number];

/** Why the sessions of a user cannot write, as far as PostgreSQL shows; null when nothing does. */
export type ReadOnlyReason =
  /** The server is a reader: a standby, or a member of a cluster that is not its writer. */
  | 'recovery'
  /** default_transaction_read_only is set for the database or the role. In a parameter group it cannot be seen: the auditor's own session sets it too. */
  | 'setting';

/** Whether, and why, new sessions of these users are read-only on the server. */
export function readOnlyReason(
  { inRecovery, readOnlySettings }: Pick<ServerSource, 'inRecovery' | 'readOnlySettings'>,
  users: readonly string[],
): ReadOnlyReason | null {
  if (inRecovery) return 'recovery';
  const settings = readOnlySettings ?? [];
  return users.some((user) => effective(settings, user)) ? 'setting' : null;
}

/** PostgreSQL takes the most specific one: of the role in this database, of the role, of the database, of all. */
function effective(settings: readonly ReadOnlySetting[], user: string): boolean {
  const own = settings.filter(({ role }) => role === null || role === user);
  const rank = ({ role, inDatabase }: ReadOnlySetting) => (role === null ? 0 : 2) + (inDatabase ? 1 : 0);
  const [first] = own.toSorted((a, b) => rank(b) - rank(a));
  return first?.readOnly ?? false;
}
