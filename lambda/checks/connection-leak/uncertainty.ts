import { mergeUncertainty, type Uncertainty } from '../../core/uncertainty.ts';
import { poolSizeUncertainties, type Topology } from '../../model/topology.ts';
import type { Orphans } from './orphans.ts';

/** Why sessions that look leaked may not be; null for a staircase of refreshes of a known user, seen directly. */
export function orphanUncertainty(orphans: Orphans, topology: Topology): Uncertainty | null {
  const { client, staircase, otherApplications } = orphans;
  const { sharing, who } = topology;
  return mergeUncertainty([
    ...(who?.uncertainties ?? []),
    ...(client.iam ? ageUncertainty(staircase) : passwordUncertainty(topology)),
    ...(sharing === null
      ? []
      : [{ confidence: sharing.kind === 'crowded' ? ('medium' as const) : ('low' as const), reason: sharing.reason }]),
    ...(otherApplications > 0
      ? [
          {
            confidence: 'medium' as const,
            reason: `${otherApplications} of the client's sessions carry another program's name and are taken off the count, since they can be among the old ones.`,
          },
        ]
      : []),
  ]);
}

function ageUncertainty(staircase: boolean): readonly Uncertainty[] {
  if (staircase) return [];
  return [
    {
      confidence: 'medium',
      reason:
        'That an idle IAM session older than two token lives is leaked is inferred from how LiteLLM refreshes its token, and the start times do not show the steps of the refresh.',
    },
  ];
}

function passwordUncertainty(topology: Topology): readonly Uncertainty[] {
  return [
    {
      confidence: 'medium',
      reason:
        'A password login has no token life: these sessions count as leaked because they are old, idle, and more than the pools can hold.',
    },
    ...poolSizeUncertainties(topology),
  ];
}
