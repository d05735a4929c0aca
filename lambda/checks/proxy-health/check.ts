import type { Advice, Status } from '../../core/finding.ts';
import { counted, listed } from '../../core/text.ts';
import { knownIssuesOf } from '../../litellm/known-issues.ts';
import { parseLitellmVersion } from '../../litellm/version.ts';
import { runningVersion } from '../../model/running-version.ts';
import type { ProxySource, ReadinessAnswer, Snapshot } from '../../snapshot/snapshot.ts';
import { defineCheck } from '../check.ts';
import { mend, result, type Uncertainty } from '../result.ts';
import { proxyAdvice } from './advice.ts';

/** The fault of 503 that stays, by its id in the knowledge. */
const STUCK = 'readiness-stuck';
/** What LiteLLM answers when it is not ready (knowledge/litellm.md section 7). */
const NOT_READY = 503;

export const proxyHealth = defineCheck({
  id: 'proxy-health',
  title: 'The proxy says that it is connected to its database.',
  needs: ['proxy'],
  judge({ source: { proxy }, snapshot }) {
    const answers = tallied(proxy);
    const status = statusOf(answers);
    return [
      result({
        status,
        subject: `proxy ${proxy.host}`,
        summary: summaryOf(answers, proxy),
        evidence: {
          ...answers,
          httpStatuses: [...new Set(proxy.readiness.map(({ httpStatus }) => httpStatus))],
          ...(proxy.failures.length > 0 ? { reasons: reasonsOf(proxy) } : {}),
          auditorReachedTheDatabase: snapshot.sources.connection.status === 'ok',
        },
        advice: adviceOf(answers, proxy, snapshot),
        uncertainty: answers.lost > 0 ? uncertaintyOf(snapshot) : null,
      }),
    ];
  },
});

interface Answers {
  readonly connected: number;
  /** 503, or the database is disconnected. */
  readonly lost: number;
  /** Neither said. */
  readonly unclear: number;
  readonly failed: number;
}

function tallied({ readiness, failures }: ProxySource): Answers {
  const lost = readiness.filter(isLost).length;
  const connected = readiness.filter(isConnected).length;
  return { connected, lost, unclear: readiness.length - lost - connected, failed: failures.length };
}

function isLost({ httpStatus, database }: ReadinessAnswer): boolean {
  return httpStatus === NOT_READY || database === 'disconnected';
}

function isConnected({ httpStatus, database }: ReadinessAnswer): boolean {
  return httpStatus === 200 && database === 'connected';
}

/** One lost pod of several is a warning; from half of the answers on, callers feel it. */
function statusOf({ connected, lost, unclear, failed }: Answers): Status {
  if (lost > 0) return lost >= connected ? 'critical' : 'warning';
  return connected > 0 && unclear === 0 && failed === 0 ? 'ok' : 'unknown';
}

function summaryOf({ connected, lost, unclear, failed }: Answers, { host, readiness, failures }: ProxySource): string {
  if (readiness.length === 0) {
    const why = failures[0]?.message ?? 'nothing was asked.';
    return `/health/readiness of ${host} gave no answer: ${why}`;
  }
  const said = [
    ...(connected > 0 ? [`${connected} said connected`] : []),
    ...(lost > 0 ? [`${lost} said that the database is away (503 or disconnected)`] : []),
    ...(unclear > 0 ? [`${unclear} said nothing of the database`] : []),
  ];
  const pods = lost > 0 && connected > 0 ? '; its pods differ' : '';
  const inVain = failed > 0 ? `; ${counted(failed, 'other question')} went in vain` : '';
  return `Of ${counted(readiness.length, 'answer')} of ${host} to /health/readiness, ${listed(said)}${pods}${inVain}.`;
}

function reasonsOf({ failures }: ProxySource): readonly string[] {
  return [...new Set(failures.map(({ message }) => message))];
}

function adviceOf(answers: Answers, { failures }: ProxySource, snapshot: Snapshot): readonly Advice[] {
  if (answers.lost > 0) return proxyAdvice(snapshot);
  const missing = [...new Set(failures.flatMap((failure) => failure.missing ?? []))].map(mend);
  if (missing.length > 0) return missing;
  if (answers.unclear > 0) return [LOOK];
  return statusOf(answers) === 'unknown' ? [REACH] : [];
}

const LOOK: Advice = {
  text: 'See for yourself what /health/readiness says; behind another path or a login page it is not LiteLLM that answers.',
};

const REACH: Advice = {
  text: "Look whether the function may reach the proxy: \"proxy.url\" in the configuration, its name inside the VPC, and a rule of the load balancer's security group for the function's. It says nothing of the proxy's health.",
};

/** A version that is not known may have it too. */
function uncertaintyOf(snapshot: Snapshot): Uncertainty | null {
  const running = runningVersion(snapshot);
  const version = running === null || running.lowerBound ? null : parseLitellmVersion(running.version);
  if (version !== null && !knownIssuesOf(version, { iam: false }).some(({ id }) => id === STUCK)) return null;
  return {
    confidence: 'medium',
    reason: `LiteLLM before 1.83.14 can stay at 503 after the database is back (#26134), and ${version === null ? 'the version that runs is not known' : `${version.text} runs`}.`,
  };
}
