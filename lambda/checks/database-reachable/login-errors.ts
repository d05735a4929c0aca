import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Advice } from '../../core/finding.ts';
import { describeRds } from '../remediation.ts';
import { tokenFailures } from './commands.ts';
import { AUDITOR_ONLY, at, type Explanation, type FailedConnection } from './connection-error.ts';

/** PostgreSQL checks an IAM token by PAM for members of rds_iam only; it asks all others for a password, which a token is not. */
const NO_IAM_ROLE = '28P01';

export const iamRefused: Explanation = (failed) => {
  const { target, place, failure, deniedByPolicy } = failed;
  const why = deniedByPolicy
    ? 'CloudWatch counts logins that the IAM policy did not allow'
    : failure.code === NO_IAM_ROLE
      ? 'it asked for a password, as it does when the role is no IAM role'
      : 'expired, for another host or resource, not allowed by the policy, or the role is no IAM role';
  return {
    happened: `PostgreSQL at ${place} refused the IAM token of ${target.user}: ${why}.`,
    ...AUDITOR_ONLY,
    steps: iamSteps(failed),
  };
};

function iamSteps({ target, failure, deniedByPolicy }: FailedConnection): readonly Advice[] {
  const grant = {
    text: `The role has to be a member of rds_iam: without that no token is accepted, and with it no password. The setup script grants it, after a check that nobody else uses ${target.user}:`,
    command: 'npm run --silent database-setup',
  };
  const policy = [
    {
      text: `The function's role requires rds-db:connect on arn:aws:rds-db:REGION:ACCOUNT:dbuser:RESOURCE_ID/${target.user}, with the resource id of the database (db-... or cluster-...); "rds.resourceId" in the configuration sets it.`,
    },
    ...describeRds(target, 'Check that IAM authentication is on, and note the resource id:'),
  ];
  const token = {
    text: `A token is valid for 15 min and for one host only: ${target.host} has to be the endpoint that RDS names, not an alias of it.`,
  };
  if (deniedByPolicy) return [...policy, grant, token];
  if (failure.code === NO_IAM_ROLE) return [grant, ...policy, ...tokenFailures(target), token];
  return [...policy, ...tokenFailures(target), token, grant];
}

export const passwordRefused: Explanation = ({ target, place, failure }) => ({
  happened:
    failure.code === undefined
      ? `PostgreSQL at ${place} asks for the password of ${target.user}, and none was given.`
      : `PostgreSQL at ${place} refused the password of ${target.user}.`,
  ...AUDITOR_ONLY,
  steps: [
    {
      text: 'Check that the password is right; a URL without one takes it from PGPASSWORD. A member of rds_iam cannot use one: audit with --iam instead.',
    },
    {
      text: 'See whether the role is an IAM role:',
      command: `SELECT pg_has_role(${escapeLiteral(target.user)}, 'rds_iam', 'MEMBER');`,
    },
  ],
});

export const loginRefused: Explanation = ({ target, place }) => ({
  happened: `PostgreSQL at ${place} does not let ${target.user} log in to ${target.databaseName} from here: no such role, or a rule in pg_hba.conf.`,
  ...AUDITOR_ONLY,
  steps: [
    {
      text: 'Check that the role exists and may log in, and that the database accepts connections:',
      command: `SELECT rolcanlogin FROM pg_roles WHERE rolname = ${escapeLiteral(target.user)};
SELECT datallowconn FROM pg_database WHERE datname = ${escapeLiteral(target.databaseName)};`,
    },
    {
      text: 'If there is no such role, create it with the setup script:',
      command: 'npm run --silent database-setup',
    },
    { text: 'With TLS off, rds.force_ssl = 1 refuses everybody: connect with TLS.' },
    {
      text: 'On your own PostgreSQL, pg_hba.conf has to have a line for this role, database and address that demands no client certificate.',
    },
  ],
});

export const loginUnsupported: Explanation = ({ target, place, failure }) => ({
  happened: at(place, failure),
  ...AUDITOR_ONLY,
  steps: [
    {
      text: `Let ${target.user} log in by IAM token or by password (scram-sha-256). On your own PostgreSQL, pg_hba.conf says which kind is asked for.`,
    },
    { text: 'The auditor supports PostgreSQL 13 and newer: check that host and port are those of such a server.' },
  ],
});

export const poolerRefused: Explanation = ({ target, place, failure }) => ({
  happened: `A pooler or proxy at ${place} refused the connection, not PostgreSQL itself${failure.code === undefined ? '' : ` (SQLSTATE ${failure.code})`}. The auditor's session needs settings that most poolers do not hand on.`,
  side: 'unclear',
  concerns: "the auditor's way to the database; LiteLLM's can differ",
  steps: [
    {
      text: `Use the database's own endpoint as host, not that of PgBouncer or RDS Proxy. Nothing has to change at the pooler.`,
    },
    ...describeRds(target, 'The endpoint that RDS names:'),
    { text: `If ${target.host} is the database's own endpoint, see what else listens on port ${target.port}.` },
  ],
});

export const databaseMissing: Explanation = ({ target, place }) => ({
  happened: `The server at ${place} has no database ${target.databaseName}.`,
  side: 'auditor',
  concerns: "the auditor's configuration",
  steps: [
    {
      text: 'Take the name from LiteLLM\'s DATABASE_URL, and set it as "databaseName" in the configuration. The databases are:',
      command: 'SELECT datname FROM pg_database;',
    },
  ],
});

export const noCredentials: Explanation = () => ({
  happened: 'There are no valid AWS credentials to sign an IAM token with, so no connection was opened.',
  ...AUDITOR_ONLY,
  steps: [
    {
      text: 'See as whom AWS knows you, and renew the login if it has expired:',
      command: 'aws sts get-caller-identity',
    },
  ],
});

export const permissionDenied: Explanation = ({ target, place }) => ({
  happened: `PostgreSQL at ${place} does not let ${target.user} use the database ${target.databaseName}.`,
  ...AUDITOR_ONLY,
  steps: [
    {
      text: "As the database's owner:",
      command: `GRANT CONNECT ON DATABASE ${escapeIdentifier(target.databaseName)} TO ${escapeIdentifier(target.user)};`,
    },
  ],
});
