import { median } from '../core/median.ts';
import { refreshSteps, tokenRefresh } from '../litellm/token-refresh.ts';
import type { LitellmVersion } from '../litellm/version.ts';
import type { Settings } from '../settings/settings.ts';
import type { PoolCohort } from './cohorts.ts';
import type { LitellmClient } from './litellm-clients.ts';

/** Gaps between cohorts count as refreshes when they differ from an interval by no more than this part of it. */
const STEP_TOLERANCE = 0.2;
/** Of the gaps: what has to be like that, since a peak of load opens a cohort of its own. */
const STEPS_SHARE = 2 / 3;
/** Two gaps make no pattern less, one makes none. */
const FEWEST_GAPS = 2;
/** Of the time between two refreshes, 2 of 12 min: LiteLLM's own jobs use a pool that lives more often. */
const AT_WORK_SHARE = 1 / 6;

/** What the start times of one client's sessions say about its pools. */
export interface PoolHistory {
  /**
   * Cohorts that are old and idle, while the client has a pool that is not theirs: oldest first. A pool of an IAM login opens connections only as long
   * as its token lives, so a later cohort is of another pool. A password has no such end: there any later cohort counts.
   */
  readonly old: readonly PoolCohort[];
  /** Its sessions started so that one pool may have opened all of them. false where the start times are not seen. */
  readonly isOnePool: boolean;
  /** The newest cohort; null when the list of cohorts ends before it. */
  readonly newest: PoolCohort | null;
  /** A pool that is newer than all of `old` is at work. */
  readonly newerAtWork: boolean;
  /** Median time between the starts of all cohorts, seconds; null for fewer than three. */
  readonly stepSeconds: number | null;
  /** The starts are as far apart as refreshes are: each left a pool behind. */
  readonly staircase: boolean;
  /** Of an IAM login: whether refreshes replace the pool. `overdue`: a pool at work is older than any refresh leaves one. */
  readonly tokenRefresh: 'replaces-pools' | 'overdue' | 'not-known';
}

/** Reads the history of one client's pools. `version` is null when it is not known. */
export function poolHistory(
  client: LitellmClient,
  version: LitellmVersion | null,
  { tokenLifeSeconds, tokenRefreshSeconds }: Settings,
): PoolHistory {
  const { cohorts, iam, newestSeen } = client;
  const { seconds, pooledSeconds } = tokenRefresh(version, tokenRefreshSeconds);
  const apart = iam ? tokenLifeSeconds : 0;
  const isOld = ({ ageSeconds }: PoolCohort) => ageSeconds > 2 * tokenLifeSeconds;
  const isAtWork = ({ idleSeconds }: PoolCohort) => idleSeconds === null || idleSeconds <= seconds * AT_WORK_SHARE;
  const laterThan = (cohort: PoolCohort) => cohorts.filter((other) => startsAfter(other, cohort, apart));
  const old = cohorts.filter(
    (cohort) =>
      isOld(cohort) &&
      cohort.idleSeconds !== null &&
      cohort.idleSeconds >= seconds &&
      // The list is cut at its newest end: there are later ones than those that are seen.
      (!newestSeen || laterThan(cohort).length > 0),
  );
  const gaps = gapsBetween(cohorts);
  const last = old.at(-1);
  const unreplaced = cohorts.some(
    (cohort) => isAtWork(cohort) && isOld(cohort) && cohort.ageSeconds > (pooledSeconds ?? 0) + seconds,
  );
  const first = cohorts[0];
  // An IAM refresh replaces the pool: what started so much later is of the next one.
  const nextPool = iam ? seconds * (1 - STEP_TOLERANCE) : Number.POSITIVE_INFINITY;
  return {
    old,
    isOnePool: first !== undefined && old.length === 0 && !cohorts.some((other) => startsAfter(other, first, nextPool)),
    newest: newestSeen ? (cohorts.at(-1) ?? null) : null,
    newerAtWork: last !== undefined && newestSeen && laterThan(last).some(isAtWork),
    stepSeconds: gaps.length < FEWEST_GAPS ? null : Math.round(median(gaps)),
    staircase: refreshSteps(tokenRefreshSeconds).some((step) => isStaircase(gaps, step)),
    tokenRefresh: !iam
      ? 'not-known'
      : unreplaced
        ? 'overdue'
        : cohorts.some((cohort) => laterThan(cohort).length > 0)
          ? 'replaces-pools'
          : 'not-known',
  };
}

function startsAfter(other: PoolCohort, cohort: PoolCohort, seconds: number): boolean {
  return Date.parse(other.firstStart) - Date.parse(cohort.lastStart) > seconds * 1000;
}

function isStaircase(gaps: readonly number[], step: number): boolean {
  const fitting = gaps.filter((gap) => Math.abs(gap - step) <= STEP_TOLERANCE * step);
  return fitting.length >= FEWEST_GAPS && fitting.length >= STEPS_SHARE * gaps.length;
}

/** Seconds from each start to the next. */
function gapsBetween(cohorts: readonly PoolCohort[]): readonly number[] {
  const starts = cohorts.map(({ firstStart }) => Date.parse(firstStart));
  return starts.slice(1).map((start, index) => (start - (starts[index] ?? start)) / 1000);
}
