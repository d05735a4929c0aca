import { counted, durationText } from '../core/text.ts';
import { CONFIG_POLLING } from '../litellm/config-polling.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type CountedSince, countedSince } from './since-previous.ts';
import type { Topology } from './topology.ts';

type Verdict = 'per-request' | 'independent' | 'quiet' | 'unclear';

/**
 * Whether LiteLLM queries "LiteLLM_Config" for each of its requests, by what was counted between two audits. That is so on the versions of the
 * per-request Router, whatever is set, and on no other: it shows the version, and not whether a Router is built. Requests of keys and teams with
 * settings of their own leave no trace.
 * - per-request: lookups follow the requests.
 * - independent: they do not.
 * - quiet: there was nothing to compare, and no lookups beyond polling either.
 * - unclear: counted, but it shows nothing.
 */
export type RouterLookups =
  | { readonly verdict: 'not-measured'; readonly reason: string }
  | {
      readonly verdict: Verdict;
      /** One clause with the numbers. */
      readonly reason: string;
      readonly counted: CountedSince;
      /** The most lookups that polling explains; null when the number of workers is not known. */
      readonly polling: number | null;
    };

/** Half of LiteLLM's default pool of 10, and what Prisma's own default leaves on two cores: rather too many workers than too few. */
const SESSIONS_PER_WORKER = 5;
/** Fewer say nothing about a share. Our own choice. */
const FEWEST_REQUESTS = 10;
/** Lookups beyond polling. Our own choice. */
const FEWEST_LOOKUPS = 10;
/**
 * Lookups beyond polling for each request. About 1 is expected, but spend logs are written in batches of 10 to 15 s: a short time between the audits
 * can hold three times the requests of its lookups, or a third.
 */
const FOLLOWS = { longSeconds: 60, long: { least: 1 / 2, most: 2 }, short: { least: 1 / 4, most: 4 } } as const;
/** Lookups for each request, polling included: too few to follow requests even if batches piled up. */
const INDEPENDENT = 1 / 10;

/** What two audits show of the lookups, with the reason. */
export function routerLookups(snapshot: Snapshot, topology: Topology | null): RouterLookups {
  const since = countedSince(snapshot);
  if ('missing' in since) return { verdict: 'not-measured', reason: since.missing };
  const polling = pollingLookups(topology, since.seconds);
  return { ...compare(since, polling), counted: since, polling };
}

function compare(since: CountedSince, polling: number | null): { readonly verdict: Verdict; readonly reason: string } {
  const { lookups, requests, seconds } = since;
  const numbers = `${counted(lookups, 'lookup')} of "LiteLLM_Config" and ${counted(requests, 'request')} in ${durationText(seconds)}`;
  if (polling === null) {
    return { verdict: 'unclear', reason: `${numbers}, and how many workers poll is not known` };
  }
  const beyond = lookups - polling;
  if (requests < FEWEST_REQUESTS) {
    return beyond < FEWEST_LOOKUPS
      ? { verdict: 'quiet', reason: `${numbers}: too few requests to compare, and no more lookups than polling makes` }
      : {
          verdict: 'unclear',
          reason: `${numbers}: more lookups than the ${polling} of polling, but too few requests to compare`,
        };
  }
  if (lookups / requests < INDEPENDENT) {
    return { verdict: 'independent', reason: `${numbers}: the lookups do not follow the requests` };
  }
  const { least, most } = seconds < FOLLOWS.longSeconds ? FOLLOWS.short : FOLLOWS.long;
  const perRequest = beyond / requests;
  return beyond >= FEWEST_LOOKUPS && perRequest >= least && perRequest <= most
    ? {
        verdict: 'per-request',
        reason: `${numbers}, besides at most ${polling} of polling: the lookups follow the requests`,
      }
    : { verdict: 'unclear', reason: `${numbers}, besides at most ${polling} of polling: that fits neither answer` };
}

/** All workers may poll in one short time, so a part of an interval counts as a whole one. */
function pollingLookups(topology: Topology | null, seconds: number): number | null {
  const workers = estimateWorkers(topology);
  return workers === null
    ? null
    : workers * CONFIG_POLLING.lookups * Math.max(1, Math.ceil(seconds / CONFIG_POLLING.seconds));
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
