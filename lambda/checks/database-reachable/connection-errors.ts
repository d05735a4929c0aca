import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Advice } from '../../core/finding.ts';
import { shellWord } from '../../core/text.ts';
import type { Target } from '../../settings/settings.ts';
import type { FailureKind } from '../../snapshot/snapshot.ts';
import { describeRds, psql, rdsEvents, tokenFailures } from './commands.ts';

/** What a failure to connect means and what to do about it. */
export interface ConnectionError {
  readonly happened: string;
  /** Who cannot connect: everybody (`database`), the auditor alone, or one of these. */
  readonly side: 'database' | 'auditor' | 'unclear';
  readonly concerns: string;
  readonly steps: readonly Advice[];
}

const EVERYBODY = { side: 'database', concerns: 'every new connection, LiteLLM included' } as const;
const AUDITOR_ONLY = { side: 'auditor', concerns: "the auditor's own login; it says nothing about LiteLLM's" } as const;
const AUDITORS_WAY = { side: 'auditor', concerns: "the auditor's way to the database; LiteLLM's can differ" } as const;
const EITHER = { side: 'unclear', concerns: "the auditor's way to the database; LiteLLM's can differ" } as const;

const HOLDERS_SQL = `SELECT usename, client_addr, state, count(*), min(backend_start) AS oldest
  FROM pg_stat_activity WHERE backend_type = 'client backend'
 GROUP BY usename, client_addr, state ORDER BY count(*) DESC;`;

/** One sentence with the place, and steps in order, for each way in which connecting fails. */
export function connectionError(kind: FailureKind, target: Target): ConnectionError {
  return ERRORS[kind](target, `${target.host}:${target.port}`);
}

