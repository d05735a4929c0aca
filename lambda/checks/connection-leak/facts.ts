import type { PoolCohort } from '../../model/cohorts.ts';
import type { IdentityFacts, Topology, TopologyFacts } from '../../model/topology.ts';
import { idleLimitSeconds, knownLeaks } from './known-leaks.ts';
import type { Orphans } from './orphans.ts';

/** Of a client's cohorts, the oldest ones. */
const SHOWN_COHORTS = 10;

type CohortFacts = {
  readonly started: string;
  readonly sessions: number;
  readonly idleSince: string | null;
  readonly verdict: 'leaked' | 'the pool in use' | 'active' | 'not old or not idle enough';
};

/** What one client has leaked. */
type ClientLeak = {
  readonly leaked: number;
  readonly client: string;
  readonly sessions: number;
  readonly login: 'IAM' | 'password';
  readonly oldestStart: string | null;
  readonly livingPool: { readonly started: string; readonly sessions: number } | null;
  readonly otherPrograms?: number;
  readonly secondsBetweenStarts?: number;
  readonly stepsOfTheTokenRefresh?: boolean;
  readonly poolClosesIdleAfterSeconds: number;
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
    });

/** What shows that the sessions are leaked. */
export function leakFacts(orphans: Orphans, topology: Topology): ClientLeak {
  const { client, sessions, cohorts, living, stepSeconds, staircase, otherApplications } = orphans;
  const leaks = topology.version === null ? [] : knownLeaks(topology, client.iam);
  const more = client.cohorts.length - SHOWN_COHORTS;
  return {
    leaked: sessions,
    client: client.name,
    sessions: client.sessions,
    login: client.iam ? 'IAM' : 'password',
    oldestStart: cohorts[0]?.firstStart ?? null,
    livingPool: living === null ? null : { started: living.firstStart, sessions: living.sessions },
    ...(otherApplications > 0 && { otherPrograms: otherApplications }),
    ...(stepSeconds !== null && { secondsBetweenStarts: stepSeconds }),
    ...(stepSeconds !== null && client.iam && { stepsOfTheTokenRefresh: staircase }),
    poolClosesIdleAfterSeconds: idleLimitSeconds(topology.version),
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

function verdictOn(cohort: PoolCohort, { cohorts, living }: Orphans): CohortFacts['verdict'] {
  if (cohorts.includes(cohort)) return 'leaked';
  if (cohort === living) return 'the pool in use';
  return cohort.idleSeconds === null ? 'active' : 'not old or not idle enough';
}
