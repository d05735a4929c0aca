import type { Advice, Status } from '../../core/finding.ts';
import { counted, durationText, listed } from '../../core/text.ts';
import type { Uncertainty } from '../../core/uncertainty.ts';
import { fixedIn, knownIssuesOf } from '../../litellm/known-issues.ts';
import { readinessCache } from '../../litellm/readiness.ts';
import { SINCE } from '../../litellm/releases/since.ts';
import type { LitellmVersion } from '../../litellm/version.ts';
import type { ProxySource, ReadinessAnswer, Snapshot } from '../../snapshot/snapshot.ts';
import { defineCheck, incident } from '../check.ts';

/** The known issue of a 503 that stays, by its id in knowledge/known-issues.tsv. */
const STUCK = 'readiness-stuck';
/** What LiteLLM answers when it is not ready (knowledge/litellm.md section 7). */
const NOT_READY = 503;

export const proxyHealth = defineCheck({
  id: 'proxy-health',
  title: 'The proxy reports that it is connected to its database.',
  kind: 'incident',
  needs: ['proxy'],
  evaluate({ seen: { proxy }, snapshot, model }) {
    const answers = tally(proxy);
    const status = statusOf(answers);
    return [
      incident<ProxyHealthFacts>({
        status,
        subject: `proxy ${proxy.host}`,
        summary: summarize(answers, proxy),
        facts: {
          ...answers,
          httpStatuses: [...new Set(proxy.readiness.map(({ httpStatus }) => httpStatus))],
          ...(proxy.failures.length > 0 ? { reasons: distinctReasons(proxy) } : {}),
          auditorReachedTheDatabase: snapshot.sources.connection.status === 'ok',
        },
        advice: adviceOn(answers, proxy, snapshot, model.version),
        uncertainty: answers.lost > 0 ? stuckAt503(model.version) : staleAnswers(answers, model.version),
      }),
    ];
  },
});

type Answers = {
  readonly connected: number;
  /** 503, or the database is disconnected. */
  readonly lost: number;
  /** Connected, and lookups meet their deadline: the pool is short, by the proxy's own word. */
  readonly stalled: number;
  /** Of pods that are drained, which says nothing about the database. */
  readonly shuttingDown: number;
  /** The answer says neither. */
  readonly unclear: number;
  readonly failed: number;
};

export type ProxyHealthFacts = Answers & {
  readonly httpStatuses: readonly number[];
  readonly reasons?: readonly string[];
  readonly auditorReachedTheDatabase: boolean;
};

function tally({ readiness, failures }: ProxySource): Answers {
  const shuttingDown = readiness.filter((answer) => answer.shuttingDown === true).length;
  const stalled = readiness.filter(isStalled).length;
  const lost = readiness.filter(isLost).length;
  const connected = readiness.filter(isConnected).length;
  const unclear = readiness.length - lost - connected - stalled - shuttingDown;
  return { connected, lost, stalled, shuttingDown, unclear, failed: failures.length };
}

function isStalled({ database, shuttingDown }: ReadinessAnswer): boolean {
  return database === 'stalled' && !shuttingDown;
}

/** A stalled or leaving pod answers 503 too. */
function isLost({ httpStatus, database, shuttingDown }: ReadinessAnswer): boolean {
  return !shuttingDown && database !== 'stalled' && (httpStatus === NOT_READY || database === 'disconnected');
}

function isConnected({ httpStatus, database, shuttingDown }: ReadinessAnswer): boolean {
  return !shuttingDown && httpStatus === 200 && database === 'connected';
}

/** One lost pod of several is a warning; from half of the answers on, callers feel it. */
function statusOf({ connected, lost, stalled, unclear, failed }: Answers): Status {
  if (lost > 0) return lost >= connected + stalled ? 'critical' : 'warning';
  if (stalled > 0) return 'warning';
  return connected > 0 && unclear === 0 && failed === 0 ? 'ok' : 'unknown';
}

