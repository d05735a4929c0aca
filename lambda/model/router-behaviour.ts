import { counted } from '../core/text.ts';
import type { ActivitySeen, SessionGroup, Snapshot } from '../snapshot/snapshot.ts';
import { RDS_ROLE } from './clients.ts';

type Measured = Extract<ActivitySeen, { readonly state: 'seen' }>;

/**
 * Whether LiteLLM asks "LiteLLM_Config" for each of its requests.
 * - per-request: look-ups follow the requests, so it builds Routers.
 * - independent: they do not.
 * - quiet: there was nothing to compare, and no look-ups beyond polling either.
 * - unclear: measured, but it tells nothing.
 */
export type RouterBehaviour =
  | { readonly verdict: 'not-measured'; readonly reason: string }
  | {
      readonly verdict: 'per-request' | 'independent' | 'quiet' | 'unclear';
      /** One clause with the numbers. */
      readonly reason: string;
      readonly activity: Measured;
      /** The most look-ups that polling explains; null when the number of workers could not be told. */
      readonly polling: number | null;
    };

/** Look-ups a worker makes in 30 s when store_model_in_db is on, at the most (knowledge/litellm.md section 6). */
const POLLING_LOOKUPS = 20;
const POLLING_SECONDS = 30;
/** Half of LiteLLM's default pool of 10, and what Prisma's own default leaves on two CPUs: rather too many workers than too few. */
const SESSIONS_PER_WORKER = 5;
/** Fewer tell nothing of a share. [?] */
const FEWEST_REQUESTS = 10;
/** Look-ups beyond polling. [?] */
const FEWEST_LOOKUPS = 10;
/**
 * Look-ups beyond polling for each request. About 1 is expected, but spend logs are written in batches of 10 to 15 s, so that a window of 5 s
 * can hold three times the requests of its look-ups, or a third. [?]
 */
const FOLLOWS = { least: 1 / 4, most: 4 } as const;
/** Look-ups for each request, polling included: too few to follow requests even if batches piled up. [?] */
const INDEPENDENT = 1 / 10;

/** What the two readings of table activity tell, with the reason. */
export function routerBehaviour(snapshot: Snapshot): RouterBehaviour {
  const { litellm } = snapshot.sources;
  if (litellm.status !== 'ok') {
    return { verdict: 'not-measured', reason: 'the activity of LiteLLM could not be read' };
  }
  const { activity } = litellm.value;
  switch (activity.state) {
    case 'not-measured':
      return { verdict: 'not-measured', reason: activity.reason };
    case 'no-table':
      return { verdict: 'not-measured', reason: "LiteLLM's tables are not there" };
    case 'seen':
      return compare(activity, pollingLookups(snapshot, activity.seconds));
  }
}

function compare(activity: Measured, polling: number | null): RouterBehaviour {
  const { configScans, spendLogRows, reset } = activity;
  const answer = (verdict: Exclude<RouterBehaviour['verdict'], 'not-measured'>, reason: string) => ({
    verdict,
    reason,
    activity,
    polling,
  });
  const numbers = numbersOf(activity);
  if (reset) return answer('unclear', "PostgreSQL's statistics were reset between the two readings");
  if (polling === null) return answer('unclear', `${numbers}, and how many workers poll could not be told`);
  const beyond = configScans - polling;
  if (spendLogRows < FEWEST_REQUESTS) {
    return beyond < FEWEST_LOOKUPS
      ? answer('quiet', `${numbers}: too few requests to compare, and no more look-ups than polling makes`)
      : answer('unclear', `${numbers}: more look-ups than the ${polling} of polling, but too few requests to compare`);
  }
  if (configScans / spendLogRows < INDEPENDENT) {
    return answer('independent', `${numbers}: the look-ups do not follow the requests`);
  }
  const perRequest = beyond / spendLogRows;
  if (beyond >= FEWEST_LOOKUPS && perRequest >= FOLLOWS.least && perRequest <= FOLLOWS.most) {
    return answer('per-request', `${numbers}, beside at most ${polling} of polling: the look-ups follow the requests`);
  }
  return answer('unclear', `${numbers}, beside at most ${polling} of polling: that fits neither answer`);
}

function numbersOf({ configScans, spendLogRows, seconds }: Measured): string {
  return `${counted(configScans, 'look-up')} of "LiteLLM_Config" and ${counted(spendLogRows, 'request')} in ${Math.round(seconds)} s`;
}

/** Workers may all poll in one short window, so a part of 30 s counts as 30 s. */
function pollingLookups(snapshot: Snapshot, seconds: number): number | null {
  const workers = workersOf(snapshot);
  return workers === null ? null : workers * POLLING_LOOKUPS * Math.max(1, Math.ceil(seconds / POLLING_SECONDS));
}

/** The versions in question write no heartbeats, so the workers are estimated from the sessions of each address; null without sessions. */
function workersOf({ sources: { sessions, connection } }: Snapshot): number | null {
  if (sessions.status !== 'ok' || connection.status !== 'ok') return null;
  const { databaseName } = connection.value;
  const own = sessions.value.groups.filter(({ database, user }) => database === databaseName && user !== RDS_ROLE);
  const byAddress = [...Map.groupBy(own, ({ clientAddress }) => clientAddress).values()];
  return Math.max(
    1,
    byAddress.reduce((workers, groups) => workers + Math.ceil(sessionsIn(groups) / SESSIONS_PER_WORKER), 0),
  );
}

function sessionsIn(groups: readonly SessionGroup[]): number {
  return groups.reduce((total, { count }) => total + count, 0);
}
