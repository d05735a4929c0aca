import { counted } from '../core/text.ts';
import type { ActivitySeen, Snapshot } from '../snapshot/snapshot.ts';
import type { Topology } from './topology.ts';

type Measured = Extract<ActivitySeen, { readonly state: 'seen' }>;

/**
 * Whether LiteLLM queries "LiteLLM_Config" for each of its requests.
 * - per-request: lookups follow the requests, so it builds Routers.
 * - independent: they do not.
 * - quiet: there was nothing to compare, and no lookups beyond polling either.
 * - unclear: measured, but it shows nothing.
 */
export type RouterBehaviour =
  | { readonly verdict: 'not-measured'; readonly reason: string }
  | {
      readonly verdict: 'per-request' | 'independent' | 'quiet' | 'unclear';
      /** One clause with the numbers. */
      readonly reason: string;
      readonly activity: Measured;
      /** The most lookups that polling explains; null when the number of workers is not known. */
      readonly polling: number | null;
    };

/** The most lookups that a worker makes in 30 s when store_model_in_db is on (knowledge/litellm.md section 6). */
const POLLING_LOOKUPS = 20;
const POLLING_SECONDS = 30;
/** Half of LiteLLM's default pool of 10, and what Prisma's own default leaves on two CPUs: rather too many workers than too few. */
const SESSIONS_PER_WORKER = 5;
/** Fewer say nothing about a share. Not confirmed. */
const FEWEST_REQUESTS = 10;
/** Lookups beyond polling. Not confirmed. */
const FEWEST_LOOKUPS = 10;
/**
 * Lookups beyond polling for each request. About 1 is expected, but spend logs are written in batches of 10 to 15 s, so that a window of 5 s
 * can hold three times the requests of its lookups, or a third. Not confirmed.
 */
const FOLLOWS = { least: 1 / 4, most: 4 } as const;
/** Lookups for each request, polling included: too few to follow requests even if batches piled up. Not confirmed. */
const INDEPENDENT = 1 / 10;

/** What the two readings of table activity show, with the reason. */
export function routerBehaviour({ sources: { litellm } }: Snapshot, topology: Topology | null): RouterBehaviour {
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
      return compare(activity, pollingLookups(topology, activity.seconds));
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
  const numbers = describeReadings(activity);
  if (reset) return answer('unclear', "PostgreSQL's statistics were reset between the two readings");
  if (polling === null) return answer('unclear', `${numbers}, and how many workers poll is not known`);
  const beyond = configScans - polling;
  if (spendLogRows < FEWEST_REQUESTS) {
    return beyond < FEWEST_LOOKUPS
      ? answer('quiet', `${numbers}: too few requests to compare, and no more lookups than polling makes`)
      : answer('unclear', `${numbers}: more lookups than the ${polling} of polling, but too few requests to compare`);
  }
  if (configScans / spendLogRows < INDEPENDENT) {
    return answer('independent', `${numbers}: the lookups do not follow the requests`);
  }
  const perRequest = beyond / spendLogRows;
  if (beyond >= FEWEST_LOOKUPS && perRequest >= FOLLOWS.least && perRequest <= FOLLOWS.most) {
    return answer('per-request', `${numbers}, besides at most ${polling} of polling: the lookups follow the requests`);
  }
  return answer('unclear', `${numbers}, besides at most ${polling} of polling: that fits neither answer`);
}

function describeReadings({ configScans, spendLogRows, seconds }: Measured): string {
  return `${counted(configScans, 'lookup')} of "LiteLLM_Config" and ${counted(spendLogRows, 'request')} in ${Math.round(seconds)} s`;
}

/** Workers may all poll in one short window, so a part of 30 s counts as 30 s. */
function pollingLookups(topology: Topology | null, seconds: number): number | null {
  const workers = estimateWorkers(topology);
  return workers === null ? null : workers * POLLING_LOOKUPS * Math.max(1, Math.ceil(seconds / POLLING_SECONDS));
}

/** The versions in question write no heartbeats, so the workers are estimated from the sessions of each client; null without sessions. */
function estimateWorkers(topology: Topology | null): number | null {
  if (topology === null) return null;
  const clients = topology.who?.clients ?? [];
  return Math.max(
    1,
    clients.reduce((workers, { sessions }) => workers + Math.ceil(sessions / SESSIONS_PER_WORKER), 0),
  );
}
