import type { Finding } from '../../core/finding.ts';
import type { PoolCohort } from '../../model/cohorts.ts';
import type { Topology } from '../../model/topology.ts';
import { idleLimitSeconds, knownLeaks } from './known-leaks.ts';
import type { Orphans } from './orphans.ts';

/** Of a client's cohorts, the oldest ones. */
const SHOWN_COHORTS = 10;

/** What shows that the sessions are left over. */
export function leakEvidence(orphans: Orphans, topology: Topology): Finding['evidence'] {
  const { client, sessions, cohorts, living, stepSeconds, staircase, otherApplications } = orphans;
  const leaks = topology.version === null ? [] : knownLeaks(topology, client.iam);
  const more = client.cohorts.length - SHOWN_COHORTS;
  return {
    leftOver: sessions,
    sessions: client.sessions,
    login: client.iam ? 'IAM' : 'password',
    oldestStart: cohorts[0]?.firstStart ?? null,
    livingPool: living === null ? null : { started: living.firstStart, sessions: living.sessions },
    ...(otherApplications > 0 && { otherPrograms: otherApplications }),
    ...(stepSeconds !== null && { secondsBetweenStarts: stepSeconds, stepsOfTheTokenRefresh: staircase }),
    poolClosesIdleAfterSeconds: idleLimitSeconds(topology.version),
    litellmVersion: topology.version?.text ?? null,
    ...(leaks.length > 0 && { knownLeaks: leaks.map(({ id }) => id) }),
    cohorts: client.cohorts.slice(0, SHOWN_COHORTS).map((cohort) => ({
      started: cohort.firstStart,
      sessions: cohort.sessions,
      idleSince: cohort.idleSince,
      verdict: verdictOf(cohort, orphans),
    })),
    ...(more > 0 && { moreCohorts: more }),
  };
}

function verdictOf(cohort: PoolCohort, { cohorts, living }: Orphans): string {
  if (cohorts.includes(cohort)) return 'left over';
  if (cohort === living) return 'the pool in use';
  return cohort.idleSeconds === null ? 'at work' : 'not old or not idle enough';
}
