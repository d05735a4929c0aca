import type { Status } from '../../core/finding.ts';
import { listed } from '../../core/text.ts';
import { mergeUncertainty } from '../../core/uncertainty.ts';
import { connectionsPerWorker } from '../../model/observed-pool.ts';
import { slotUse } from '../../model/slots.ts';
import {
  missingSettings,
  poolSizeUncertainties,
  type Topology,
  topologyEvidence,
  topologyOf,
} from '../../model/topology.ts';
import type { ServerSource, SessionsSource, Snapshot } from '../../snapshot/snapshot.ts';
import { type CheckResult, defineCheck } from '../check.ts';
import { result, type Uncertainty } from '../result.ts';
import { hiddenSessions } from '../visibility.ts';
import { budgetAdvice, fits } from './advice.ts';
import { type Budget, budgetOf } from './budget.ts';
import { shortageOf } from './shortage.ts';

export const poolBudget = defineCheck({
  id: 'pool-budget',
  title: "LiteLLM's pools fit the usable connection slots, even during a rolling deployment.",
  needs: ['server', 'sessions'],
  judge({ source, snapshot }, settings) {
    const { server, sessions } = source;
    const topology = topologyOf(snapshot, source, settings);
    const { who, deployment } = topology;
    const { pods, workers } = deployment;
    const countedBySessions = deployment.podsFrom === 'addresses of sessions';
    const hidden = countedBySessions ? hiddenSessions(sessions, snapshot, settings) : [];
    if (hidden.length > 0) return hidden;
    if (pods === null || workers === null) return [notCounted(topology, snapshot)];
    const { usable, used } = slotUse(server, sessions);
    const others = Math.max(0, used - (who?.sessions ?? 0));
    const perWorker = connectionsPerWorker(topology, settings);
    const budget = budgetOf({ usable, perWorker, others }, { ...deployment, pods, workers }, settings);
    const uncertainty = uncertaintyOf(topology, sessions);
    return [judgeBudget(budget, others, topology, server, snapshot, uncertainty)];
  },
});

function judgeBudget(
  budget: Budget,
  others: number,
  topology: Topology,
  server: ServerSource,
  snapshot: Snapshot,
  uncertainty: Uncertainty | null,
): CheckResult {
  const shortage = shortageOf(snapshot, topology);
  const status = statusOf(budget, topology, shortage, uncertainty);
  const { usable, steady, surge, workers, surgeWorkers, safeLimit, line } = budget;
  return result({
    status,
    subject: `database ${snapshot.database}`,
    summary: `The pools may take ${line} of ${usable} usable slots, ${surge} during a rolling deployment: ${verdictOf(budget)}.`,
    evidence: {
      sum: line,
      usable,
      steady,
      rollingDeployment: surge,
      workers,
      workersWhileDeploying: surgeWorkers,
      otherSessions: others,
      largestSafePoolLimit: Math.max(0, safeLimit),
      ...(shortage !== null && { poolShortage: shortage }),
      ...topologyEvidence(topology),
    },
    advice: budgetAdvice(budget, topology, server, shortage),
    uncertainty,
  });
}

/** What rests on a guess wakes nobody: with low confidence it is never critical, and behind RDS Proxy the pools are not the database's. */
function statusOf(
  budget: Budget,
  { sharing }: Topology,
  shortage: string | null,
  uncertainty: Uncertainty | null,
): Status {
  if (fits(budget)) return shortage === null ? 'ok' : 'info';
  if (sharing?.kind === 'rds-proxy') return 'info';
  return budget.steady > budget.usable && uncertainty?.confidence !== 'low' ? 'critical' : 'warning';
}

function verdictOf(budget: Budget): string {
  if (fits(budget)) return 'they fit';
  return budget.steady > budget.usable ? 'they do not fit' : 'a deployment does not fit';
}

function notCounted(topology: Topology, snapshot: Snapshot): CheckResult {
  return result({
    status: 'unknown',
    subject: `database ${snapshot.database}`,
    summary: 'Not judged: no session of LiteLLM is there to count its pods by, and the configuration does not tell.',
    evidence: topologyEvidence(topology),
    advice: [{ text: `Set ${listed(missingSettings(topology))} in the configuration.` }],
  });
}

function uncertaintyOf(topology: Topology, sessions: SessionsSource): Uncertainty | null {
  const { who, deployment, sharing } = topology;
  return mergeUncertainty([
    ...(who?.uncertainties ?? []),
    ...poolSizeUncertainties(topology),
    ...(deployment.podsFrom === 'addresses of sessions'
      ? [{ confidence: 'medium' as const, reason: 'The pods are counted by the addresses that sessions come from.' }]
      : []),
    ...(sharing === null ? [] : [{ confidence: 'low' as const, reason: sharing.reason }]),
    ...(sessions.hidden > 0
      ? [
          {
            confidence: 'medium' as const,
            reason: 'Sessions are hidden from the role: those of LiteLLM among them are counted as others.',
          },
        ]
      : []),
  ]);
}
