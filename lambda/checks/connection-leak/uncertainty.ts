import { mergeUncertainty, type Uncertainty } from '../../core/uncertainty.ts';
import type { TokenLogins } from '../../model/iam-login.ts';
import { poolSizeUncertainties, type Topology } from '../../model/topology.ts';
import { knownLeaks } from './known-leaks.ts';
import type { Orphans } from './orphans.ts';

/** Why sessions that look leaked may not be; null for a staircase of refreshes of a known user, seen directly. */
export function orphanUncertainty(orphans: Orphans, topology: Topology, logins: TokenLogins): Uncertainty | null {
  const { client } = orphans;
  const { sharing, who } = topology;
  return mergeUncertainty([
    ...(who?.uncertainties ?? []),
    ...(client.iam ? tokenUncertainties(orphans, topology, logins) : passwordUncertainties(orphans, topology)),
    // What crowds an address is the leak itself, where the steps of refreshes show one.
    ...(sharing === null || (sharing.kind === 'crowded' && !orphans.mayBeLivingPool)
      ? []
      : [{ confidence: sharing.kind === 'crowded' ? ('medium' as const) : ('low' as const), reason: sharing.reason }]),
    ...(client.otherApplications > 0
      ? [
          medium(
            `${client.otherApplications} of the client's sessions carry another program's name and are taken off the count, since they can be among the old ones.`,
          ),
        ]
      : []),
  ]);
}

function tokenUncertainties(orphans: Orphans, topology: Topology, logins: TokenLogins): readonly Uncertainty[] {
  const { client, history, mayBeLivingPool, ceiling } = orphans;
  const failing =
    logins === 'failing'
      ? [
          {
            confidence: mayBeLivingPool ? ('low' as const) : ('medium' as const),
            reason:
              'Logins with IAM tokens fail. Where the refresh of the token fails, a pool that lives keeps its old sessions too.',
          },
        ]
      : [];
  if (!mayBeLivingPool) {
    return history.newerAtWork || !client.newestSeen
      ? failing
      : [...failing, medium('No newer pool of the client is at work at the moment.')];
  }
  if (history.tokenRefresh === 'overdue') {
    return [
      ...failing,
      low('A pool at work is as old: its token was not refreshed, or another program uses the same user from there.'),
    ];
  }
  if (client.sessions <= ceiling && mayBeAnothers(topology)) {
    return [
      ...failing,
      low(
        `They are within the ${ceiling} that the pools may hold, and the start times do not show the steps of token refreshes: another worker whose refresh fails, or another program of the same user, looks the same.`,
      ),
    ];
  }
  return [
    ...failing,
    ...topology.deployment.uncertainties,
    medium(
      'That an idle IAM session older than two token lives is leaked is inferred from how LiteLLM refreshes its token, and the start times do not show the steps of the refresh.',
    ),
  ];
}

/** Whether something else than a leak is as likely: more than one worker or other addresses than the pods', perhaps, or a version that leaves nothing. */
function mayBeAnothers(topology: Topology): boolean {
  const { workersPerPod, workersFrom, uncertainties } = topology.deployment;
  return (
    workersPerPod > 1 ||
    workersFrom === 'assumed' ||
    uncertainties.length > 0 ||
    knownLeaks(topology, true).length === 0
  );
}

function passwordUncertainties({ client, ceiling, wholePools }: Orphans, topology: Topology): readonly Uncertainty[] {
  if (wholePools > 0) {
    return [
      medium(
        `A password login has no token life: that ${wholePools} whole pools of ${topology.limit.perWorker} have no worker any more is inferred, since a worker that lives uses its pool for its own jobs.`,
      ),
    ];
  }
  return [
    medium(
      'A password login has no token life: these sessions count as leaked because they are old, idle, and more than the pools can hold.',
    ),
    ...(client.sessions <= 2 * ceiling
      ? [medium('With DATABASE_URL_READ_REPLICA on the same server the pools can hold twice as many.')]
      : []),
    ...poolSizeUncertainties(topology),
  ];
}

function medium(reason: string): Uncertainty {
  return { confidence: 'medium', reason };
}

function low(reason: string): Uncertainty {
  return { confidence: 'low', reason };
}
