import type { PoolCohort } from '../../model/cohorts.ts';
import type { TokenLogins } from '../../model/iam-login.ts';
import type { PoolHistory } from '../../model/pool-history.ts';
import type { IdentityFacts, Topology, TopologyFacts } from '../../model/topology.ts';
import { knownLeaks } from './known-leaks.ts';
import type { Orphans } from './orphans.ts';

/** Of a client's cohorts, the oldest ones. */
const SHOWN_COHORTS = 10;

type CohortFacts = {
  readonly started: string;
  readonly sessions: number;
  readonly idleSince: string | null;
  readonly verdict: 'leaked' | 'may be leaked' | 'the pool in use' | 'active' | 'not old or not idle enough';
};

/** What one client has leaked. */
type ClientLeak = {
  readonly leaked: number;
  readonly client: string;
  readonly sessions: number;
  readonly login: 'IAM' | 'password';
  readonly oldestStart: string | null;
  readonly livingPool: { readonly started: string; readonly sessions: number } | null;
  /** A newer pool of the client is at work: the old sessions are not all that it has. */
  readonly newerPoolAtWork: boolean;
  /** What counts as leaked may belong to a pool that lives. */
  readonly mayBeLivingPool: boolean;
  /** Cohorts of a password login that are whole pools of one worker each. */
  readonly wholePools?: number;
  readonly otherPrograms?: number;
  readonly secondsBetweenStarts?: number;
  readonly stepsOfTheTokenRefresh?: boolean;
  /** Whether token refreshes replace the pool of the client; of an IAM login. */
  readonly tokenRefresh?: PoolHistory['tokenRefresh'];
  readonly tokenLogins?: TokenLogins;
  readonly litellmVersion: string | null;
  /** Ids in knowledge/known-issues.tsv that fit version, login and workers, the likeliest first. */
  readonly knownLeaks?: readonly string[];
  readonly cohorts: readonly CohortFacts[];
  readonly moreCohorts?: number;
};

export type LeakFacts =
  | (ClientLeak & { readonly lostByAllClients: number; readonly usableSlots: number } & (IdentityFacts | TopologyFacts))
  | (IdentityFacts & {
      readonly leaked: 0;
      readonly clients: number;
      readonly sessions: number;
      readonly oldestSeconds: number;
      /** IAM clients at work on a pool that is older than a token refresh leaves one. */
      readonly refreshOverdue?: readonly string[];
      readonly tokenLogins?: TokenLogins;
    });

/** What shows that the sessions are leaked. */
export function leakFacts(orphans: Orphans, topology: Topology, logins: TokenLogins): ClientLeak {
  const { client, history, sessions, cohorts, mayBeLivingPool } = orphans;
  const { newest, newerAtWork, stepSeconds, staircase, tokenRefresh } = history;
  const leaks = topology.version === null ? [] : knownLeaks(topology, client.iam);
  const more = client.cohorts.length - SHOWN_COHORTS;
  return {
    leaked: sessions,
    client: client.name,
    sessions: client.sessions,
    login: client.iam ? 'IAM' : 'password',
    oldestStart: cohorts[0]?.firstStart ?? null,
    livingPool: newest === null ? null : { started: newest.firstStart, sessions: newest.sessions },
    newerPoolAtWork: newerAtWork,
    mayBeLivingPool,
    ...(orphans.wholePools > 0 && { wholePools: orphans.wholePools }),
    ...(client.otherApplications > 0 && { otherPrograms: client.otherApplications }),
    ...(stepSeconds !== null && { secondsBetweenStarts: stepSeconds }),
    ...(stepSeconds !== null && client.iam && { stepsOfTheTokenRefresh: staircase }),
    ...(client.iam && { tokenRefresh, tokenLogins: logins }),
    litellmVersion: topology.version?.text ?? null,
    ...(leaks.length > 0 && { knownLeaks: leaks.map(({ id }) => id) }),
    cohorts: client.cohorts.slice(0, SHOWN_COHORTS).map((cohort) => ({
      started: cohort.firstStart,
      sessions: cohort.sessions,
      idleSince: cohort.idleSince,
      verdict: verdictOn(cohort, orphans),
    })),
    ...(more > 0 && { moreCohorts: more }),
  };
}

function verdictOn(cohort: PoolCohort, { cohorts, history, mayBeLivingPool }: Orphans): CohortFacts['verdict'] {
  if (cohorts.includes(cohort)) return mayBeLivingPool ? 'may be leaked' : 'leaked';
  if (cohort === history.newest) return 'the pool in use';
  return cohort.idleSeconds === null ? 'active' : 'not old or not idle enough';
}
