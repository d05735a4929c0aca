import type { Status } from '../../core/finding.ts';
import { listed, shellWord } from '../../core/text.ts';
import type { RdsInstance } from '../../snapshot/snapshot.ts';
import type { CheckResult } from '../check.ts';
import { result } from '../result.ts';

/** The database does not serve in these (RDS user guide, "Viewing Amazon RDS DB instance status"). */
const NOT_SERVING =
  /^(failed|stopp|storage-full|delet|inaccessible-|incompatible-|restore-error|insufficient-capacity)/;
/** The database serves in these while RDS is at work. */
const SERVING =
  /^(available|modifying|backing-up|storage-optimization|storage-config-upgrade|storage-initialization|configuring-)/;

/** Judges status, parameters and pending changes of one instance: nothing for what is well. */
export function judgeInstance(instance: RdsInstance, region: string | undefined): readonly CheckResult[] {
  return [...statusConcern(instance), ...parameterConcern(instance, region), ...pendingConcern(instance)];
}

function statusConcern({ identifier, status, isWriter }: RdsInstance): readonly CheckResult[] {
  if (status === 'available') return [];
  return [
    result({
      status: severityOfStatus(status),
      subject: `instance ${identifier}: status`,
      summary: `The ${isWriter ? 'writer' : 'reader'} ${identifier} is "${status}", not "available".`,
      evidence: { instanceStatus: status, isWriter },
      advice: [
        {
          text: 'Its events tell since when and why:',
          command: `aws rds describe-events --source-type db-instance --source-identifier ${shellWord(identifier)} --duration 1440`,
        },
      ],
    }),
  ];
}

function severityOfStatus(status: string): Status {
  if (SERVING.test(status)) return 'info';
  return NOT_SERVING.test(status) ? 'critical' : 'warning';
}

function parameterConcern(instance: RdsInstance, region: string | undefined): readonly CheckResult[] {
  const groups = instance.parameterGroups.filter(({ applyStatus }) => applyStatus !== 'in-sync');
  if (groups.length === 0) return [];
  const place = region === undefined ? '' : ` --region ${shellWord(region)}`;
  const waits = groups.some(({ applyStatus }) => applyStatus === 'pending-reboot');
  return [
    result({
      status: waits ? 'warning' : 'info',
      subject: `instance ${instance.identifier}: parameters`,
      summary: `Parameters of ${instance.identifier} are not in force yet: ${listed(groups.map(({ name, applyStatus }) => `group ${name} is ${applyStatus}`))}.`,
      evidence: { parameterGroups: groups.map(({ name, applyStatus }) => ({ name, applyStatus })) },
      advice: waits
        ? [
            {
              text: 'Which settings of PostgreSQL wait:',
              command: 'SELECT name, setting FROM pg_settings WHERE pending_restart;',
            },
            {
              text: 'Reboot at a quiet time; every connection is cut:',
              command: `aws rds reboot-db-instance${place} --db-instance-identifier ${shellWord(instance.identifier)}`,
            },
          ]
        : [{ text: 'RDS is applying them: nothing to do unless it stays so.' }],
    }),
  ];
}

function pendingConcern({ identifier, pendingModifications }: RdsInstance): readonly CheckResult[] {
  if (pendingModifications.length === 0) return [];
  return [
    result({
      status: 'info',
      subject: `instance ${identifier}: pending changes`,
      summary: `Changes of ${identifier} wait for the maintenance window or a reboot: ${listed(pendingModifications)}.`,
      evidence: { pendingModifications },
      advice: [
        {
          text: 'Some of them restart the database. See when that is, and choose a better time where needed:',
          command: `aws rds describe-db-instances --db-instance-identifier ${shellWord(identifier)} --query 'DBInstances[0].[PreferredMaintenanceWindow,PendingModifiedValues]'`,
        },
      ],
    }),
  ];
}
