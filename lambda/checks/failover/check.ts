import { ge } from '@renovatebot/pep440';
import { counted, durationText } from '../../core/text.ts';
import { mergeUncertainty, type Uncertainty } from '../../core/uncertainty.ts';
import { SINCE } from '../../litellm/releases/since.ts';
import type { LitellmVersion } from '../../litellm/version.ts';
import { failoverTimes, type LastInterruption, lastInterruption } from '../../model/failovers.ts';
import type { Model } from '../../model/model.ts';
import { readOnlyReason } from '../../model/read-only.ts';
import type { Topology } from '../../model/topology.ts';
import type { Settings } from '../../settings/settings.ts';
import type { ServerSource, Snapshot } from '../../snapshot/snapshot.ts';
import { type CheckResult, defineCheck, type Evaluated, incident, notEvaluated } from '../check.ts';
import { hiddenSessions, noSessions } from '../not-evaluated.ts';
import { leaveReader, reconnect, removeReadOnly } from './advice.ts';

export type FailoverFacts = {
  /** left-behind: LiteLLM says that it is connected, and is not here. read-only: it is here, and cannot write. */
  readonly state: 'here' | 'left-behind' | 'read-only' | 'reconnecting';
  readonly litellmSessions: number;
  readonly serverStartedAt: string;
  readonly inRecovery: boolean;
  readonly readOnlyBy?: 'recovery' | 'setting';
  readonly lastInterruption?: { readonly kind: LastInterruption['kind']; readonly at: string };
  readonly failoversInADay?: number;
  readonly readinessConnected?: number;
  readonly liveWorkers?: number;
};

/** Pools reconnect at their next request, and readiness repeats an answer for up to two minutes. */
const RECONNECT_SECONDS = 300;
/** The reader endpoint of an Aurora cluster. */
const READER_HOST = '.cluster-ro-';

export const failover = defineCheck({
  id: 'failover',
  title: "LiteLLM's sessions are on this server since its last restart or failover, and may write.",
  kind: 'incident',
  needs: ['server', 'sessions', 'topology'],
  evaluate({ seen: { server, sessions, topology }, snapshot, model }, settings) {
    const hidden = hiddenSessions(sessions, snapshot, settings);
    if (topology.who === null && hidden.length > 0) return hidden;
    const view = { server, snapshot, model, settings, topology, facts: factsOf(server, topology, snapshot) };
    if (topology.who === null) return [nobodyHere(view)];
    const readOnly = readOnlyReason(server, topology.who.users);
    return [readOnly === null ? here(view) : cannotWrite(view, readOnly)];
  },
});

interface View {
  readonly server: ServerSource;
  readonly snapshot: Snapshot;
  readonly model: Model;
  readonly settings: Settings;
  readonly topology: Topology;
  readonly facts: FailoverFacts;
}

function factsOf(server: ServerSource, { who }: Topology, snapshot: Snapshot): FailoverFacts {
  const { rds } = snapshot.sources;
  const last = lastInterruption(snapshot);
  const connected = readinessConnected(snapshot);
  const workers = liveWorkers(snapshot);
  return {
    state: 'here',
    litellmSessions: who?.sessions ?? 0,
    serverStartedAt: server.startedAt,
    inRecovery: server.inRecovery,
    ...(last !== null && { lastInterruption: { kind: last.kind, at: last.at } }),
    ...(rds.status === 'ok' && rds.value.events.state === 'seen' && { failoversInADay: failoverTimes(rds).length }),
    ...(connected !== null && { readinessConnected: connected }),
    ...(workers !== null && { liveWorkers: workers }),
  };
}

function here({ facts, snapshot }: View): Evaluated<FailoverFacts> {
  const last = lastInterruption(snapshot);
  const since = last === null ? '' : ` since the ${last.kind} ${durationText(last.secondsAgo)} ago`;
  return incident<FailoverFacts>({
    status: 'ok',
    subject: subjectOf(snapshot),
    summary: `${counted(facts.litellmSessions, 'session')} of LiteLLM ${facts.litellmSessions === 1 ? 'is' : 'are'} on this server${since}, which accepts writes.`,
    facts,
  });
}

/** Without a failover or a restart in between, the auditor may look at another database than the proxy uses. */
function nobodyHere(view: View): CheckResult<FailoverFacts> {
  const { server, snapshot, model, settings, facts } = view;
  const says = whatLitellmSays(facts);
  if (server.inRecovery) return aReader(view);
  const last = lastInterruption(snapshot);
  if (says === null) return noSessions(snapshot, settings);
  if (last === null) {
    return notEvaluated({
      subject: subjectOf(snapshot),
      summary: `${says}, and nobody that could be LiteLLM holds a session on this server, which was not restarted in the last day.`,
      evidence: facts,
      advice: [
        {
          text: 'Compare "host", "port" and "databaseName" in the configuration with the DATABASE_URL of that proxy: it may use another database, or another user ("litellmUser").',
        },
      ],
    });
  }
  const what = last.kind === 'failover' ? 'RDS failed over' : 'This server was started';
  if (last.secondsAgo < RECONNECT_SECONDS) {
    return incident<FailoverFacts>({
      status: 'info',
      subject: subjectOf(snapshot),
      summary: `${what} ${durationText(last.secondsAgo)} ago, and LiteLLM has not connected again yet.`,
      facts: { ...facts, state: 'reconnecting' },
      advice: [{ text: 'Audit again in five minutes. Nothing to do before that.' }],
    });
  }
  return incident<FailoverFacts>({
    status: 'critical',
    subject: subjectOf(snapshot),
    summary: `${what} ${durationText(last.secondsAgo)} ago. ${says}, but no session of LiteLLM is on this server: it holds on to the old one.`,
    facts: { ...facts, state: 'left-behind' },
    advice: reconnect(ownersOf(server, settings), endpointOf(snapshot)),
    uncertainty: leftBehindUncertainty(last, facts, model.version),
  });
}

