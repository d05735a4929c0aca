import type { Settings } from '../settings/settings.ts';
import type { LitellmClient } from './litellm-clients.ts';
import type { Topology } from './topology.ts';

/**
 * The largest cohort younger than a refresh interval: what a client's pool opened since the last refresh of its IAM token. null for a
 * password login, and when nothing is so young.
 */
export function openedSinceRefresh({ iam, cohorts }: LitellmClient, { tokenRefreshSeconds }: Settings): number | null {
  const young = iam ? cohorts.filter((cohort) => cohort.ageSeconds < tokenRefreshSeconds) : [];
  return young.length === 0 ? null : Math.max(...young.map(({ sessions }) => sessions));
}

/**
 * Connections that a worker may open: its pool limit, or the more that is seen where a refresh drops the limit (#33021). Behind shared
 * addresses workers cannot be distinguished, and the limit stands.
 */
export function connectionsPerWorker({ who, limit, deployment, sharing }: Topology, settings: Settings): number {
  if (limit.droppedByRefresh !== 'yes' || sharing !== null) return limit.perWorker;
  const opened = (who?.clients ?? []).map((client) => openedSinceRefresh(client, settings) ?? 0);
  return Math.max(limit.perWorker, Math.ceil(Math.max(0, ...opened) / deployment.workersPerPod));
}
