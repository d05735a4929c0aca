import { ge, lt } from '@renovatebot/pep440';
import type { Advice } from '../../core/finding.ts';
import { LOG_PHRASES, type LogPhraseId } from '../../litellm/log-phrases.ts';
import { SINCE } from '../../litellm/releases/since.ts';
import { targetWords } from '../../litellm/upgrade.ts';
import type { LitellmVersion } from '../../litellm/version.ts';

interface Circumstances {
  /** null: not known. */
  readonly version: LitellmVersion | null;
  readonly justInterrupted: boolean;
  /** LiteLLM makes its DATABASE_URL itself, anew with each token. */
  readonly iam: boolean;
}

/** The oldest release in which database_extra_connection_params and database_disable_prepared_statements were seen (knowledge/litellm.md). */
const EXTRA_PARAMETERS = '1.90.0';

const LIMITS_SQL = `SELECT 'role' AS what, rolname AS name, rolconnlimit AS "limit" FROM pg_roles WHERE rolconnlimit >= 0
 UNION ALL SELECT 'database', datname, datconnlimit FROM pg_database WHERE datconnlimit >= 0;`;

const READ_ONLY_SQL = `SELECT pg_is_in_recovery() AS is_reader, current_setting('default_transaction_read_only') AS read_only;`;

/** The phrase as reports show it: `"too many clients" or "remaining connection slots"`. */
export function quoted(id: LogPhraseId): string {
  return LOG_PHRASES[id].texts.map((text) => `"${text}"`).join(' or ');
}

/** What each phrase that was logged means, and what to do about it. */
export function adviceOn(logged: readonly LogPhraseId[], circumstances: Circumstances): readonly Advice[] {
  return logged.flatMap((id) =>
    // Both are about the connections of the pool: one set of steps.
    id === 'transactionsNotStarted' && logged.includes('poolTimeouts') ? [] : stepsFor(id, circumstances),
  );
}

function stepsFor(id: LogPhraseId, circumstances: Circumstances): readonly Advice[] {
  const [first, ...more] = STEPS[id](circumstances);
  return [{ ...first, text: `Lines with ${quoted(id)}: ${LOG_PHRASES[id].meaning} ${first.text}` }, ...more];
}

const POOL_SHORT: readonly [Advice] = [
  {
    text: 'Look for what holds the connections: idle-in-transaction, per-request-router, slow statements. A larger pool is no cure while sessions wait for something else; where they do not, pool-budget shows whether a larger database_connection_pool_limit fits.',
  },
];

const STEPS: Readonly<Record<LogPhraseId, (circumstances: Circumstances) => readonly [Advice, ...Advice[]]>> = {
  limitRefused: () => [
    {
      text: 'connection-limits shows whether it still is, and what to do. Before it is raised, see whether connection-leak or connection-growth finds something: a limit keeps a leak from taking the slots of everybody. Which limits there are:',
      command: LIMITS_SQL,
    },
  ],
  slotsRefused: () => [
    {
      text: 'Follow the advice of connection-headroom and connection-growth. Do not restart all pods at once: each opens its connections anew.',
    },
  ],
  readOnly: () => [
    {
      text: "See with LiteLLM's own DATABASE_URL which server it leads to:",
      command: READ_ONLY_SQL,
    },
    {
      text: 'If that is the writer now, restart the pods that logged it, one by one: their pools are still those of the old writer. If it is a reader, put the writer endpoint into DATABASE_URL. If it is a writer that is read-only, a restart does not help: find out who set default_transaction_read_only, and why.',
    },
  ],
  closedConnections: (circumstances) =>
    circumstances.justInterrupted
      ? [
          {
            text: 'The server was started or failed over a short time ago, which closes every connection. LiteLLM opens new ones by itself, and failover shows whether it is on the right server; find out why it happened.',
          },
        ]
      : idleSteps(circumstances),
  engineNotConnected: () => [
    {
      text: 'Restart the pods that logged it, one by one: a pod does not always reconnect by itself, even while its readiness is fine. If it comes back, see litellm-version for known issues of the engine and of the health watchdog.',
    },
  ],
  connectionAttemptsFailed: () => [
    {
      text: 'If slots are free, restart the pods that logged it, one by one, and see litellm-version for known issues of the engine. If no slots are free, first follow the advice of connection-headroom.',
    },
  ],
  poolTimeouts: () => POOL_SHORT,
  transactionsNotStarted: () => POOL_SHORT,
  stalePlans: () => [
    {
      text: `Restart the pods that are older than the migration, one by one; in a rolling deployment that happens by itself. If migrations do this often, set database_disable_prepared_statements: true in general_settings (${EXTRA_PARAMETERS} and later).`,
    },
  ],
  deadlocks: () => [
    {
      text: "LiteLLM repeats most of what PostgreSQL ends so. If spend is missing, or it goes on, see PostgreSQL's log for the two statements; use_redis_transaction_buffer: true in general_settings has one worker write the spend of all (it requires Redis).",
    },
  ],
};

/** Prisma's pool looks at how long a connection was idle when it takes it, and replaces the older ones: then a dead one is never used. */
function idleSteps(circumstances: Circumstances): readonly [Advice, ...Advice[]] {
  return [
    {
      text: `Have the pool replace connections that were idle for longer than the network keeps them (a load balancer or NAT gateway of AWS: 350 s; a firewall often less): ${idleSetting(circumstances)} Restart the pods one by one for it.`,
    },
    {
      text: 'Or let PostgreSQL keep them alive: set tcp_keepalives_idle in the parameter group below that time, such as 60 (the default on RDS is 300). It applies to new connections, without a restart of the database.',
    },
    {
      text: 'Then see whether the lines stop. If connections die in use too, ask whoever runs the network, or whoever ends sessions on the server (idle_session_timeout, pg_terminate_backend).',
    },
  ];
}

function idleSetting({ version, iam }: Circumstances): string {
  const byUrl = 'add max_idle_connection_lifetime=60 to the parameters of DATABASE_URL.';
  if (version === null) return byUrl;
  if (ge(version.release, SINCE['short-idle-life'])) {
    return 'set database_max_idle_connection_lifetime in general_settings below that time, such as 30. This version has 60.';
  }
  const upgrade = `upgrade to ${targetWords()}: LiteLLM ${SINCE['short-idle-life']} and later have 60 by default.`;
  // A refresh of the token makes the URL anew, without such parameters (#33021).
  if (iam) return upgrade;
  return lt(version.release, EXTRA_PARAMETERS)
    ? `${byUrl} Or ${upgrade}`
    : `set database_extra_connection_params: {max_idle_connection_lifetime: 60} in general_settings. Or ${upgrade}`;
}
