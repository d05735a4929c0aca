import type { Finding } from '../core/finding.ts';
import { listed } from '../core/text.ts';
import { targetWords } from '../litellm/upgrade.ts';
import { fittingLeaks, isBlocking, issuesIn, refusalIn, versionIn } from './evidence.ts';
import type { Rule } from './rules.ts';
import { isBad } from './signs.ts';

/** What the words for a cause are made from. */
export interface Support {
  /** The worst of the findings that are wrong, symptoms before the version. */
  readonly lead: Finding;
  readonly findings: readonly Finding[];
}

interface Words {
  title(support: Support): string;
  what(support: Support): string;
  first(support: Support): string;
}

export const WORDS: Readonly<Record<Rule['id'], Words>> = {
  'database-unreachable': {
    title: ({ lead }) => refusalTitle(refusalIn(lead)),
    what: ({ lead }) => `${clauseOf(lead)}${concerns(lead)}.`,
    first: ({ lead }) => firstStep(lead),
  },
  'iam-logins-refused': {
    title: () => 'IAM log-ins are refused',
    what: ({ lead }) => `RDS refuses log-ins by IAM token: ${clauseOf(lead)}.`,
    first: () =>
      'Restart nothing until a log-in works, since open connections still do; then look into the cause that iam-authentication names.',
  },
  'iam-token-refresh': {
    title: () => 'IAM token refresh leaks connections',
    what: (support) =>
      `Each refresh of the IAM token leaves LiteLLM's old connections open: ${clauseOf(support.lead)}${knownLeaks(support)}.`,
    first: reclaim,
  },
  'orphaned-engine': {
    title: () => 'Failed disconnects leak connections',
    what: (support) =>
      `A disconnect that fails leaves LiteLLM's query engine and its whole pool behind: ${clauseOf(support.lead)}${knownLeaks(support)}.`,
    first: reclaim,
  },
  'dead-worker-engine': {
    title: () => 'Dead workers leak connections',
    what: (support) =>
      `The query engine of a worker that died keeps its pool for ever: ${clauseOf(support.lead)}${knownLeaks(support)}.`,
    first: reclaim,
  },
  'leaked-connections': {
    title: () => 'Connections outlive their pools',
    what: ({ lead }) =>
      `LiteLLM leaves connections open that no pool uses, by no fault known of its version: ${clauseOf(lead)}.`,
    first: reclaim,
  },
  'managed-object-poll': {
    title: () => 'An unbounded poll takes the connections',
    what: (support) =>
      `LiteLLM${version(support)} polls its managed objects without bound, which takes every connection of a pool within 60 to 70 minutes (#23472): ${clauseOf(support.lead)}.`,
    first: () =>
      `Restart the proxy pods, one at a time, which buys about an hour; then upgrade LiteLLM to ${targetWords()}.`,
  },
  'token-refresh-drops-limit': {
    title: () => 'IAM token refresh drops the pool limit',
    what: (support) =>
      `After the first refresh of the IAM token the pools of LiteLLM${version(support)} have 2 x CPUs + 1 connections instead of the configured limit (#33021): ${clauseOf(support.lead)}.`,
    first: () => `Upgrade LiteLLM to ${targetWords()}; until then, reckon with 2 x CPUs + 1 connections a worker.`,
  },
  'per-request-router': {
    title: () => 'A Router is built on each request',
    what: ({ lead, findings }) => `${clauseOf(lead)}; what sets it off: ${listed(holders(findings))}.`,
    first: ({ lead }) => firstStep(lead),
  },
  'global-router-settings': {
    title: () => 'Global row builds a Router per request',
    what: ({ lead }) => `${clauseOf(lead)}.`,
    first: ({ lead }) => firstStep(lead),
  },
  'user-config': {
    title: () => 'Requests bring their own Router',
    what: ({ lead }) => `${clauseOf(lead)}.`,
    first: ({ lead }) => firstStep(lead),
  },
  'idle-in-transaction': {
    title: ({ findings }) =>
      findings.some(isBlocking) ? 'An open transaction blocks others' : 'A transaction was left open',
    what: ({ lead }) =>
      `A transaction that was begun and not ended keeps its connection and its locks: ${clauseOf(lead)}.`,
    first: () =>
      'Look what the transaction is with the query of idle-in-transaction below, then end its session with the second one.',
  },
  'other-application': {
    title: () => 'Another application takes the slots',
    what: ({ lead }) => `More than half of the usable slots are held by others than LiteLLM: ${clauseOf(lead)}.`,
    first: () =>
      'Find out who runs that application, have it close what it does not need, and give its user a CONNECTION LIMIT.',
  },
  'pools-do-not-fit': {
    title: () => 'The pools do not fit max_connections',
    what: ({ lead }) => `${clauseOf(lead)}.`,
    first: ({ lead }) => firstStep(lead),
  },
  'under-provisioned': {
    title: () => 'Too few slots for healthy pools',
    what: ({ lead }) => `LiteLLM's pools are healthy, and need more slots than there are: ${clauseOf(lead)}.`,
    first: ({ findings }) => {
      const budget = findings.find(({ checkId }) => checkId === 'pool-budget');
      return budget
        ? firstStep(budget)
        : 'Raise max_connections or the instance class, or lower database_connection_pool_limit or the number of pods.';
    },
  },
  'slots-exhausted': {
    title: () => 'Nobody can connect',
    what: ({ lead }) =>
      `Nobody gets a connection any more, LiteLLM included, and who holds them all cannot be seen from outside: ${clauseOf(lead)}.`,
    first: ({ lead }) => firstStep(lead),
  },
  'query-engine': {
    title: () => "The proxy's query engine fails",
    what: ({ lead }) =>
      `The proxy cannot reach the query engine in its own pod, while PostgreSQL answers and has free slots: ${clauseOf(lead)}.`,
    first: () =>
      'Restart the pods that cannot, one at a time, and look among the faults of litellm-version for one of the query engine.',
  },
  'known-bad-version': {
    title: () => 'Known-bad version',
    what: ({ lead }) => `No connection problem shows at this moment, but ${clauseOf(lead)}.`,
    first: ({ lead }) => firstStep(lead),
  },
};

