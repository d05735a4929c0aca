import type { PoolCohort } from '../../model/cohorts.ts';
import type { LitellmClient } from '../../model/litellm-clients.ts';
import type { PoolHistory } from '../../model/pool-history.ts';

/** One client's sessions that its living pool does not have any more. */
export interface Orphans {
  readonly client: LitellmClient;
  readonly history: PoolHistory;
  /** Slots lost: what is certain, so perhaps fewer than the cohorts hold. */
  readonly sessions: number;
  /** Oldest first. */
  readonly cohorts: readonly PoolCohort[];
  /** The most sessions that the pools of the client may hold. */
  readonly ceiling: number;
  /**
   * They may be of a pool that lives: its idle connections can be idle for hours, since the last one returned is the first one taken. Only the steps of
   * token refreshes show that pools were replaced, and only while no pool at work is older than a refresh leaves one.
   */
  readonly mayBeLivingPool: boolean;
  /** Of a password login: so many of the cohorts are whole pools of one worker each. */
  readonly wholePools: number;
}

/** Fewer may be of a size by chance. */
const FEWEST_WHOLE_POOLS = 3;

/**
 * The sessions of a client that its pool does not use any more; null when there are none. Of an IAM login those are what its history calls old. A
 * password has no token life: of those cohorts what exceeds `ceiling` counts, the oldest first, or those that are whole pools. A worker that lives
 * uses its pool for its own jobs: when all connections that it may open are idle, it is gone.
 * @param perWorker the pool limit of one worker
 */
export function findOrphans(
  client: LitellmClient,
  history: PoolHistory,
  { ceiling, perWorker }: { readonly ceiling: number; readonly perWorker: number },
): Orphans | null {
  const { old, staircase, tokenRefresh } = history;
  const excess = client.sessions - ceiling;
  const whole = client.iam ? [] : old.filter(({ sessions }) => sessions === perWorker);
  const isWhole = whole.length >= FEWEST_WHOLE_POOLS && sum(whole) > excess;
  const above = isWhole ? whole : oldestUpTo(old, excess);
  const cohorts = client.iam ? old : above;
  const held = client.iam || isWhole ? sum(cohorts) : Math.min(sum(cohorts), excess);
  // Those under another application's name may be among the cohorts.
  const sessions = held - client.otherApplications;
  if (sessions < 1) return null;
  return {
    client,
    history,
    sessions,
    cohorts,
    ceiling,
    mayBeLivingPool: !(client.iam && staircase && tokenRefresh !== 'overdue'),
    wholePools: whole.length >= FEWEST_WHOLE_POOLS ? whole.length : 0,
  };
}

function oldestUpTo(cohorts: readonly PoolCohort[], excess: number): readonly PoolCohort[] {
  return cohorts.filter((_, index) => sum(cohorts.slice(0, index)) < excess);
}

function sum(cohorts: readonly PoolCohort[]): number {
  return cohorts.reduce((total, { sessions }) => total + sessions, 0);
}
