import { counted } from '../../core/text.ts';
import { mergeUncertainty } from '../../core/uncertainty.ts';
import type { LitellmClient, LitellmClients } from '../../model/litellm-clients.ts';
import { poolSizeUncertainties, type Topology, topologyEvidence, topologyOf } from '../../model/topology.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { type CheckResult, defineCheck } from '../check.ts';
import { noSessions } from '../not-evaluated.ts';
import { result } from '../result.ts';
import { hiddenSessions } from '../visibility.ts';
import { ceilingAdvice } from './advice.ts';
import { type Ceiling, ceilingOf } from './ceiling.ts';
import { judgeTotal } from './total.ts';

/** Sessions as a multiple of the ceiling that are critical (docs/design.md section 4). */
const CRITICAL_TIMES = 1.5;

const SHOWN_CLIENTS = 5;

/** A client and the ceiling it is held against. */
interface Held {
  readonly client: LitellmClient;
  readonly ceiling: Ceiling;
}

export const connectionCeiling = defineCheck({
  id: 'connection-ceiling',
  title: 'Every LiteLLM client stays within its pool limit x workers.',
  needs: ['server', 'sessions'],
  judge({ source, snapshot }, settings) {
    const topology = topologyOf(snapshot, source, settings);
    const hidden = hiddenSessions(source.sessions, snapshot, settings);
    const { who, sharing } = topology;
    if (who === null) return hidden.length > 0 ? hidden : [noSessions(snapshot, settings)];
    if (sharing !== null && sharing.kind !== 'crowded') {
      const total = judgeTotal(topology, who, sharing, snapshot);
      return total.status === 'ok' && hidden.length > 0 ? hidden : [total];
    }
    const all = who.clients.map((client) => ({ client, ceiling: ceilingOf(client, topology, settings) }));
    const over = all
      .filter(({ client, ceiling }) => client.sessions > ceiling.sessions + ceiling.draining)
      .map((held) => judgeClient(held, topology, who));
    return over.length + hidden.length > 0 ? [...over, ...hidden] : [judgeWithin(all, topology, who, snapshot)];
  },
});

/** What rests on a guess wakes nobody: with low confidence it is never critical. */
function judgeClient({ client, ceiling }: Held, topology: Topology, { uncertainties }: LitellmClients): CheckResult {
  const { sharing } = topology;
  const uncertainty = mergeUncertainty([
    ...uncertainties,
    ...poolSizeUncertainties(topology),
    ...ceiling.uncertainties,
    ...(sharing ? [{ confidence: 'low' as const, reason: sharing.reason }] : []),
  ]);
  const critical = client.sessions - ceiling.draining >= CRITICAL_TIMES * ceiling.sessions;
  return result({
    status: critical && uncertainty?.confidence !== 'low' ? 'critical' : 'warning',
    subject: `client ${client.name}`,
    summary: `${client.name} holds ${counted(client.sessions, 'session')}, ${client.sessions - ceiling.sessions} more than its ceiling of ${ceiling.sessions} (${ceiling.words}).`,
    evidence: {
      sessions: client.sessions,
      ceiling: ceiling.sessions,
      timesTheCeiling: Math.floor((10 * client.sessions) / ceiling.sessions) / 10,
      busy: client.busy,
      ...poolEvidence(ceiling),
      ...topologyEvidence(topology),
    },
    advice: ceilingAdvice(client, ceiling, topology),
    uncertainty,
  });
}

function judgeWithin(
  all: readonly Held[],
  topology: Topology,
  { clients, sessions, uncertainties }: LitellmClients,
  snapshot: Snapshot,
): CheckResult {
  const [largest] = all;
  const ceiling = largest?.ceiling;
  return result({
    status: 'ok',
    subject: `database ${snapshot.database}`,
    summary: `${counted(clients.length, 'client')} of LiteLLM ${clients.length === 1 ? 'holds' : 'hold'} ${counted(sessions, 'session')}, at most ${largest?.client.sessions ?? 0} each; the ceiling is ${ceiling?.sessions ?? 0} (${ceiling?.words ?? ''}).`,
    evidence: {
      clients: clients.length,
      sessions,
      ceiling: ceiling?.sessions ?? 0,
      largestClients: clients
        .slice(0, SHOWN_CLIENTS)
        .map(({ name, sessions, busy }) => ({ client: name, sessions, busy })),
      ...(ceiling && poolEvidence(ceiling)),
      ...topologyEvidence(topology),
    },
    uncertainty: mergeUncertainty([...uncertainties, ...poolSizeUncertainties(topology)]),
  });
}

function poolEvidence({ observedPool, draining }: Ceiling): CheckResult['evidence'] {
  return {
    ...(observedPool !== null && { openedAtOnceSinceTokenRefresh: observedPool }),
    ...(draining > 0 && { openedByARefreshJustNow: draining }),
  };
}
