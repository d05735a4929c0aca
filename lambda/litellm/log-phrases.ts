import { METRIC_NAMESPACE } from '../settings/metric-names.ts';

/** A phrase that the log of a LiteLLM proxy has when connections fail: knowledge/litellm.md, section 9, says who prints it. */
interface LogPhrase {
  /** The metric of its filter on the log group. */
  readonly metric: string;
  /** A line with one of these is counted, once; capital letters matter, as to CloudWatch. */
  readonly texts: readonly [string, ...string[]];
  /** What it means, a sentence. */
  readonly meaning: string;
  /** Lines in an hour from which it warns: above the few that a restart, a deployment or a retry leaves. Our own choice. */
  readonly warningFrom: number;
  /** Lines in an hour from which it is critical; null: LiteLLM serves all the same. Our own choice. */
  readonly criticalFrom: number | null;
}

/** Every phrase that is counted, with its one meaning. The most telling first: reports keep the order. */
export const LOG_PHRASES = {
  limitRefused: {
    metric: 'ProxyConnectionLimitRefused',
    texts: ['too many connections for role', 'too many connections for database'],
    meaning: "PostgreSQL refused new connections: a CONNECTION LIMIT of LiteLLM's role or database was reached.",
    warningFrom: 1,
    criticalFrom: 20,
  },
  slotsRefused: {
    metric: 'ProxySlotsRefused',
    texts: ['too many clients', 'remaining connection slots'],
    meaning: 'PostgreSQL refused new connections: all connection slots of the server were in use.',
    warningFrom: 1,
    criticalFrom: 20,
  },
  readOnly: {
    metric: 'ProxyReadOnlyTransactions',
    texts: ['read-only transaction'],
    meaning: 'PostgreSQL refused writes: the server, or the session, was read-only, as after a failover.',
    warningFrom: 1,
    criticalFrom: 20,
  },
  closedConnections: {
    metric: 'ProxyClosedConnections',
    texts: ['kind: Closed'],
    meaning:
      'A connection of the pool was dead when a request used it: something between the proxy and PostgreSQL had dropped it, or the server was restarted.',
    warningFrom: 5,
    criticalFrom: 20,
  },
  engineNotConnected: {
    metric: 'ProxyEngineNotConnected',
    texts: ['Client is not connected'],
    meaning: "LiteLLM's client had no query engine in its pod; PostgreSQL was not asked.",
    warningFrom: 1,
    criticalFrom: 20,
  },
  connectionAttemptsFailed: {
    metric: 'ProxyConnectionAttemptsFailed',
    texts: ['All connection attempts failed'],
    meaning: 'LiteLLM could not reach the query engine in its own pod; PostgreSQL may be fine.',
    warningFrom: 1,
    criticalFrom: 20,
  },
  poolTimeouts: {
    metric: 'ProxyPoolTimeouts',
    texts: ['Timed out fetching a new connection'],
    meaning: "Every connection of a worker's pool was in use for the whole wait; PostgreSQL refused nothing.",
    warningFrom: 1,
    criticalFrom: 20,
  },
  transactionsNotStarted: {
    metric: 'ProxyTransactionsNotStarted',
    texts: ['Unable to start a transaction'],
    meaning: 'A transaction got no connection of the pool in time; PostgreSQL refused nothing.',
    warningFrom: 1,
    criticalFrom: 20,
  },
  stalePlans: {
    metric: 'ProxyStalePlans',
    texts: ['cached plan must not change result type'],
    meaning:
      'A migration changed a table, and connections that are older than it still have their prepared statements.',
    warningFrom: 5,
    criticalFrom: null,
  },
  deadlocks: {
    metric: 'ProxyDeadlocks',
    texts: ['deadlock detected'],
    meaning: 'Transactions waited for each other, and PostgreSQL ended one of them.',
    warningFrom: 5,
    criticalFrom: null,
  },
} as const satisfies Readonly<Record<string, LogPhrase>>;

export type LogPhraseId = keyof typeof LOG_PHRASES;

export const LOG_PHRASE_IDS: readonly LogPhraseId[] = Object.keys(LOG_PHRASES).filter(isLogPhraseId);

/** The longest text of a phrase, in characters. */
export const LONGEST_TEXT = Math.max(
  ...LOG_PHRASE_IDS.flatMap((id) => LOG_PHRASES[id].texts.map(({ length }) => length)),
);

/** How many lines of a log have each phrase; one that nobody counted is not there. */
export type LoggedLines = { readonly [Id in LogPhraseId]?: number };

function isLogPhraseId(id: string): id is LogPhraseId {
  return Object.hasOwn(LOG_PHRASES, id);
}

/** The namespace of the metrics on one proxy's log: a metric filter cannot have a constant dimension, so the database is in the namespace. */
export function logNamespace(database: string): string {
  return `${METRIC_NAMESPACE}/${database}`;
}

/** The pattern of a phrase's metric filter: any of its texts. CloudWatch Logs takes it on plain and on JSON lines alike. */
export function filterPattern(id: LogPhraseId): string {
  const { texts } = LOG_PHRASES[id];
  return texts.length === 1 ? `"${texts[0]}"` : texts.map((text) => `?"${text}"`).join(' ');
}

/** Whether there are so many lines of a phrase that they are more than passing. */
export function isLogged(lines: LoggedLines, id: LogPhraseId): boolean {
  return (lines[id] ?? 0) >= LOG_PHRASES[id].warningFrom;
}
