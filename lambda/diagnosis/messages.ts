import type { CheckFinding } from '../checks/registry.ts';
import type { Advice } from '../core/finding.ts';
import { isBad } from '../core/finding.ts';
import { counted, listed } from '../core/text.ts';
import { targetWords } from '../litellm/upgrade.ts';
import type { FailureKind } from '../snapshot/snapshot.ts';
import { fittingLeaks, isBlocking, othersShareTheUser, refusal, stated } from './facts.ts';
import { firstStep } from './first-step.ts';
import type { Messages, Support } from './message.ts';
import type { Rule } from './rules.ts';
import { SERVER_MESSAGES } from './server-messages.ts';
import { factsIn } from './signs.ts';

/** The first step of what leads the cause, and its summary alone: the finding says it all. */
const asTheFinding = {
  what: ({ lead }: Support) => lead.summary,
  first: ({ lead }: Support) => firstStep(lead),
};

export const MESSAGES: Readonly<Record<Rule['id'], Messages>> = {
  ...SERVER_MESSAGES,
  'database-unreachable': {
    title: ({ findings }) => refusalTitle(factsIn(findings, 'database-reachable').map(refusal)[0] ?? null),
    what: ({ lead, findings }) => `${lead.summary}${concerns(findings)}`,
    first: ({ lead }) => firstStep(lead),
  },
  'iam-refresh-fails': {
    title: () => 'IAM token refresh fails',
    what: ({ lead, findings }) =>
      `LiteLLM${version(findings)} does not renew its IAM token in time (#16220, #18795), so that its new connections are refused once the token has expired. ${lead.summary}`,
    first: () => ({
      text: `Restart one pod, which starts with a new token, and see that it connects. If it does, restart the others one at a time, and upgrade LiteLLM to ${targetWords()}.`,
    }),
  },
  'iam-logins-refused': {
    title: () => 'IAM logins are refused',
    what: ({ lead }) => `RDS refuses logins by IAM token. ${lead.summary}`,
    first: () => ({
      text: 'Restart nothing until a login works, since open connections still do. Then look into the cause that iam-authentication names.',
    }),
  },
  'iam-token-refresh': {
    title: () => 'IAM token refresh leaks connections',
    what: (support) =>
      `LiteLLM leaks its old connections at each IAM token refresh. ${support.lead.summary}${knownLeaks(support)}`,
    first: reclaim,
  },
  'orphaned-engine': {
    title: () => 'Failed disconnects leak connections',
    what: (support) =>
      `A disconnect that fails leaks LiteLLM's query engine and its whole pool. ${support.lead.summary}${knownLeaks(support)}`,
    first: reclaim,
  },
  'dead-worker-engine': {
    title: () => 'Dead workers leak connections',
    what: (support) =>
      `The query engine of a worker that died keeps its pool for ever. ${support.lead.summary}${knownLeaks(support)}`,
    first: reclaim,
  },
  'leaked-connections': {
    title: () => 'Connections leak',
    what: ({ lead }) =>
      `LiteLLM leaves connections open that no pool uses, by no known issue of its version. ${lead.summary}`,
    first: reclaim,
  },
  'managed-object-poll': {
    title: () => 'An unbounded poll takes the connections',
    what: ({ lead, findings }) =>
      `LiteLLM${version(findings)} has an unbounded poll of managed batches and background responses, which takes every connection of a pool within 60 to 70 minutes (#23472); whether these are in use was not seen. ${lead.summary}`,
    first: () => ({
      text: `Restart the proxy pods, one at a time, which buys about an hour. Then upgrade LiteLLM to ${targetWords()}.`,
    }),
  },
  'token-refresh-drops-limit': {
    title: () => 'IAM token refresh drops the pool limit',
    what: ({ lead, findings }) =>
      `After the first refresh of the IAM token, the pools of LiteLLM${version(findings)} have Prisma's default of physical cores x 2 + 1 connections instead of the configured limit (#33021). ${lead.summary}`,
    first: () => ({
      text: `Upgrade LiteLLM to ${targetWords()}. Until then, expect physical cores x 2 + 1 connections per worker.`,
    }),
  },
  'split-ignores-pool-limit': {
    title: () => 'The pool limit does not apply',
    what: ({ lead, findings }) =>
      `Each pool has as many connections as Prisma opens by itself, so the configured limit does not apply. Separate gateway and backend deployments of LiteLLM${version(findings)} ignore it (#33021); whether there are such was not seen. ${lead.summary}`,
    first: () => ({
      text: 'If gateway and backend are separate deployments, put connection_limit and pool_timeout into the DATABASE_URL of each, one deployment at a time. A restart alone changes nothing.',
    }),
  },
  'per-request-router': {
    title: () => 'A Router is built on each request',
    what: ({ lead, findings }) => `${lead.summary} The settings that cause it: ${listed(holders(findings))}.`,
    first: ({ lead }) => firstStep(lead),
  },
  'global-router-settings': { title: () => 'Global row builds a Router per request', ...asTheFinding },
  'user-config': { title: () => 'Requests bring their own Router', ...asTheFinding },
  'migration-lock-orphaned': {
    title: () => 'An idle session holds up migrations',
    what: ({ lead }) => `No migration of LiteLLM can run, so no new pod starts. ${lead.summary}`,
    first: ({ lead }) => firstStep(lead),
  },
  'lock-pile-up': {
    title: ({ findings }) => PILE_TITLES[headOfPile(findings)] ?? 'Sessions wait for locks',
    ...asTheFinding,
  },
  'idle-in-transaction': {
    title: ({ findings }) =>
      factsIn(findings, 'idle-in-transaction').some(isBlocking)
        ? 'An open transaction blocks others'
        : 'A transaction was left open',
    what: ({ lead }) =>
      `A transaction that was begun and not ended keeps its connection and its locks. ${lead.summary}`,
    first: ({ lead }) => firstStep(lead),
  },
  'table-growth': {
    title: () => 'A table has outgrown its vacuum',
    what: ({ lead }) => `Queries and VACUUM take longer with every dead row. ${lead.summary}`,
    first: ({ lead }) => firstStep(lead),
  },
  'other-application': {
    title: () => 'Another application takes the slots',
    what: ({ lead }) =>
      lead.checkId === 'connection-growth'
        ? `What grows is not LiteLLM's. ${lead.summary}`
        : `Others than LiteLLM hold more than half of the usable slots. ${lead.summary}`,
    first: () => ({
      text: 'Find out which application it is and have its owner close what it does not use. Restarting LiteLLM would not help. Its sessions by user, database and address:',
      command: `SELECT usename, datname, client_addr, application_name, count(*), max(backend_start) AS newest
  FROM pg_stat_activity WHERE backend_type = 'client backend'
 GROUP BY usename, datname, client_addr, application_name ORDER BY count(*) DESC LIMIT 20;`,
    }),
  },
  'pools-do-not-fit': {
    title: () => 'The pools do not fit max_connections',
    what: ({ lead, findings }) => `${lead.summary}${sharedUser(findings)}`,
    first: ({ lead, findings }) =>
      lead.checkId === 'pool-budget' || sharedUser(findings) === ''
        ? firstStep(lead)
        : {
            text: "Give the other programs a database user of their own and smaller pools, one program at a time. Do not limit LiteLLM's user: the limit would stop LiteLLM too.",
          },
  },
  'under-provisioned': {
    title: () => 'Too few slots for healthy pools',
    what: ({ lead }) => `LiteLLM's pools are healthy, and need more slots than there are. ${lead.summary}`,
    first: ({ findings }) => {
      const budget = findings.find(({ checkId }) => checkId === 'pool-budget');
      return budget
        ? firstStep(budget)
        : {
            text: 'Lower database_connection_pool_limit or the number of pods, or raise max_connections (on RDS by a larger instance class).',
          };
    },
  },
  'connection-limit-reached': {
    title: () => 'A CONNECTION LIMIT is reached',
    what: ({ lead }) =>
      `PostgreSQL refuses new connections of LiteLLM at a CONNECTION LIMIT, while the server may have free slots. ${lead.summary}`,
    first: ({ lead }) => firstStep(lead),
  },
  'rds-proxy-pinned': { title: () => 'RDS Proxy pins every connection', ...asTheFinding },
  'slots-exhausted': {
    title: () => 'Nobody can connect',
    what: ({ lead, findings }) =>
      `No new connections are possible, for LiteLLM either. ${lead.summary}${filledBy(findings)}`,
    first: ({ lead }) => firstStep(lead),
  },
  'network-drops-idle': {
    title: () => 'Idle connections are dropped',
    what: ({ lead }) =>
      `Something between the proxy and PostgreSQL drops idle connections without a word, and LiteLLM's pool hands out the dead ones, so that requests fail. ${lead.summary}`,
    first: () => ({
      text: 'Add max_idle_connection_lifetime=60 to the parameters of DATABASE_URL, and restart the pods one by one: the pool then replaces a connection that was idle for longer. With IAM logins, and for what else helps, follow proxy-errors.',
    }),
  },
  'query-engine': {
    title: () => "The proxy's query engine fails",
    what: ({ lead }) =>
      `The proxy cannot reach the query engine in its own pod, or has none, while PostgreSQL answers and has free slots. ${lead.summary}`,
    first: () => ({
      text: 'Restart the pods that cannot, one at a time, and see whether litellm-version has a known issue of the query engine.',
    }),
  },
  'auditor-cannot-look': {
    title: () => 'The auditor cannot see',
    what: ({ lead }) => `The auditor is kept from looking, which says nothing about LiteLLM. ${lead.summary}`,
    first: ({ lead }) => firstStep(lead),
  },
};

