import type { Status } from '../../core/finding.ts';
import { counted, durationText } from '../../core/text.ts';
import { mergeUncertainty } from '../../core/uncertainty.ts';
import type { LitellmClients } from '../../model/litellm-clients.ts';
import { slotUse } from '../../model/slots.ts';
import { type Topology, topologyEvidence, topologyOf, whoEvidence } from '../../model/topology.ts';
import type { Settings } from '../../settings/settings.ts';
import type { ServerSource, SessionsSource, Snapshot } from '../../snapshot/snapshot.ts';
import { type CheckResult, defineCheck } from '../check.ts';
import { connectionHeadroom } from '../connection-headroom/check.ts';
import { noSessions } from '../not-evaluated.ts';
import { result, type Uncertainty } from '../result.ts';
import { hiddenSessions } from '../visibility.ts';
import { leakAdvice } from './advice.ts';
import { leakEvidence } from './facts.ts';
import { type Orphans, orphansOf } from './orphans.ts';
import { orphanUncertainty } from './uncertainty.ts';

/** Share of the usable slots, lost to all clients together, that is critical, in percent. */
const CRITICAL_PERCENT = 25;

/** What all clients have lost. */
interface Loss {
  readonly sessions: number;
  readonly usable: number;
  readonly critical: boolean;
}

export const connectionLeak = defineCheck({
  id: 'connection-leak',
  title: 'No connection of LiteLLM has outlived its pool.',
  needs: ['server', 'sessions'],
  judge({ source, snapshot }, settings) {
    const topology = topologyOf(snapshot, source, settings);
    const hidden = hiddenSessions(source.sessions, snapshot, settings);
    const { who, limit, deployment } = topology;
    if (who === null) return hidden.length > 0 ? hidden : [noSessions(snapshot, settings)];
    const ceiling = limit.perWorker * deployment.workersPerPod;
    const leaks = who.clients.flatMap((client) => orphansOf(client, ceiling, settings) ?? []);
    const loss = lossOf(leaks, source, snapshot, settings);
    const clients = leaks.map((orphans) => judgeClient(orphans, loss, topology, settings));
    return clients.length + hidden.length > 0
      ? [...clients, ...hidden]
      : [judgeNone(who, topology, source.sessions, snapshot)];
  },
});

function lossOf(
  leaks: readonly Orphans[],
  source: { readonly server: ServerSource; readonly sessions: SessionsSource },
  snapshot: Snapshot,
  settings: Settings,
): Loss {
  const { usable } = slotUse(source.server, source.sessions);
  const sessions = leaks.reduce((sum, orphans) => sum + orphans.sessions, 0);
  const noHeadroom = connectionHeadroom
    .judge({ source, snapshot }, settings)
    .some(({ status }) => status === 'critical');
  return { sessions, usable, critical: noHeadroom || 100 * sessions > CRITICAL_PERCENT * usable };
}

function judgeClient(orphans: Orphans, loss: Loss, topology: Topology, settings: Settings): CheckResult {
  const { client, sessions, cohorts } = orphans;
  const uncertainty = orphanUncertainty(orphans, topology);
  const status = statusOf(orphans, loss, topology, uncertainty);
  const count = `${client.newestSeen ? '' : 'at least '}${counted(sessions, 'session')}`;
  const words = status === 'info' ? 'that may be left over' : 'that no pool uses any more';
  return result({
    status,
    subject: `client ${client.name}`,
    summary: `${client.name} has ${count} ${words}, which take ${sessions} of ${loss.usable} usable slots; the oldest started ${durationText(cohorts[0]?.ageSeconds ?? 0)} ago.`,
    evidence: {
      ...leakEvidence(orphans, topology),
      lostByAllClients: loss.sessions,
      usableSlots: loss.usable,
      ...(client.iam ? whoEvidence(topology) : topologyEvidence(topology)),
    },
    advice: leakAdvice(orphans, status, topology, settings),
    uncertainty,
  });
}

/** A pooler keeps old sessions on purpose, and for a password the ceiling is all there is: what is not sure of these does not warn. */
function statusOf({ client }: Orphans, loss: Loss, { sharing }: Topology, uncertainty: Uncertainty | null): Status {
  const unsure = uncertainty?.confidence === 'low';
  if (sharing?.kind === 'rds-proxy' || (unsure && !client.iam)) return 'info';
  return loss.critical && !unsure ? 'critical' : 'warning';
}

function judgeNone(who: LitellmClients, topology: Topology, sessions: SessionsSource, snapshot: Snapshot): CheckResult {
  const { clients } = who;
  const oldest = Math.max(0, ...clients.flatMap(({ cohorts }) => cohorts[0]?.ageSeconds ?? []));
  const unseen = sessions.cohortCount - sessions.cohorts.length;
  return result({
    status: 'ok',
    subject: `database ${snapshot.database}`,
    summary: `None of the ${counted(who.sessions, 'session')} of ${counted(clients.length, 'LiteLLM client')} has outlived its pool.`,
    evidence: {
      clients: clients.length,
      sessions: who.sessions,
      oldestSeconds: oldest,
      ...whoEvidence(topology),
    },
    uncertainty: mergeUncertainty([
      ...who.uncertainties,
      ...(topology.sharing ? [{ confidence: 'medium' as const, reason: topology.sharing.reason }] : []),
      ...(unseen > 0
        ? [
            {
              confidence: 'medium' as const,
              reason: `Only the ${sessions.cohorts.length} oldest of ${sessions.cohortCount} start times were looked at.`,
            },
          ]
        : []),
    ]),
  });
}
