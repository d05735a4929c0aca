import { escapeIdentifier } from 'pg';
import type { Advice } from '../core/finding.ts';
import { shellWord } from '../core/text.ts';
import type { Client } from '../model/clients.ts';
import type { Target } from '../settings/settings.ts';

/** The step that closes all sessions of one client: its pod is known by its address alone. */
export function restartPod({ clientAddress }: Client): readonly Advice[] {
  if (clientAddress === null) {
    return [{ text: 'Restart the proxy on the database host: that closes all its sessions.' }];
  }
  return [
    {
      text: `Restart the pod at ${clientAddress}: that closes all its sessions. On Kubernetes, find it with:`,
      command: `kubectl get pods --all-namespaces --field-selector ${shellWord(`status.podIP=${clientAddress}`)}`,
    },
  ];
}

/** How the setup script is run: what it grants is all that an audit requires. */
export const INSTALL: readonly Advice[] = [
  {
    text: "Print the setup SQL and run it in LiteLLM's database, as the RDS master user and as the owner of LiteLLM's tables. It is safe to run again:",
    command: 'npm run --silent database-setup',
  },
];

/** The grant that shows other roles' sessions. pg_monitor holds pg_read_all_stats (knowledge/aws.md, Amazon RDS). */
export function seeAllSessions(role: string): Advice {
  return {
    text: 'As the RDS master user, let the auditor see all sessions:',
    command: `GRANT pg_monitor TO ${escapeIdentifier(role)};`,
  };
}

/** How to state a version to the auditor. */
export const LEARN_VERSION: Advice = {
  text: 'Find out which version runs, and set it as "litellmVersion" in the configuration. In a pod of the proxy:',
  command: 'python -c "import importlib.metadata as m; print(m.version(\'litellm\'))"',
};

/** The command that shows what RDS knows of the database; none when the configuration names no instance or cluster. */
export function describeRds({ rds }: Target, text: string): readonly Advice[] {
  if (rds === undefined) return [];
  const place = `--region ${shellWord(rds.region)}`;
  const identifier = shellWord(rds.identifier);
  const command =
    rds.kind === 'instance'
      ? `aws rds describe-db-instances ${place} --db-instance-identifier ${identifier} --query 'DBInstances[0].[DBInstanceStatus,Endpoint,DbiResourceId,IAMDatabaseAuthenticationEnabled,VpcSecurityGroups]'`
      : `aws rds describe-db-clusters ${place} --db-cluster-identifier ${identifier} --query 'DBClusters[0].[Status,Endpoint,Port,DbClusterResourceId,IAMDatabaseAuthenticationEnabled,VpcSecurityGroups]'`;
  return [{ text, command }];
}
