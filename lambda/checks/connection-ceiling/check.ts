import { counted } from '../../core/text.ts';
import { mergeUncertainty } from '../../core/uncertainty.ts';
import type { LitellmClient, LitellmClients } from '../../model/litellm-clients.ts';
import { poolSizeUncertainties, type Topology, topologyFacts } from '../../model/topology.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { defineCheck, type Evaluated, incident } from '../check.ts';
import { hiddenSessions, noSessions } from '../not-evaluated.ts';
import { ceilingAdvice } from './advice.ts';
import { type Ceiling, computeCeiling } from './ceiling.ts';
import type { CeilingFacts } from './facts.ts';
import { evaluateTotal } from './total.ts';

/** Sessions as a multiple of the ceiling that are critical (docs/checks/connection-ceiling.md). */
const CRITICAL_TIMES = 1.5;

const SHOWN_CLIENTS = 5;

/** A client and the ceiling it is compared with. */
interface Compared {
  readonly client: LitellmClient;
  readonly ceiling: Ceiling;
}

export const connectionCeiling = defineCheck({
  id: 'connection-ceiling',
  title: 'Every LiteLLM client stays within its pool limit x workers.',
  kind: 'incident',
  needs: ['sessions', 'topology'],
  evaluate({ seen: { sessions, topology }, snapshot }, settings) {
    const hidden = hiddenSessions(sessions, snapshot, settings);
    const { who, sharing } = topology;
    if (who === null) return hidden.length > 0 ? hidden : [noSessions(snapshot, settings)];
    if (sharing !== null && sharing.kind !== 'crowded') {
      const total = evaluateTotal(topology, who, sharing, snapshot);
      return total.status === 'ok' && hidden.length > 0 ? hidden : [total];
    }
    const all = who.clients.map((client) => ({ client, ceiling: computeCeiling(client, topology, settings) }));
    const over = all
      .filter(({ client, ceiling }) => client.sessions > ceiling.sessions + ceiling.draining)
      .map((compared) => overCeiling(compared, topology, who));
    return over.length + hidden.length > 0 ? [...over, ...hidden] : [withinCeiling(all, topology, who, snapshot)];
  },
});

/** What is based on a guess wakes nobody: with low confidence it is never critical. */
function overCeiling(
  { client, ceiling }: Compared,
  topology: Topology,
  { uncertainties }: LitellmClients,
): Evaluated<CeilingFacts> {
  const { sharing } = topology;
  const uncertainty = mergeUncertainty([
    ...uncertainties,
    ...poolSizeUncertainties(topology),
    ...ceiling.uncertainties,
    ...(sharing ? [{ confidence: 'low' as const, reason: sharing.reason }] : []),
  ]);
  const critical = client.sessions - ceiling.draining >= CRITICAL_TIMES * ceiling.sessions;
  return incident({
    status: critical && uncertainty?.confidence !== 'low' ? 'critical' : 'warning',
    subject: `client ${client.name}`,
    summary: `${client.name} holds ${counted(client.sessions, 'session')}, ${client.sessions - ceiling.sessions} more than its ceiling of ${ceiling.sessions} (${ceiling.words}).`,
    facts: {
      scope: 'client',
      sessions: client.sessions,
      ceiling: ceiling.sessions,
      timesTheCeiling: Math.floor((10 * client.sessions) / ceiling.sessions) / 10,
      busy: client.busy,
      ...poolFacts(ceiling),
      ...topologyFacts(topology),
    },
    advice: ceilingAdvice(client, ceiling, topology),
    uncertainty,
  });
}

function withinCeiling(
  all: readonly Compared[],
  topology: Topology,
  { clients, sessions, uncertainties }: LitellmClients,
  snapshot: Snapshot,
): Evaluated<CeilingFacts> {
  const [largest] = all;
  const ceiling = largest?.ceiling;
  return incident({
    status: 'ok',
    subject: `database ${snapshot.database}`,
    summary: `${counted(clients.length, 'LiteLLM client')} ${clients.length === 1 ? 'holds' : 'hold'} ${counted(sessions, 'session')}, at most ${largest?.client.sessions ?? 0} each; the ceiling is ${ceiling?.sessions ?? 0} (${ceiling?.words ?? ''}).`,
    facts: {
      scope: 'client',
      clients: clients.length,
      sessions,
      ceiling: ceiling?.sessions ?? 0,
      largestClients: clients.slice(0, SHOWN_CLIENTS).map((client) => ({
        client: client.name,
        sessions: client.sessions,
        busy: client.busy,
      })),
      ...(ceiling && poolFacts(ceiling)),
      ...topologyFacts(topology),
    },
    uncertainty: mergeUncertainty([...uncertainties, ...poolSizeUncertainties(topology)]),
  });
}

function poolFacts({ observedPool, draining }: Ceiling) {
  return {
    ...(observedPool !== null && { openedAtOnceSinceTokenRefresh: observedPool }),
    ...(draining > 0 && { openedByARefreshJustNow: draining }),
  };
}
