import type { Status } from '../../core/finding.ts';
import { counted, durationText } from '../../core/text.ts';
import { mergeUncertainty, type Uncertainty } from '../../core/uncertainty.ts';
import type { LitellmClients } from '../../model/litellm-clients.ts';
import { headroomStatus, type SlotUse } from '../../model/slots.ts';
import { identityFacts, type Topology, topologyFacts } from '../../model/topology.ts';
import type { Settings } from '../../settings/settings.ts';
import type { SessionsSource, Snapshot } from '../../snapshot/snapshot.ts';
import { defineCheck, type Evaluated, incident } from '../check.ts';
import { hiddenSessions, noSessions } from '../not-evaluated.ts';
import { leakAdvice } from './advice.ts';
import { type LeakFacts, leakFacts } from './facts.ts';
import { findOrphans, type Orphans } from './orphans.ts';
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
  title: 'No connection of LiteLLM has leaked.',
  kind: 'incident',
  needs: ['sessions', 'slots', 'topology'],
  evaluate({ seen: { sessions, slots, topology }, snapshot }, settings) {
    const hidden = hiddenSessions(sessions, snapshot, settings);
    const { who, limit, deployment } = topology;
    if (who === null) return hidden.length > 0 ? hidden : [noSessions(snapshot, settings)];
    const ceiling = limit.perWorker * deployment.workersPerPod;
    const leaks = who.clients.flatMap((client) => findOrphans(client, ceiling, settings) ?? []);
    const loss = totalLoss(leaks, slots, settings);
    const clients = leaks.map((orphans) => leaked(orphans, loss, topology, settings));
    return clients.length + hidden.length > 0
      ? [...clients, ...hidden]
      : [noneLeaked(who, topology, sessions, snapshot)];
  },
});

function totalLoss(leaks: readonly Orphans[], slots: SlotUse, settings: Settings): Loss {
  const { usable } = slots;
  const sessions = leaks.reduce((sum, orphans) => sum + orphans.sessions, 0);
  const noHeadroom = headroomStatus(slots, settings) === 'critical';
  return { sessions, usable, critical: noHeadroom || 100 * sessions > CRITICAL_PERCENT * usable };
}

function leaked(orphans: Orphans, loss: Loss, topology: Topology, settings: Settings): Evaluated<LeakFacts> {
  const { client, sessions, cohorts } = orphans;
  const uncertainty = orphanUncertainty(orphans, topology);
  const status = statusOf(orphans, loss, topology, uncertainty);
  const count = `${client.newestSeen ? '' : 'at least '}${counted(sessions, 'session')}`;
  const words = status === 'info' ? 'that may be leaked' : 'that no pool uses any more';
  return incident({
    status,
    subject: `client ${client.name}`,
    summary: `${client.name} has ${count} ${words}, which take ${sessions} of ${loss.usable} usable slots; the oldest started ${durationText(cohorts[0]?.ageSeconds ?? 0)} ago.`,
    facts: {
      ...leakFacts(orphans, topology),
      lostByAllClients: loss.sessions,
      usableSlots: loss.usable,
      ...(client.iam ? identityFacts(topology) : topologyFacts(topology)),
    },
    advice: leakAdvice(orphans, status, topology, settings),
    uncertainty,
  });
}

/** A pooler keeps old sessions on purpose, and for a password the ceiling is the only sign: what is not certain of these does not warn. */
function statusOf({ client }: Orphans, loss: Loss, { sharing }: Topology, uncertainty: Uncertainty | null): Status {
  const unsure = uncertainty?.confidence === 'low';
  if (sharing?.kind === 'rds-proxy' || (unsure && !client.iam)) return 'info';
  return loss.critical && !unsure ? 'critical' : 'warning';
}

function noneLeaked(
  who: LitellmClients,
  topology: Topology,
  sessions: SessionsSource,
  snapshot: Snapshot,
): Evaluated<LeakFacts> {
  const { clients } = who;
  const oldest = Math.max(0, ...clients.flatMap(({ cohorts }) => cohorts[0]?.ageSeconds ?? []));
  const unseen = sessions.cohortCount - sessions.cohorts.length;
  return incident({
    status: 'ok',
    subject: `database ${snapshot.database}`,
    summary: `None of the ${counted(who.sessions, 'session')} of ${counted(clients.length, 'LiteLLM client')} has leaked.`,
    facts: {
      leaked: 0,
      clients: clients.length,
      sessions: who.sessions,
      oldestSeconds: oldest,
      ...identityFacts(topology),
    },
    uncertainty: mergeUncertainty([
      ...who.uncertainties,
      ...(topology.sharing ? [{ confidence: 'medium' as const, reason: topology.sharing.reason }] : []),
      ...(unseen > 0
        ? [
            {
              confidence: 'medium' as const,
              reason: `Only the ${sessions.cohorts.length} oldest of ${sessions.cohortCount} start times were read.`,
            },
          ]
        : []),
    ]),
  });
}