const PILE_TITLES: Readonly<Record<string, string>> = {
  'idle-transaction': 'An open transaction blocks others',
  'index-build': 'An index build blocks others',
};

/** What is at the head of the largest pile; empty where that was not seen. */
function headOfPile(findings: readonly CheckFinding[]): string {
  return factsIn(findings, 'lock-waits').flatMap((facts) => stated(facts, 'head') ?? [])[0] ?? '';
}

const NO_WAY = 'No way to the database';
const REFUSALS: Readonly<Partial<Record<FailureKind, string>>> = {
  'name-unresolved': NO_WAY,
  unreachable: NO_WAY,
  timeout: 'The database does not answer',
  'connection-lost': 'The database closes connections',
  'starting-up': 'The database restarts',
  'database-limit': 'CONNECTION LIMIT of database is reached',
  'role-limit': "LiteLLM's CONNECTION LIMIT is reached",
  'disk-full': 'The disk of the database is full',
  'server-error': 'The database reports errors of its own',
  'pooler-refused': 'A pooler refuses connections',
  'protocol-violation': 'What answers is not PostgreSQL',
};

function refusalTitle(kind: FailureKind | null): string {
  return (kind === null ? undefined : REFUSALS[kind]) ?? 'The database cannot be reached';
}

function concerns(findings: readonly CheckFinding[]): string {
  const [concerned] = factsIn(findings, 'database-reachable').flatMap((facts) => stated(facts, 'concerns') ?? []);
  return concerned === undefined ? '' : ` This concerns ${concerned}.`;
}

