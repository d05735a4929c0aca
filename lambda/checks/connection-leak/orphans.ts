import type { PoolCohort } from '../../model/cohorts.ts';
import type { LitellmClient } from '../../model/litellm-clients.ts';
import type { Settings } from '../../settings/settings.ts';

/** Gaps between cohorts count as refreshes when they differ from the interval by no more than this part of it. */
const STEP_TOLERANCE = 0.2;

/** One client's sessions that its living pool does not have any more. */
export interface Orphans {
  readonly client: LitellmClient;
  /** Slots lost: what is certain, so perhaps fewer than the cohorts hold. */
  readonly sessions: number;
  /** Oldest first. */
  readonly cohorts: readonly PoolCohort[];
  /** The newest cohort, the pool in use; null when the list of cohorts ends before it. */
  readonly living: PoolCohort | null;
  /** Sessions under another application's name that may be among the cohorts: taken off `sessions`. */
  readonly otherApplications: number;
  /** Median time between the starts of all of the client's cohorts, seconds; null for fewer than three. */
  readonly stepSeconds: number | null;
  /** That time is about the refresh interval: each refresh left a pool behind. */
  readonly staircase: boolean;
}

/**
 * The sessions of a client that its pool does not use any more; null when there are none. Cohorts older than two token lives in which every
 * session has been idle for a refresh interval or more, but never the newest, which is the pool in use. A password has no token life: of
 * those cohorts only what exceeds `ceiling` counts, the oldest first.
 */
export function findOrphans(client: LitellmClient, ceiling: number, settings: Settings): Orphans | null {
  const living = client.newestSeen ? (client.cohorts.at(-1) ?? null) : null;
  const stale = client.cohorts.filter((cohort) => cohort !== living && isStale(cohort, settings));
  const cohorts = client.iam ? stale : oldestUpTo(stale, client.sessions - ceiling);
  const held = sum(cohorts);
  const sessions = (client.iam ? held : Math.min(held, client.sessions - ceiling)) - client.otherApplications;
  if (sessions < 1) return null;
  const stepSeconds = medianStep(client.cohorts);
  return {
    client,
    sessions,
    cohorts,
    living,
    otherApplications: client.otherApplications,
    stepSeconds,
    staircase:
      stepSeconds !== null &&
      Math.abs(stepSeconds - settings.tokenRefreshSeconds) <= STEP_TOLERANCE * settings.tokenRefreshSeconds,
  };
}

function isStale(
  { ageSeconds, idleSeconds }: PoolCohort,
  { tokenLifeSeconds, tokenRefreshSeconds }: Settings,
): boolean {
  return ageSeconds > 2 * tokenLifeSeconds && idleSeconds !== null && idleSeconds >= tokenRefreshSeconds;
}

function oldestUpTo(cohorts: readonly PoolCohort[], excess: number): readonly PoolCohort[] {
  return cohorts.filter((_, index) => sum(cohorts.slice(0, index)) < excess);
}

function sum(cohorts: readonly PoolCohort[]): number {
  return cohorts.reduce((total, { sessions }) => total + sessions, 0);
}

function medianStep(cohorts: readonly PoolCohort[]): number | null {
  const starts = cohorts.map(({ firstStart }) => Date.parse(firstStart));
  const steps = starts.slice(1).map((start, index) => start - (starts[index] ?? start));
  if (steps.length < 2) return null;
  const median = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
  return Math.round(median / 1000);
}