const ERRORS: Readonly<Record<FailureKind, (target: Target, place: string) => ConnectionError>> = {
  'slots-exhausted': ({ user }, place) => ({
    happened: `PostgreSQL is full: it refused the auditor a connection slot (SQLSTATE 53300), at ${place}.`,
    ...EVERYBODY,
    steps: [
      {
        text: 'See who holds the slots. The RDS master user and members of pg_use_reserved_connections may still get in.',
        command: HOLDERS_SQL,
      },
      {
        text: 'Restart the proxy pod whose address holds most idle sessions: that closes its pools, old ones included.',
      },
      {
        text: 'Then lower database_connection_pool_limit, so that limit x workers x pods, twice that during a rolling deployment, fits the usable slots.',
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
    ...AUDITOR_ONLY,
    steps: [
      {
        text: `The role has to be a member of rds_iam: without that no token is accepted, and with it no password. The setup script grants it, after a check that nobody else uses ${target.user}:`,
        command: 'npm run --silent database-setup',
      },
      ...describeRds(target, 'Check that IAM authentication is on, and note the resource id (db-... or cluster-...):'),
      {
        text: `The function's role requires rds-db:connect on arn:aws:rds-db:REGION:ACCOUNT:dbuser:RESOURCE_ID/${target.user}, with that resource id; "rds.resourceId" in the configuration sets it.`,
      },
      ...tokenFailures(target),
      {
        text: `A token is valid for 15 min and for one host only: ${target.host} has to be the endpoint that RDS names, not an alias of it.`,
      },
    ],
  }),
  'password-refused': (target, place) => ({
    happened: `PostgreSQL at ${place} refused the password of ${target.user}.`,
    ...AUDITOR_ONLY,
    steps: [
      { text: 'Check that the password is right. A member of rds_iam cannot use one: audit with --iam instead.' },
      {
        text: 'See whether the role is an IAM role:',
        command: `SELECT pg_has_role(${escapeLiteral(target.user)}, 'rds_iam', 'MEMBER');`,
      },
    ],
  }),
  'login-refused': (target, place) => ({
    happened: `PostgreSQL at ${place} does not let ${target.user} log in to ${target.databaseName} from here.`,
    ...AUDITOR_ONLY,
    steps: [
      {
        text: 'Check that the role exists, may log in, and that neither its connection limit nor that of the database is reached (-1 is none):',
        command: `SELECT rolcanlogin, rolconnlimit FROM pg_roles WHERE rolname = ${escapeLiteral(target.user)};
SELECT datallowconn, datconnlimit FROM pg_database WHERE datname = ${escapeLiteral(target.databaseName)};`,
      },
      {
        text: 'If there is no such role, create it with the setup script:',
        command: 'npm run --silent database-setup',
      },
      { text: 'With TLS off, rds.force_ssl = 1 refuses everybody: connect with TLS.' },
    ],
  }),
  'tls-untrusted': (target, place) => ({
    happened: `The certificate of ${place} is not trusted: of another CA, for another name, or expired.`,
    ...AUDITORS_WAY,
    steps: [
      {
        text: 'See its issuer, name and expiry:',
        command: `openssl s_client -starttls postgres -connect ${shellWord(place)} </dev/null | openssl x509 -noout -issuer -subject -enddate -ext subjectAltName`,
      },
      ...describeRds(target, 'The host has to be the endpoint that RDS names, or the certificate is not valid for it:'),
      {
        text: 'If the issuer is Amazon RDS, the CA of the region is missing. Fetch the bundle, and name the file as "caFile" in the configuration (in a shell: --ca-file):',
        command: 'curl -fsSO https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem',
      },
      {
        text: 'If the issuer is another one, something is between the auditor and the database. Do not switch the verification off.',
      },
    ],
  }),
  'tls-unavailable': (_target, place) => ({
    happened: `The server at ${place} does not offer TLS.`,
    ...AUDITORS_WAY,
    steps: [
      {
        text: 'RDS always offers TLS: check that host and port are those of the database, not of a pooler or another service.',
      },
      {
        text: 'On your own PostgreSQL, set ssl = on. From the shell, sslmode=disable audits a database on this machine.',
      },
    ],
  }),
  'database-missing': (target, place) => ({
    happened: `The server at ${place} has no database ${target.databaseName}.`,
    side: 'auditor',
    concerns: "the auditor's configuration",
    steps: [
      {
        text: 'Take the name from LiteLLM\'s DATABASE_URL, and set it as "databaseName" in the configuration. The databases are:',
        command: 'SELECT datname FROM pg_database;',
      },
    ],
  }),
  'name-unresolved': (target) => ({
    happened: `The host name ${target.host} could not be resolved.`,
    ...EITHER,
    steps: [
      ...describeRds(
        target,
        'Compare it with the endpoint that RDS names; a deleted or renamed database loses its name:',
      ),
      { text: 'From inside the VPC:', command: `getent hosts ${shellWord(target.host)}` },
      { text: 'If the name is right, check that the VPC has DNS support and DNS host names on.' },
    ],
  }),
  unreachable: (target, place) => ({
    happened: `No connection to ${place} could be opened: refused, or no route.`,
    ...EITHER,
    steps: [
      ...describeRds(target, 'Check that the database is available, and where it listens:'),
      { text: 'From inside the VPC:', command: `nc -vz -w 5 ${shellWord(target.host)} ${target.port}` },
      {
        text: `Check that the function is in the VPC and subnets that reach the database, and that the port is ${target.port}.`,
      },
    ],
  }),
  timeout: (target, place) => ({
    happened: `The database at ${place} gave no answer in time.`,
    ...EITHER,
    steps: [
      {
        text: `Check that the database's security group lets the function's in on port ${target.port}: a missing rule gives no error.`,
      },
      ...describeRds(target, 'Check that the database is available, and not failing over or out of storage:'),
      { text: 'From inside the VPC, check whether PostgreSQL answers:', command: psql(target, 'SELECT 1') },
      {
        text: 'If it answers, only late: see CPU, memory and I/O of the instance first, then raise "connectTimeoutMs".',
      },
    ],
  }),
  'connection-lost': (target, place) => ({
    happened: `The connection to ${place} was closed before the audit was done.`,
    ...EVERYBODY,
    steps: [
      ...describeRds(target, 'See whether the database restarts or fails over:'),
      ...rdsEvents(target),
      {
        text: 'Audit again in two minutes. If it stays like this, search the log of PostgreSQL for a crash or a shutdown by an administrator.',
      },
    ],
  }),
  'starting-up': (target, place) => ({
    happened: `PostgreSQL at ${place} is starting up or shutting down.`,
    ...EVERYBODY,
    steps: [
      ...describeRds(target, 'See whether the database restarts, fails over or recovers:'),
      ...rdsEvents(target),
      { text: 'Audit again in two minutes. Recovery after a crash can take longer.' },
    ],
  }),
  'no-credentials': () => ({
    happened: 'There are no valid AWS credentials to sign an IAM token with, so no connection was opened.',
    ...AUDITOR_ONLY,
    steps: [
      {
        text: 'See as whom AWS knows you, and renew the login if it has expired:',
        command: 'aws sts get-caller-identity',
      },
    ],
  }),
  'permission-denied': (target, place) => ({
    happened: `PostgreSQL at ${place} does not let ${target.user} use the database ${target.databaseName}.`,
    ...AUDITOR_ONLY,
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

function unclear(target: Target, place: string): ConnectionError {
  return {
    happened: `The connection to ${place} failed for a reason that the auditor does not know.`,
    ...EITHER,
    steps: [
      {
        text: 'Connect yourself, from inside the VPC. The error of psql says more:',
        command: psql(target, 'SELECT 1'),
      },
      { text: "See PostgreSQL's own log at the time of this audit." },
    ],
  };
}
