import type { Snapshot } from '../snapshot/snapshot.ts';
import { clientName } from './clients.ts';

const MOST = 5;

/** Who held the connections at an earlier audit: what is known of them while nobody can connect. */
export type HoldersBefore = {
  readonly at: string;
  readonly sessions: number;
  /** Most first. */
  readonly holders: readonly { readonly client: string; readonly sessions: number }[];
};

/** null without an earlier audit that saw the sessions. */
export function holdersBefore({ sources: { previous } }: Snapshot): HoldersBefore | null {
  if (previous.status !== 'ok' || previous.value.sessions === null) return null;
  const { takenAt, sessions, holders } = previous.value;
  const clients = Map.groupBy(holders, clientName);
  return {
    at: takenAt,
    sessions,
    holders: [...clients]
      .map(([client, own]) => ({ client, sessions: own.reduce((sum, holder) => sum + holder.sessions, 0) }))
      .sort((a, b) => b.sessions - a.sessions)
      .slice(0, MOST),
  };
}

/** ` The audit at 11:45 UTC saw 380 sessions, most of litellm@10.0.3.17 (120).`; empty without one. */
export function holdersBeforeText(before: HoldersBefore | null): string {
  if (before === null) return '';
  const [most] = before.holders;
  const whose = most === undefined ? '' : `, most of them of ${most.client} (${most.sessions})`;
  return ` The audit at ${before.at.slice(11, 16)} UTC saw ${before.sessions} sessions${whose}.`;
}