/** LiteLLM is on a server that does not let it write. A pool for reading alone may be there on purpose. */
function cannotWrite(view: View, by: 'recovery' | 'setting'): CheckResult<FailoverFacts> {
  const { topology, snapshot, facts, settings } = view;
  const users = topology.who?.users ?? [];
  const isMeant = (facts.liveWorkers ?? 0) > 0 || isReaderEndpoint(settings) || isReplica(snapshot);
  if (by === 'recovery' && isMeant) return aReader(view);
  const sessions = `${counted(facts.litellmSessions, 'session')} of LiteLLM`;
  return incident<FailoverFacts>({
    status: 'critical',
    subject: subjectOf(snapshot),
    summary:
      by === 'recovery'
        ? `${sessions} ${facts.litellmSessions === 1 ? 'is' : 'are'} on a reader: this server is in recovery and refuses every write.`
        : `default_transaction_read_only is on for LiteLLM's user or database: its new sessions cannot write.`,
    facts: { ...facts, state: 'read-only', readOnlyBy: by },
    advice: by === 'recovery' ? leaveReader(users, endpointOf(snapshot)) : removeReadOnly(settings.target.databaseName),
    uncertainty: readOnlyUncertainty(by, facts),
  });
}

/** What is seen here says nothing about the writer, which is the one to audit. */
function aReader({ snapshot, facts, settings }: View): CheckResult<FailoverFacts> {
  const endpoint = endpointOf(snapshot);
  return notEvaluated({
    subject: subjectOf(snapshot),
    summary: `${settings.target.host} leads to a reader, which is in recovery: whether LiteLLM may write cannot be seen here.`,
    evidence: facts,
    advice: [
      {
        text: `Set "host" in the configuration to the writer endpoint${endpoint === null ? '' : `, ${endpoint}`}. After a failover the name can lead to the old writer for a minute: then audit again.`,
      },
    ],
  });
}

function leftBehindUncertainty(
  { kind }: LastInterruption,
  { liveWorkers = 0 }: FailoverFacts,
  version: LitellmVersion | null,
): Uncertainty | null {
  const tells = version !== null && ge(version.text, SINCE['readiness-db']);
  return mergeUncertainty([
    kind === 'failover'
      ? null
      : {
          confidence: 'medium',
          reason: 'No failover was seen, only the start of the server: the proxy may also use another database.',
        },
    tells || liveWorkers > 0
      ? null
      : {
          confidence: 'medium',
          reason: `LiteLLM before ${SINCE['readiness-db']} can say connected when it is not, and ${version === null ? 'the version that runs is not known' : `${version.text} runs`}.`,
        },
  ]);
}

function readOnlyUncertainty(by: 'recovery' | 'setting', { liveWorkers }: FailoverFacts): Uncertainty | null {
  if (by === 'setting') {
    return liveWorkers !== undefined && liveWorkers > 0
      ? {
          confidence: 'medium',
          reason: 'Heartbeats were written within 180 s: sessions from before the setting still write.',
        }
      : null;
  }
  return liveWorkers === undefined
    ? { confidence: 'medium', reason: 'LiteLLM may use this server for reading alone (DATABASE_URL_READ_REPLICA).' }
    : null;
}

/** What LiteLLM reports of itself, in words; null when it says nothing. */
function whatLitellmSays({ readinessConnected = 0, liveWorkers = 0 }: FailoverFacts): string | null {
  if (readinessConnected > 0) return 'The proxy reports that it is connected to its database';
  return liveWorkers > 0 ? `${counted(liveWorkers, 'worker')} of LiteLLM sent a heartbeat within 180 s` : null;
}

function readinessConnected({ sources: { proxy } }: Snapshot): number | null {
  if (proxy.status !== 'ok') return null;
  return proxy.value.readiness.filter(({ database, shuttingDown }) => database === 'connected' && !shuttingDown).length;
}

function liveWorkers({ sources: { litellm } }: Snapshot): number | null {
  return litellm.status === 'ok' && litellm.value.workers.state === 'seen' ? litellm.value.workers.live : null;
}

/** LiteLLM's users while none of them is connected: the owners of its tables. */
function ownersOf({ tables }: ServerSource, { litellmUser }: Settings): readonly string[] {
  return litellmUser === undefined ? [...new Set(tables.map(({ owner }) => owner))] : [litellmUser];
}

function endpointOf({ sources: { rds } }: Snapshot): string | null {
  return rds.status === 'ok' ? rds.value.endpoint : null;
}

/** A read replica by what RDS says, and not one since a failover. */
function isReplica({ sources: { rds } }: Snapshot): boolean {
  return rds.status === 'ok' && rds.value.kind === 'instance' && rds.value.instances.every(({ isWriter }) => !isWriter);
}

function isReaderEndpoint({ target }: Settings): boolean {
  return target.host.toLowerCase().includes(READER_HOST);
}

function subjectOf({ database }: Snapshot): string {
  return `database ${database}`;
}
