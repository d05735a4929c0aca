import type { Evidence, Status } from '../../core/finding.ts';
import { counted, listed } from '../../core/text.ts';
import type { Uncertainty } from '../../core/uncertainty.ts';
import { LOG_PHRASE_IDS, LOG_PHRASES, type LogPhraseId } from '../../litellm/log-phrases.ts';
import { failoverTimes } from '../../model/failovers.ts';
import type { SlotUse } from '../../model/slots.ts';
import type { ProxyLogSource, Snapshot } from '../../snapshot/snapshot.ts';
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
import { adviceOn, quoted } from './advice.ts';

/** The lines with each phrase; 0 where nobody counted them. */
export type ProxyErrorFacts = { readonly [Id in LogPhraseId]: number } & {
  readonly from: ProxyLogSource['from'];
  /** The server was started, or failed over, so recently that this explains connections that were closed. */
  readonly justInterrupted: boolean;
  readonly usedSlots?: number;
  readonly usableSlots?: number;
};

export const proxyErrors = defineCheck({
  id: 'proxy-errors',
  title: 'The log of the proxy shows no failed connection.',
  kind: 'incident',
  needs: ['proxy-log'],
  evaluate({ seen: { 'proxy-log': log }, snapshot, model: { slots, version, iamLogin } }, settings) {
    const logged = LOG_PHRASE_IDS.filter((id) => linesOf(log, id) > 0);
    const uncounted = LOG_PHRASE_IDS.filter((id) => log.lines[id] === undefined);
    if (logged.length === 0 && uncounted.length > 0) return [notCounted(uncounted, snapshot)];
    const ended = secondsSinceInterruption(snapshot);
    const justInterrupted = ended !== null && ended < settings.recentStartSeconds;
    return [
      graded(log, {
        subject: `database ${snapshot.database}`,
        summary: summarize(log, logged, slots),
        facts: {
          ...linesOfEach(log),
          from: log.from,
          justInterrupted,
          ...(slots && { usedSlots: slots.used, usableSlots: slots.usable }),
        },
        advice: adviceOn(logged, { version, justInterrupted, iam: iamLogin.use === 'yes' }),
        uncertainty: logged.length === 0 ? null : uncertaintyOf(log),
      }),
    ];
  },
  evidence: (facts) => shownEvidence(facts),
});

function linesOf({ lines }: ProxyLogSource, id: LogPhraseId): number {
  return lines[id] ?? 0;
}

function linesOfEach(log: ProxyLogSource): { readonly [Id in LogPhraseId]: number } {
  return {
    limitRefused: linesOf(log, 'limitRefused'),
    slotsRefused: linesOf(log, 'slotsRefused'),
    readOnly: linesOf(log, 'readOnly'),
    closedConnections: linesOf(log, 'closedConnections'),
    engineNotConnected: linesOf(log, 'engineNotConnected'),
    connectionAttemptsFailed: linesOf(log, 'connectionAttemptsFailed'),
    poolTimeouts: linesOf(log, 'poolTimeouts'),
    transactionsNotStarted: linesOf(log, 'transactionsNotStarted'),
    stalePlans: linesOf(log, 'stalePlans'),
    deadlocks: linesOf(log, 'deadlocks'),
  };
}

/** By an earlier release, which knew fewer phrases. */
function notCounted(phrases: readonly LogPhraseId[], { database }: Snapshot): NotEvaluated {
  return notEvaluated({
    status: 'info',
    subject: `database ${database}`,
    summary: `Not checked in full: lines with ${listed(phrases.map(quoted), phrases.length)} were not counted.`,
    advice: [{ text: 'Deploy this release, whose metric filters count them.' }],
  });
}

/** As bad as the worst phrase. What LiteLLM serves through is a risk at most. */
function graded(log: ProxyLogSource, statement: Statement<ProxyErrorFacts>): Evaluated<ProxyErrorFacts> {
  const statuses = LOG_PHRASE_IDS.map((id) => ({ id, status: statusOf(id, linesOf(log, id)) }));
  const has = (status: Status) => statuses.filter((each) => each.status === status);
  if (has('critical').length > 0) return incident({ ...statement, status: 'critical' });
  const warned = has('warning');
  if (warned.length > 0) {
    const isServed = warned.every(({ id }) => LOG_PHRASES[id].criticalFrom === null);
    return isServed ? risk({ ...statement, status: 'warning' }) : incident({ ...statement, status: 'warning' });
  }
  return incident({ ...statement, status: has('info').length > 0 ? 'info' : 'ok' });
}

function statusOf(id: LogPhraseId, lines: number): Status {
  const { warningFrom, criticalFrom } = LOG_PHRASES[id];
  if (lines === 0) return 'ok';
  if (criticalFrom !== null && lines >= criticalFrom) return 'critical';
  return lines >= warningFrom ? 'warning' : 'info';
}

function summarize(log: ProxyLogSource, logged: readonly LogPhraseId[], slots: SlotUse | null): string {
  const when = logWindow(log);
  if (logged.length === 0) {
    return log.total === null
      ? `The proxy logged no failed connection ${when}.`
      : `None of the ${counted(log.total, 'line')} ${when} shows a failed connection.`;
  }
  const lines = logged.map((id) => `${counted(linesOf(log, id), 'line')} ${quoted(id)}`);
  return `The proxy logged ${listed(lines, lines.length)} ${when}; ${besideSlots(slots)}.`;
}

/** Most phrases are about the proxy's own process, so PostgreSQL's side stands beside them (knowledge/litellm.md section 1). */
function besideSlots(slots: SlotUse | null): string {
  return slots === null
    ? "PostgreSQL's side could not be seen"
    : `in PostgreSQL ${slots.used} of ${slots.usable} usable slots are used now`;
}

function uncertaintyOf({ from }: ProxyLogSource): Uncertainty | null {
  if (from === 'metrics') return null;
  return {
    confidence: 'medium',
    reason: 'How long the log spans is not known: the limits are those of one hour.',
  };
}

/** Since every connection ended: by a start of the server or, as RDS has it, by a failover. null when neither is known. */
function secondsSinceInterruption({ sources: { server, rds }, takenAt }: Snapshot): number | null {
  const now = Date.parse(server.status === 'ok' ? server.value.now : takenAt);
  const times = [...(server.status === 'ok' ? [server.value.startedAt] : []), ...failoverTimes(rds)];
  const last = Math.max(...times.map((at) => Date.parse(at)).filter((time) => Number.isFinite(time)));
  return Number.isFinite(last) && Number.isFinite(now) ? (now - last) / 1000 : null;
}

/** Of the phrases, those that were logged. */
function shownEvidence(facts: ProxyErrorFacts): Evidence {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== 0 && value !== false));
}