/** A finding's summary as a part of a sentence. */
export function clauseOf({ summary }: Finding): string {
  return summary.trim().replace(/[.:]+$/, '');
}

/** The first step of a finding as one sentence. Its command, if it has one, stands with the finding. */
export function firstStep({ checkId, advice: [step] }: Finding): string {
  if (step === undefined) return `Read the finding of ${checkId}.`;
  const [sentence = step.text] = /^.*?[\w)%"'](?:\.(?=\s+[A-Z"])|[.:](?=\s*$))/s.exec(step.text) ?? [];
  const words = sentence.trim().replace(/[.:]+$/, '');
  return step.command === undefined ? `${words}.` : `${words} (the command is below, with ${checkId}).`;
}

const AUDITOR = 'The auditor cannot log in';
const NO_WAY = 'No way to the database';
const REFUSALS: Readonly<Record<string, string>> = {
  'iam-refused': AUDITOR,
  'password-refused': AUDITOR,
  'login-refused': AUDITOR,
  'database-missing': AUDITOR,
  'no-credentials': AUDITOR,
  'permission-denied': AUDITOR,
  'tls-untrusted': 'TLS certificate not trusted',
  'tls-unavailable': 'The server does not offer TLS',
  'name-unresolved': NO_WAY,
  unreachable: NO_WAY,
  timeout: 'The database does not answer',
  'connection-lost': 'The database cuts connections off',
  'starting-up': 'The database restarts',
};

function refusalTitle(kind: string | null): string {
  return REFUSALS[kind ?? ''] ?? 'The database cannot be reached';
}

function concerns({ evidence }: Finding): string {
  return typeof evidence.concerns === 'string' ? `; this concerns ${evidence.concerns}` : '';
}

function version({ findings }: Support): string {
  const [known] = findings.flatMap((finding) => versionIn(finding) ?? []);
  return known === undefined ? '' : ` ${known}`;
}

/** The leaks that the running version is known for; those that fit the sessions, where these were seen. */
function leaksOf({ lead, findings }: Support): readonly string[] {
  const fitting = fittingLeaks(lead);
  if (fitting.length > 0) return fitting;
  return findings.flatMap(issuesIn).flatMap(({ id, kind }) => (kind === 'leak' ? [id] : []));
}

function knownLeaks(support: Support): string {
  const leaks = leaksOf(support);
  return leaks.length === 0 ? '' : `; LiteLLM${version(support)} is known for ${listed(leaks)}`;
}

function reclaim(support: Support): string {
  const clients = support.findings
    .filter(({ checkId }) => checkId === 'connection-leak')
    .map(({ subject }) => subject.replace(/^client /, ''));
  const restart = `Restart the proxy pods${clients.length > 0 ? ` behind ${listed([...new Set(clients)])}` : ''}, one at a time, which closes what they left open`;
  return leaksOf(support).length > 0
    ? `${restart}; then upgrade LiteLLM to ${targetWords()}.`
    : `${restart}; then see when the next are left, and after what.`;
}

const HOLDERS: Readonly<Record<string, string>> = {
  'global-router-settings': 'the global router_settings row',
  'team-router-settings': 'router_settings of teams',
  'key-router-settings': 'router_settings of keys',
};

function holders(findings: readonly Finding[]): string[] {
  const names = findings.filter(isBad).flatMap(({ checkId }) => HOLDERS[checkId] ?? []);
  return names.length === 0 ? ['settings that were not seen'] : [...new Set(names)];
}
