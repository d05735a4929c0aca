import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Advice } from '../../core/finding.ts';
import { shellWord } from '../../core/text.ts';
import type { Target } from '../../settings/settings.ts';
import type { FailureKind } from '../../snapshot/snapshot.ts';
import { describeRds, psql, rdsEvents, tokenFailures } from './commands.ts';

/** What a failure to connect means and what to do about it. */
export interface ConnectStory {
  readonly happened: string;
  /** How far the failure reaches: LiteLLM itself, or the auditor's way in alone. */
  readonly concerns: string;
  readonly steps: readonly Advice[];
}

const EVERYBODY = 'every new connection, LiteLLM included';
const AUDITOR_ONLY = "the auditor's own log-in; it says nothing about LiteLLM's";
const EITHER = "the auditor's way to the database; LiteLLM's can differ";

const HOLDERS_SQL = `SELECT usename, client_addr, state, count(*), min(backend_start) AS oldest
  FROM pg_stat_activity WHERE backend_type = 'client backend'
 GROUP BY usename, client_addr, state ORDER BY count(*) DESC;`;

/** One sentence with the place, and steps in order, for each way in which connecting fails. */
export function connectStory(kind: FailureKind, target: Target): ConnectStory {
  return STORIES[kind](target, `${target.host}:${target.port}`);
}

