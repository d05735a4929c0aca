import type { Status } from '../../core/finding.ts';
import { counted, durationText, listed } from '../../core/text.ts';
import { mergeUncertainty, type Uncertainty } from '../../core/uncertainty.ts';
import type { AddressSharing } from '../../model/address-sharing.ts';
import type { TokenLogins } from '../../model/iam-login.ts';
import type { LitellmClients } from '../../model/litellm-clients.ts';
import { mostSessions } from '../../model/observed-pool.ts';
import { poolHistory } from '../../model/pool-history.ts';
import { headroomStatus, type SlotUse } from '../../model/slots.ts';
import { identityFacts, type Topology, topologyFacts } from '../../model/topology.ts';
import type { Settings } from '../../settings/settings.ts';
import type { SessionsSource, Snapshot } from '../../snapshot/snapshot.ts';
import { defineCheck, type Evaluated, incident, type NotEvaluated, notEvaluated } from '../check.ts';
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
  evaluate({ seen: { sessions, slots, topology }, snapshot, model }, settings) {
    const hidden = hiddenSessions(sessions, snapshot, settings);
    const { who, version, limit } = topology;
    if (who === null) return hidden.length > 0 ? hidden : [noSessions(snapshot, settings)];
    const { tokenLogins } = model;
    if (topology.sharing?.kind === 'rds-proxy') {
      return hidden.length > 0 ? hidden : [behindRdsProxy(topology.sharing, snapshot)];
    }
    const pools = who.clients.map((client) => ({ client, history: poolHistory(client, version, settings) }));
    const leaks = pools.flatMap(
      ({ client, history }) =>
        findOrphans(client, history, {
          ceiling: mostSessions(client, topology, settings),
          perWorker: limit.perWorker,
        }) ?? [],
    );
    const loss = totalLoss(leaks, slots, settings);
    const clients = leaks.map((orphans) => leaked(orphans, { loss, topology, tokenLogins, settings }));
    if (clients.length + hidden.length > 0) return [...clients, ...hidden];
    // A pooler keeps sessions beyond a refresh, and a person's psql is none of the pool's.
    const overdue = pools.flatMap(({ client, history }) =>
      topology.sharing === null && client.otherApplications === 0 && history.tokenRefresh === 'overdue'
        ? [client.name]
        : [],
    );
    return [noneLeaked(who, { overdue, topology, tokenLogins, sessions, snapshot })];
  },
});

/** Its sessions are not the pools': how old and idle they are says nothing of what LiteLLM uses. */
function behindRdsProxy({ reason }: AddressSharing, { database }: Snapshot): NotEvaluated {
  return notEvaluated({
    status: 'info',
    subject: `database ${database}`,
    summary: `Not checked: ${reason} Whether a pool of LiteLLM has leaked cannot be seen here.`,
    advice: [{ text: 'ClientConnections of RDS Proxy in CloudWatch shows whether LiteLLM opens ever more.' }],
  });
}

function totalLoss(leaks: readonly Orphans[], slots: SlotUse, settings: Settings): Loss {
  const { usable } = slots;
  const sessions = leaks.reduce((sum, orphans) => sum + orphans.sessions, 0);
  const noHeadroom = headroomStatus(slots, settings) === 'critical';
  return { sessions, usable, critical: noHeadroom || 100 * sessions > CRITICAL_PERCENT * usable };
}

interface Place {
  readonly loss: Loss;
  readonly topology: Topology;
  readonly tokenLogins: TokenLogins;
  readonly settings: Settings;
}

function leaked(orphans: Orphans, { loss, topology, tokenLogins, settings }: Place): Evaluated<LeakFacts> {
  const { client, sessions, cohorts } = orphans;
  const uncertainty = orphanUncertainty(orphans, topology, tokenLogins);
  const status = statusOf(orphans, loss, uncertainty);
  const count = `${client.newestSeen ? '' : 'at least '}${counted(sessions, 'session')}`;
  const words = uncertainty?.confidence === 'low' ? 'that may be leaked' : 'that no pool uses any more';
  return incident({
    status,
    subject: `client ${client.name}`,
    summary: `${client.name} has ${count} ${words}, which take ${sessions} of ${loss.usable} usable slots; the oldest started ${durationText(cohorts[0]?.ageSeconds ?? 0)} ago.`,
    facts: {
      ...leakFacts(orphans, topology, tokenLogins),
      lostByAllClients: loss.sessions,
      usableSlots: loss.usable,
      ...(client.iam ? identityFacts(topology) : topologyFacts(topology)),
    },
    advice: leakAdvice(orphans, status, topology, settings, tokenLogins),
    uncertainty,
  });
}

/**
 * A pooler keeps old sessions on purpose, for a password the ceiling is the only sign, and what is within the ceiling has its slots: what is not
 * certain of these does not warn.
 */
function statusOf({ client, ceiling }: Orphans, loss: Loss, uncertainty: Uncertainty | null): Status {
  const unsure = uncertainty?.confidence === 'low';
  if (unsure && (!client.iam || client.sessions <= ceiling)) return 'info';
  return loss.critical && !unsure ? 'critical' : 'warning';
}

function noneLeaked(
  who: LitellmClients,
  {
    overdue,
    topology,
    tokenLogins,
    sessions,
    snapshot,
  }: Pick<Place, 'topology' | 'tokenLogins'> & {
    readonly overdue: readonly string[];
    readonly sessions: SessionsSource;
    readonly snapshot: Snapshot;
  },
): Evaluated<LeakFacts> {
  const { clients } = who;
  const oldest = Math.max(0, ...clients.flatMap(({ cohorts }) => cohorts[0]?.ageSeconds ?? []));
  const unseen = sessions.cohortCount - sessions.cohorts.length;
  return incident({
    status: 'ok',
    subject: `database ${snapshot.database}`,
    summary: `None of the ${counted(who.sessions, 'session')} of ${counted(clients.length, 'LiteLLM client')} has leaked.${overdue.length > 0 ? ` No refresh of the IAM token has replaced the pool of ${listed(overdue)}.` : ''}`,
    facts: {
      leaked: 0,
      clients: clients.length,
      sessions: who.sessions,
      oldestSeconds: oldest,
      ...(overdue.length > 0 && { refreshOverdue: overdue }),
      ...(clients.some(({ iam }) => iam) && { tokenLogins }),
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
