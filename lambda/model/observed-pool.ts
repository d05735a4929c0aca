import { tokenRefresh } from '../litellm/token-refresh.ts';
import type { LitellmVersion } from '../litellm/version.ts';
import type { Settings } from '../settings/settings.ts';
import type { LitellmClient } from './litellm-clients.ts';
import type { Topology } from './topology.ts';

/**
 * The largest cohort younger than a refresh interval: what a client's pool opened since the last refresh of its IAM token. null for a
 * password login, and when nothing is so young.
 */
export function openedSinceRefresh(
  { iam, cohorts }: LitellmClient,
  version: LitellmVersion | null,
  { tokenRefreshSeconds }: Settings,
): number | null {
  const { seconds } = tokenRefresh(version, tokenRefreshSeconds);
  const young = iam ? cohorts.filter((cohort) => cohort.ageSeconds < seconds) : [];
  return young.length === 0 ? null : Math.max(...young.map(({ sessions }) => sessions));
}

/**
 * Connections that a worker may open: its pool limit, or the more that is seen where a refresh drops the limit (#33021). Behind shared
 * addresses workers cannot be distinguished, and the limit stands.
 */
export function connectionsPerWorker(
  { who, limit, deployment, sharing, version }: Topology,
  settings: Settings,
): number {
  if (limit.droppedByRefresh !== 'yes' || sharing !== null) return limit.perWorker;
  const opened = (who?.clients ?? []).map((client) => openedSinceRefresh(client, version, settings) ?? 0);
  return Math.max(limit.perWorker, Math.ceil(Math.max(0, ...opened) / deployment.workersPerPod));
}

/** The most sessions that one client's pools may hold: limit x workers, or the more that it opened at once where a refresh drops the limit. */
export function mostSessions(
  client: LitellmClient,
  { limit, deployment, version }: Topology,
  settings: Settings,
): number {
  const configured = limit.perWorker * deployment.workersPerPod;
  if (limit.droppedByRefresh !== 'yes') return configured;
  return Math.max(configured, openedSinceRefresh(client, version, settings) ?? 0);
}