const STORIES: Readonly<Record<FailureKind, (target: Target, place: string) => ConnectStory>> = {
  'slots-exhausted': ({ user }, place) => ({
    happened: `PostgreSQL is full: it refused the auditor a connection slot (SQLSTATE 53300), at ${place}.`,
    concerns: EVERYBODY,
    steps: [
      {
        text: 'Look who holds the slots. The RDS master user and members of pg_use_reserved_connections may still get in.',
        command: HOLDERS_SQL,
      },
      {
        text: 'Restart the proxy pod whose address holds most idle sessions: that closes its pools, old ones included.',
      },
      {
        text: 'Then lower database_connection_pool_limit, so that limit x workers x pods, twice that during a rolling deploy, fits the usable slots.',
      },
      {
        text: 'To let the auditor in next time (PostgreSQL 16 or newer, reserved_connections above 0 in the parameter group, then a reboot):',
        command: `GRANT pg_use_reserved_connections TO ${escapeIdentifier(user)};`,
      },
      {
        text: 'The proxy\'s "All connection attempts failed" is another error, of its local query engine. In its log, "too many clients" or 53300 is this one.',
      },
    ],
  }),
  'iam-refused': (target, place) => ({
    happened: `PostgreSQL at ${place} refused the IAM token of ${target.user}: expired, for another host or resource, not allowed by the policy, or the role is no IAM role.`,
    concerns: AUDITOR_ONLY,
    steps: [
      {
        text: 'As the RDS master user, make the role an IAM role; without this no token is taken:',
        command: `GRANT rds_iam TO ${escapeIdentifier(target.user)};`,
      },
      ...describeRds(target, 'See that IAM authentication is on, and note the resource id (db-... or cluster-...):'),
      {
        text: `The function's role needs rds-db:connect on arn:aws:rds-db:REGION:ACCOUNT:dbuser:RESOURCE_ID/${target.user}, with that resource id; "rds.resourceId" in the configuration sets it.`,
      },
      ...tokenFailures(target),
      {
        text: `A token lives 15 min and holds for one host only: ${target.host} has to be the endpoint that RDS names, not an alias of it.`,
      },
    ],
  }),
  'password-refused': (target, place) => ({
    happened: `PostgreSQL at ${place} refused the password of ${target.user}.`,
    concerns: AUDITOR_ONLY,
    steps: [
      { text: 'See that the password is right. A member of rds_iam cannot use one: audit with --iam instead.' },
      {
        text: 'Whether the role is an IAM role:',
        command: `SELECT pg_has_role(${escapeLiteral(target.user)}, 'rds_iam', 'MEMBER');`,
      },
    ],
  }),
  'login-refused': (target, place) => ({
    happened: `PostgreSQL at ${place} does not let ${target.user} log in to ${target.databaseName} from here.`,
    concerns: AUDITOR_ONLY,
    steps: [
      {
        text: 'See that the role exists, may log in, and that neither its connection limit nor that of the database is reached (-1 is none):',
        command: `SELECT rolcanlogin, rolconnlimit FROM pg_roles WHERE rolname = ${escapeLiteral(target.user)};
SELECT datallowconn, datconnlimit FROM pg_database WHERE datname = ${escapeLiteral(target.databaseName)};`,
      },
      { text: 'No such role: make it with the set-up script.', command: 'npm run --silent database-setup' },
      { text: 'With TLS off, rds.force_ssl = 1 refuses everybody: connect over TLS.' },
    ],
  }),
  'tls-untrusted': (target, place) => ({
    happened: `The certificate of ${place} is not trusted: of another CA, for another name, or expired.`,
    concerns: EITHER,
    steps: [
      {
        text: 'Look at its issuer, name and end:',
        command: `openssl s_client -starttls postgres -connect ${shellWord(place)} </dev/null | openssl x509 -noout -issuer -subject -enddate -ext subjectAltName`,
      },
      ...describeRds(
        target,
        'The host has to be the endpoint that RDS names, or the certificate does not hold for it:',
      ),
      {
        text: 'An Amazon RDS issuer that is not trusted: the bundle lacks the CA of the region. Fetch it, and name the file as "caFile" in the configuration.',
        command: 'curl -fsSO https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem',
      },
      { text: 'Any other issuer: something stands between the auditor and the database. Do not switch the check off.' },
    ],
  }),
  'tls-unavailable': (_target, place) => ({
    happened: `The server at ${place} does not offer TLS.`,
    concerns: EITHER,
    steps: [
      {
        text: 'RDS always offers TLS: see that host and port are those of the database, not of a pooler or another service.',
      },
      {
        text: 'A PostgreSQL of your own: set ssl = on. From the shell, sslmode=disable audits a database on this machine.',
      },
    ],
  }),
  'database-missing': (target, place) => ({
    happened: `The server at ${place} has no database ${target.databaseName}.`,
    concerns: "the auditor's configuration",
    steps: [
      {
        text: 'Take the name from LiteLLM\'s DATABASE_URL, and set it as "databaseName" in the configuration. There are:',
        command: 'SELECT datname FROM pg_database;',
      },
    ],
  }),
  'name-unresolved': (target) => ({
    happened: `The host name ${target.host} could not be resolved.`,
    concerns: EITHER,
    steps: [
      ...describeRds(
        target,
        'Compare it with the endpoint that RDS names; a deleted or renamed database loses its name:',
      ),
      { text: 'From inside the VPC:', command: `getent hosts ${shellWord(target.host)}` },
      { text: 'The name is right: see that the VPC has DNS support and DNS host names on.' },
    ],
  }),
  unreachable: (target, place) => ({
    happened: `No connection to ${place} could be opened: refused, or no route.`,
    concerns: EITHER,
    steps: [
      ...describeRds(target, 'See that the database is available and where it listens:'),
      { text: 'From inside the VPC:', command: `nc -vz -w 5 ${shellWord(target.host)} ${target.port}` },
      {
        text: `See that the function is in the VPC and subnets that reach the database, and that the port is ${target.port}.`,
      },
    ],
  }),
  timeout: (target, place) => ({
    happened: `The database at ${place} gave no answer in time.`,
    concerns: EITHER,
    steps: [
      {
        text: `See that the database's security group lets the function's in on port ${target.port}: a missing rule is silent.`,
      },
      ...describeRds(target, 'See that the database is available, and not failing over or out of storage:'),
      { text: 'From inside the VPC, see whether PostgreSQL answers:', command: psql(target, 'SELECT 1') },
      {
        text: 'It answers, only late: look at CPU, memory and I/O of the instance first, then raise "connectTimeoutMs".',
      },
    ],
  }),
  'connection-lost': (target, place) => ({
    happened: `The connection to ${place} was closed in the middle.`,
    concerns: EVERYBODY,
    steps: [
      ...describeRds(target, 'See whether the database restarts or fails over:'),
      ...rdsEvents(target),
      {
        text: 'Audit again in two minutes. When it stays so, look in the log of PostgreSQL for a crash or an administrator.',
      },
    ],
  }),
  'starting-up': (target, place) => ({
    happened: `PostgreSQL at ${place} is starting up or shutting down.`,
    concerns: EVERYBODY,
    steps: [
      ...describeRds(target, 'See whether the database restarts, fails over or recovers:'),
      ...rdsEvents(target),
      { text: 'Audit again in two minutes. Recovery after a crash can take longer.' },
    ],
  }),
  'no-credentials': () => ({
    happened: 'There are no valid AWS credentials to sign an IAM token with, so no connection was opened.',
    concerns: AUDITOR_ONLY,
    steps: [
      {
        text: 'See who you are to AWS, and renew the log-in if it has expired:',
        command: 'aws sts get-caller-identity',
      },
    ],
  }),
  'permission-denied': (target, place) => ({
    happened: `PostgreSQL at ${place} does not let ${target.user} use the database ${target.databaseName}.`,
    concerns: AUDITOR_ONLY,
    steps: [
      {
        text: "As the database's owner:",
        command: `GRANT CONNECT ON DATABASE ${escapeIdentifier(target.databaseName)} TO ${escapeIdentifier(target.user)};`,
      },
    ],
  }),
  'not-found': unclear,
  throttled: unclear,
  'unexpected-answer': unclear,
  other: unclear,
};

function unclear(target: Target, place: string): ConnectStory {
  return {
    happened: `The connection to ${place} failed for a reason that the auditor does not know.`,
    concerns: EITHER,
    steps: [
      { text: 'Try the same by hand, from inside the VPC; its error says more:', command: psql(target, 'SELECT 1') },
      { text: "Look in PostgreSQL's own log at the time of this audit." },
    ],
  };
}
