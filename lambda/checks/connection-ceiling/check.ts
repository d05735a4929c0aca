import type { Status } from '../../core/finding.ts';
import { counted } from '../../core/text.ts';
import { mergeUncertainty } from '../../core/uncertainty.ts';
import type { LitellmClient, LitellmClients } from '../../model/litellm-clients.ts';
import { poolSizeUncertainties, type Topology, topologyFacts } from '../../model/topology.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { defineCheck, type Evaluated, incident } from '../check.ts';
import { hiddenSessions, noSessions } from '../not-evaluated.ts';
import { ceilingAdvice } from './advice.ts';
import { type Ceiling, computeCeiling } from './ceiling.ts';
import { type Exceedance, explainExceedance } from './exceedance.ts';
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
      .map((compared) => overCeiling(compared, topology, who, settings));
    return over.length + hidden.length > 0 ? [...over, ...hidden] : [withinCeiling(all, topology, who, snapshot)];
  },
});

function overCeiling(
  compared: Compared,
  topology: Topology,
  who: LitellmClients,
  settings: Settings,
): Evaluated<CeilingFacts> {
  const { client, ceiling } = compared;
  const { sharing } = topology;
  const exceedance = explainExceedance(client, ceiling, topology, who, settings);
  const mayHaveReplica = exceedance.fits.includes('read-replica-engine');
  const uncertainty = mergeUncertainty([
    ...who.uncertainties,
    ...poolSizeUncertainties(topology),
    ...ceiling.uncertainties,
    ...(mayHaveReplica ? [{ confidence: 'medium' as const, reason: REPLICA }] : []),
    ...(sharing ? [{ confidence: 'low' as const, reason: sharing.reason }] : []),
  ]);
  return incident({
    status: statusOf(compared, exceedance, uncertainty?.confidence === 'low'),
    subject: `client ${client.name}`,
    summary: `${client.name} holds ${counted(client.sessions, 'session')}, ${client.sessions - ceiling.sessions} more than its ceiling of ${ceiling.sessions} (${ceiling.words}).`,
    facts: {
      scope: 'client',
      sessions: client.sessions,
      ceiling: ceiling.sessions,
      timesTheCeiling: Math.floor((10 * client.sessions) / ceiling.sessions) / 10,
      busy: client.busy,
      fits: exceedance.fits,
      sessionsPerWorker: exceedance.sessionsPerWorker,
      ...(exceedance.physicalCores !== null && { physicalCoresOfPrismasDefault: exceedance.physicalCores }),
      clientsWithAsMany: exceedance.clientsWithAsMany,
      ...poolFacts(ceiling),
      ...topologyFacts(topology),
    },
    advice: ceilingAdvice(client, ceiling, exceedance, topology),
    uncertainty,
  });
}

const REPLICA =
  'With DATABASE_URL_READ_REPLICA each worker has a second engine: where reader and writer are one server, a pod holds up to twice its limit.';

/**
 * What is based on a guess wakes nobody: with low confidence it is never critical, nor where a healthy proxy with a read replica holds as many. An old
 * version that may have another default only informs.
 */
function statusOf({ client, ceiling }: Compared, { fits }: Exceedance, unsure: boolean): Status {
  if (fits[0] === 'default-of-100') return 'info';
  const critical = client.sessions - ceiling.draining >= CRITICAL_TIMES * ceiling.sessions;
  return critical && !unsure && !fits.includes('read-replica-engine') ? 'critical' : 'warning';
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