function summarize(
  { connected, lost, stalled, shuttingDown, unclear, failed }: Answers,
  { host, readiness, failures }: ProxySource,
): string {
  if (readiness.length === 0) {
    const why = failures[0]?.message ?? 'no request was sent.';
    return `/health/readiness of ${host} gave no answer: ${why}`;
  }
  const parts = [
    ...(connected > 0 ? [`${connected} said connected`] : []),
    ...(lost > 0 ? [`${lost} said that the database is not connected (503 or disconnected)`] : []),
    ...(stalled > 0 ? [`${stalled} said that lookups of the database stall, so that the pool is short`] : []),
    ...(shuttingDown > 0 ? [`${shuttingDown} said that the pod shuts down`] : []),
    ...(unclear > 0 ? [`${unclear} said nothing about the database`] : []),
  ];
  const pods = lost > 0 && connected > 0 ? '; its pods differ' : '';
  const others = failed > 0 ? `; ${counted(failed, 'other request')} failed` : '';
  return `Of ${counted(readiness.length, 'answer')} from ${host} to /health/readiness, ${listed(parts)}${pods}${others}.`;
}

function distinctReasons({ failures }: ProxySource): readonly string[] {
  return [...new Set(failures.map(({ message }) => message))];
}

function adviceOn(
  answers: Answers,
  { failures }: ProxySource,
  snapshot: Snapshot,
  version: LitellmVersion | null,
): readonly Advice[] {
  if (answers.lost > 0) return adviceOnLost(snapshot, version);
  if (answers.stalled > 0) return [STALLED];
  const [remediation] = failures.flatMap((failure) => failure.remediation ?? []);
  if (remediation !== undefined) return [remediation];
  if (answers.unclear > 0) return [LOOK];
  if (answers.shuttingDown > 0 && answers.connected === 0) return [LEAVING];
  return statusOf(answers) === 'unknown' ? [REACH] : [];
}

/** What to do when the proxy reports that its database is not connected. */
function adviceOnLost({ sources: { connection } }: Snapshot, version: LitellmVersion | null): readonly Advice[] {
  const { seconds, keeps } = readinessCache(version);
  const twice = keeps === 'each' ? ` Their answer can be ${durationText(seconds)} old, so ask twice before that:` : '';
  return [
    connection.status === 'ok'
      ? {
          text: 'The auditor reached the database, so look at the side of the proxy: first the findings on slots and logins (connection-headroom, iam-authentication, proxy-errors), then the log of the pods that are not connected.',
        }
      : {
          text: 'The auditor did not reach the database either: first follow the advice of database-reachable.',
        },
    {
      text: `If the database is well, restart the pods that are not connected, one by one.${twice || ' Ask again before that:'}`,
      command: 'curl --silent --show-error --write-out \'\\n%{http_code}\\n\' "$PROXY_URL/health/readiness"',
    },
    {
      text: `To keep serving while the database is unavailable: allow_requests_on_db_unavailable: true in general_settings. This turns authentication off for that time: whoever reaches the proxy is served, without budgets and limits. Only for a proxy in a closed network. From ${SINCE['readiness-503']} on, and before ${fixedIn('readiness-ignores-outage-setting')}, its readiness still answers 503, and pods are taken out.`,
    },
  ];
}

const STALLED: Advice = {
  text: 'A lookup of the last 30 s met its deadline while a ping of the database did not: requests wait for a connection of the pool, or their statements wait. First see who waits in the database (idle-in-transaction, connection-headroom), then whether the pool is too small (pool-budget). Pods that stall answer 503 and get no requests for that time.',
};

const LEAVING: Advice = {
  text: 'All pods that answered shut down, as in a deployment. Audit again when it is over.',
};

const LOOK: Advice = {
  text: 'Request /health/readiness yourself. Behind another path or a login page, something other than LiteLLM answers.',
};

const REACH: Advice = {
  text: 'Check whether the function may reach the proxy: "proxy.url" in the configuration, its name inside the VPC, and a rule in the load balancer\'s security group for the function. This says nothing about the health of the proxy.',
};

/** Why a 503 may be of a database that is back: a version that is not known may have that issue too. */
function stuckAt503(version: LitellmVersion | null): Uncertainty | null {
  if (version !== null && !knownIssuesOf(version, { iam: false }).some(({ id }) => id === STUCK)) return null;
  return {
    confidence: 'medium',
    reason: `LiteLLM before ${fixedIn(STUCK)} can stay at 503 after the database is back (#26134), and ${version === null ? 'the version that runs is not known' : `${version.text} runs`}.`,
  };
}

/** Why `connected` may be of the past. */
function staleAnswers({ connected }: Answers, version: LitellmVersion | null): Uncertainty | null {
  const { seconds, keeps } = readinessCache(version);
  if (connected === 0 || version === null || keeps === 'connected') return null;
  return {
    confidence: 'medium',
    reason: `LiteLLM ${version.text} repeats an answer for ${durationText(seconds)}, and with allow_requests_on_db_unavailable it says connected whether or not it is.`,
  };
}