function version(findings: readonly CheckFinding[]): string {
  const [known] = factsIn(findings, 'litellm-version');
  return known === undefined ? '' : ` ${known.version}`;
}

/** Programs that share LiteLLM's database user, where they hold most of what is not LiteLLM's. */
function sharedUser(findings: readonly CheckFinding[]): string {
  const [shared] = factsIn(findings, 'pool-budget').filter(othersShareTheUser);
  if (shared === undefined) return '';
  return ` Other programs hold ${counted(shared.otherSessionsOfLitellmUser, 'session')} of LiteLLM's own database user, beside its pools.`;
}

/** What the connections did until the slots were gone, and the leak that would explain it; empty where no growth was seen. */
function filledBy(findings: readonly CheckFinding[]): string {
  const growth = findings.find(({ checkId }) => checkId === 'connection-growth');
  if (growth === undefined) return ' Who holds them cannot be seen from outside.';
  const leaks = leaksOf({ lead: growth, findings });
  return leaks.length === 0
    ? ` ${growth.summary}`
    : ` ${growth.summary} That fits a leak that LiteLLM${version(findings)} is known for: ${listed(leaks)}.`;
}

/** The leaks that the running version is known for; those that fit the sessions, where these were seen. */
function leaksOf({ findings }: Support): readonly string[] {
  const fitting = [...new Set(factsIn(findings, 'connection-leak').flatMap(fittingLeaks))];
  if (fitting.length > 0) return fitting;
  return factsIn(findings, 'litellm-version').flatMap(({ issues }) =>
    // Whether a setting that an issue requires is set is not seen.
    issues.filter(({ kind, setting }) => kind === 'leak' && setting === undefined).map(({ id }) => id),
  );
}

function knownLeaks(support: Support): string {
  const leaks = leaksOf(support);
  return leaks.length === 0 ? '' : ` Known leaks of LiteLLM${version(support.findings)}: ${listed(leaks)}.`;
}

function reclaim(support: Support): Advice {
  const clients = factsIn(support.findings, 'connection-leak').flatMap((facts) => stated(facts, 'client') ?? []);
  const restart = `Restart the proxy pods${clients.length > 0 ? ` behind ${listed([...new Set(clients)])}` : ''}, one at a time, which closes what they leaked`;
  return {
    text:
      leaksOf(support).length > 0
        ? `${restart}. Then upgrade LiteLLM to ${targetWords()}.`
        : `${restart}. Then watch when the next ones leak, and after what.`,
  };
}

const HOLDERS: readonly (readonly [CheckFinding['checkId'], string])[] = [
  ['global-router-settings', 'the global router_settings row'],
  ['team-router-settings', 'router_settings of teams'],
  ['key-router-settings', 'router_settings of keys'],
];

function holders(findings: readonly CheckFinding[]): string[] {
  const bad = new Set(findings.filter(isBad).map(({ checkId }) => checkId));
  const names = HOLDERS.flatMap(([checkId, words]) => (bad.has(checkId) ? [words] : []));
  return names.length === 0 ? ['settings that were not seen'] : names;
}
