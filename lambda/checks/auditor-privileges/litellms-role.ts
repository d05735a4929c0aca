import { AUDITOR_APPLICATION } from '../../model/clients.ts';
import type { Settings } from '../../settings/settings.ts';
import type { ServerSource, Snapshot } from '../../snapshot/snapshot.ts';

/**
 * Whether the role that audits is LiteLLM's: it owns LiteLLM's tables, may act as their owner, is configured as LiteLLM's user, or does not
 * bear the mark of the setup script while other programs log in with it. Its rights come with that, and a REVOKE of them would stop LiteLLM.
 */
export function isLitellmsRole(
  { role, tables }: ServerSource,
  { sources: { sessions } }: Snapshot,
  { litellmUser }: Settings,
): boolean {
  if (role.name === litellmUser) return true;
  const owners = new Set(tables.map(({ owner }) => owner));
  if (owners.has(role.name)) return true;
  if (role.isMarked) return false;
  const actsAsOwner = (role.excess ?? []).some(
    ({ right, object, place }) => place === 'role' && right !== '' && owners.has(object),
  );
  const isUsed =
    sessions.status === 'ok' &&
    sessions.value.groups.some(({ user, application }) => user === role.name && application !== AUDITOR_APPLICATION);
  return actsAsOwner || isUsed;
}
