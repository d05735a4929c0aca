import { counted, listed } from '../../core/text.ts';
import { mergeUncertainty, type Uncertainty } from '../../core/uncertainty.ts';
import { connectionsPerWorker } from '../../model/observed-pool.ts';
import { headroomStatus } from '../../model/slots.ts';
import {
  missingSettings,
  poolSizeUncertainties,
  type Topology,
  type TopologyFacts,
  topologyFacts,
} from '../../model/topology.ts';
import type { SessionsSource, Snapshot } from '../../snapshot/snapshot.ts';
import {
  defineCheck,
  type Evaluated,
  incident,
  type NotEvaluated,
  notEvaluated,
  risk,
  type Statement,
} from '../check.ts';
import { logWindow } from '../log-window.ts';
import { hiddenSessions } from '../not-evaluated.ts';
import { budgetAdvice, fits } from './advice.ts';
import { type Budget, computeBudget } from './budget.ts';
import { leverOf } from './lever.ts';

export type BudgetFacts = TopologyFacts & {
  readonly sum: string;
  readonly usable: number;
  readonly steady: number;
  readonly rollingDeployment: number;
  readonly workers: number;
  readonly workersWhileDeploying: number;
  readonly otherSessions: number;
  /** Those of the others that log in as LiteLLM's own database user, under another application's name. */
  readonly otherSessionsOfLitellmUser: number;
  readonly largestSafePoolLimit: number;
  /** A rolling deployment seems to be under way. */
  readonly deploying: boolean;
  readonly poolShortage?: string;
  /** Why more connections would make it worse. */
  readonly saturated?: string;
};

export const poolBudget = defineCheck({
  id: 'pool-budget',
  title: "LiteLLM's pools fit the usable connection slots, even during a rolling deployment.",
  kind: 'risk',
  needs: ['server', 'sessions', 'slots', 'topology'],
  evaluate({ seen: { server, sessions, slots, topology }, snapshot, model: { serverLoad } }, settings) {
    const { who, deployment } = topology;
    const { pods, workers } = deployment;
    const countedBySessions = deployment.podsFrom === 'addresses of sessions';
    const hidden = countedBySessions ? hiddenSessions(sessions, snapshot, settings) : [];
    if (hidden.length > 0) return hidden;
    if (pods === null || workers === null) return [notCounted(topology, snapshot)];
    const others = Math.max(0, slots.used - (who?.sessions ?? 0));
    const sameUser = sharingTheUser(sessions, topology);
    const perWorker = connectionsPerWorker(topology, settings);
    const budget = computeBudget(
      { usable: slots.usable, perWorker, others },
      { ...deployment, pods, workers },
      settings,
    );
    const shortage = poolShortage(snapshot, topology);
    const { saturated } = serverLoad;
    const uncertainty = uncertaintyOf(topology, sessions);
    const statement = {
      subject: `database ${snapshot.database}`,
      summary: `The pools may take ${budget.line} of ${budget.usable} usable slots, ${budget.surge} during a rolling deployment${deployment.deploying === null ? '' : ', which seems to be under way'}: ${verdictOn(budget)}.`,
      facts: {
        ...budgetFacts(budget, others, topology, shortage),
        otherSessionsOfLitellmUser: sameUser,
        ...(saturated !== null && { saturated }),
      },
      advice: budgetAdvice(budget, topology, server, {
        shortage,
        saturated,
        lever: leverOf(snapshot, server.maxConnections),
      }),
      uncertainty,
    };
    return [graded(statement, budget, headroomStatus(slots, settings) !== 'ok', topology)];
  },
});

/**
 * A budget that does not fit is a risk while slots are free, and an incident once they are short. With low confidence it is never critical, and
 * behind RDS Proxy the pools are not the database's.
 */
function graded(
  statement: Statement<BudgetFacts>,
  budget: Budget,
  slotsAreShort: boolean,
  { sharing }: Topology,
): Evaluated<BudgetFacts> {
  if (fits(budget)) return risk({ ...statement, status: statement.facts.poolShortage === undefined ? 'ok' : 'info' });
  if (sharing?.kind === 'rds-proxy') return risk({ ...statement, status: 'info' });
  if (!slotsAreShort) return risk({ ...statement, status: 'warning' });
  const isCritical = budget.steady > budget.usable && statement.uncertainty?.confidence !== 'low';
  return incident({ ...statement, status: isCritical ? 'critical' : 'warning' });
}

/**
 * What shows that the pools themselves are too small, in words: requests that timed out, or a client with all of its
 * sessions active; null when nothing does.
 */
function poolShortage(
  { sources: { 'proxy-log': log } }: Snapshot,
  { who, limit, deployment }: Topology,
): string | null {
  const timeouts = log.status === 'ok' ? (log.value.lines.poolTimeouts ?? 0) : 0;
  if (log.status === 'ok' && timeouts > 0) {
    return `${counted(timeouts, 'request')} timed out waiting for a connection of the pool ${logWindow(log.value)}`;
  }
  const ceiling = limit.perWorker * deployment.workersPerPod;
  const full = who?.clients.find(({ busy }) => busy >= ceiling);
  return full === undefined ? null : `all ${full.busy} sessions of ${full.name} are active`;
}

function budgetFacts(
  budget: Budget,
  others: number,
  topology: Topology,
  shortage: string | null,
): Omit<BudgetFacts, 'otherSessionsOfLitellmUser'> {
  const { usable, steady, surge, workers, surgeWorkers, safeLimit, line } = budget;
  return {
    sum: line,
    usable,
    steady,
    rollingDeployment: surge,
    workers,
    workersWhileDeploying: surgeWorkers,
    otherSessions: others,
    largestSafePoolLimit: Math.max(0, safeLimit),
    deploying: topology.deployment.deploying !== null,
    ...(shortage !== null && { poolShortage: shortage }),
    ...topologyFacts(topology),
  };
}

/** Sessions of other programs that use LiteLLM's database user. */
function sharingTheUser({ groups }: SessionsSource, { who }: Topology): number {
  if (who === null) return 0;
  return groups
    .filter(({ user, application }) => who.users.includes(user) && application !== who.application)
    .reduce((total, { count }) => total + count, 0);
}

function verdictOn(budget: Budget): string {
  if (fits(budget)) return 'they fit';
  return budget.steady > budget.usable ? 'they do not fit' : 'a deployment does not fit';
}

function notCounted(topology: Topology, snapshot: Snapshot): NotEvaluated {
  return notEvaluated({
    subject: `database ${snapshot.database}`,
    summary:
      'Not checked: there is no session of LiteLLM to count its pods by, and the configuration does not state them.',
    evidence: topologyFacts(topology),
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
