import type { Snapshot } from '../snapshot/snapshot.ts';

/** The last time at which every connection to the database ended. */
export interface LastInterruption {
  /** ISO 8601. */
  readonly at: string;
  readonly secondsAgo: number;
  /** failover: RDS says so, and another server may have taken over. restart: the server was started then. */
  readonly kind: 'failover' | 'restart';
}

const DAY_SECONDS = 86_400;
/** RDS's category for the events of a failover. */
const FAILOVER = 'failover';

/** The last failover or restart of the last day; null when there was none, or none was seen. */
export function lastInterruption({ sources: { server, rds }, takenAt }: Snapshot): LastInterruption | null {
  const failovers = failoverTimes(rds).map((at) => ({ at, kind: 'failover' as const }));
  const starts = server.status === 'ok' ? [{ at: server.value.startedAt, kind: 'restart' as const }] : [];
  const now = server.status === 'ok' ? Date.parse(server.value.now) : Date.parse(takenAt);
  const recent = [...starts, ...failovers]
    .map((one) => ({ ...one, secondsAgo: Math.max(0, Math.round((now - Date.parse(one.at)) / 1000)) }))
    .filter(({ secondsAgo }) => secondsAgo <= DAY_SECONDS);
  // A failover restarts a server too, and says more.
  return recent.findLast(({ kind }) => kind === 'failover') ?? recent[0] ?? null;
}

/** When RDS failed over in the last day, oldest first. */
export function failoverTimes(rds: Snapshot['sources']['rds']): readonly string[] {
  if (rds.status !== 'ok' || rds.value.events.state !== 'seen') return [];
  return rds.value.events.events.filter(({ categories }) => categories.includes(FAILOVER)).map(({ at }) => at);
}
