import type { Snapshot } from '../snapshot/snapshot.ts';
import type { LitellmClients } from './litellm-clients.ts';
import { isSameStart } from './since-previous.ts';
import type { SlotUse } from './slots.ts';

/** Sessions at an earlier audit and now. */
export type SessionsSince = {
  readonly at: string;
  readonly litellm: { readonly before: number; readonly now: number };
  readonly others: { readonly before: number; readonly now: number };
};

/** How the sessions of LiteLLM and of others changed; null where the earlier audit did not see them all, or saw another server or start of it. */
export function sessionsSince(
  { sources: { previous, server } }: Snapshot,
  who: LitellmClients | null,
  slots: SlotUse,
): SessionsSince | null {
  if (who === null || previous.status !== 'ok' || server.status !== 'ok') return null;
  const { takenAt, sessions, holders, holderCount, serverStartedAt } = previous.value;
  const seen = holders.reduce((sum, holder) => sum + holder.sessions, 0);
  const isWhole = sessions !== null && holderCount <= holders.length && seen >= sessions;
  if (!isWhole || !isSameStart(serverStartedAt, server.value.startedAt)) return null;
  const own = holders.filter(
    ({ user, database, application }) =>
      who.users.includes(user) && database === who.databaseName && application === who.application,
  );
  const before = own.reduce((sum, holder) => sum + holder.sessions, 0);
  return {
    at: takenAt,
    litellm: { before, now: who.sessions },
    others: { before: sessions - before, now: Math.max(0, slots.used - who.sessions) },
  };
}
