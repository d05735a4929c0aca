import type { Advice } from '../../core/finding.ts';
import { shellWord } from '../../core/text.ts';
import type { Target } from '../../settings/settings.ts';

/** CloudWatch counts refused IAM logins by cause (knowledge/aws.md, Amazon RDS); none when no instance or cluster is named. */
export function tokenFailures({ rds }: Target): readonly Advice[] {
  if (rds === undefined) return [];
  const dimension = rds.kind === 'instance' ? 'DBInstanceIdentifier' : 'DBClusterIdentifier';
  return [
    {
      text: 'CloudWatch shows the cause. See each of InvalidToken, InsufficientPermissions, Throttling and ServerError:',
      command: `aws cloudwatch get-metric-statistics --region ${shellWord(rds.region)} --namespace AWS/RDS --metric-name IamDbAuthConnectionFailureInsufficientPermissions --dimensions Name=${dimension},Value=${shellWord(rds.identifier)} --start-time "$(date -u -d -1hour +%FT%TZ)" --end-time "$(date -u +%FT%TZ)" --period 3600 --statistics Sum`,
    },
  ];
}

/** The command that lists what happened to the database in the last hour; none when no instance or cluster is named. */
export function rdsEvents({ rds }: Target): readonly Advice[] {
  if (rds === undefined) return [];
  return [
    {
      text: 'Its events of the last hour show why:',
      command: `aws rds describe-events --region ${shellWord(rds.region)} --source-type db-${rds.kind} --source-identifier ${shellWord(rds.identifier)} --duration 60`,
    },
  ];
}

/** psql with the target's own fields; an IAM token is made on the spot, a password is asked for. */
export function psql(target: Target, sql: string): string {
  const { host, port, databaseName, user, login, tls } = target;
  const field = (name: string, value: string) =>
    `${name}=${/^[\w.:-]+$/.test(value) ? value : `'${value.replaceAll(/['\\]/g, '\\$&')}'`}`;
  const connection = [
    field('host', host),
    `port=${port}`,
    field('dbname', databaseName),
    field('user', user),
    `sslmode=${tls.mode === 'verify' ? 'require' : 'disable'}`,
  ].join(' ');
  const token =
    login.kind === 'iam'
      ? `PGPASSWORD="$(aws rds generate-db-auth-token --hostname ${shellWord(host)} --port ${port} --username ${shellWord(user)} --region ${shellWord(login.region)})" `
      : '';
  return `${token}psql ${shellWord(connection)} -c ${shellWord(sql)}`;
}
