import type { Status } from '../../core/finding.ts';
import { listed, shellWord } from '../../core/text.ts';
import type { RdsInstance } from '../../snapshot/snapshot.ts';
import { type CheckResult, incident, risk } from '../check.ts';
import type { RdsFacts } from './facts.ts';

/** The database does not serve in these (RDS user guide, "Viewing Amazon RDS DB instance status"). */
const NOT_SERVING =
  /^(failed|stopp|storage-full|delet|inaccessible-|incompatible-|restore-error|insufficient-capacity)/;
/** The database serves in these while RDS changes something. */
const SERVING =
  /^(available|modifying|backing-up|storage-optimization|storage-config-upgrade|storage-initialization|configuring-)/;

/** Status, parameters and pending changes of one instance; nothing for what is in order. */
export function instanceConcerns(instance: RdsInstance, region: string | undefined): readonly CheckResult<RdsFacts>[] {
  return [...statusConcern(instance), ...parameterConcern(instance, region), ...pendingConcern(instance)];
}

function statusConcern({ identifier, status, isWriter }: RdsInstance): readonly CheckResult<RdsFacts>[] {
  if (status === 'available') return [];
  return [
    incident({
      status: statusFor(status),
      subject: `instance ${identifier}: status`,
      summary: `The ${isWriter ? 'writer' : 'reader'} ${identifier} is "${status}", not "available".`,
      facts: { instanceStatus: status, isWriter },
      advice: [
        {
          text: 'Its events show since when and why:',
          command: `aws rds describe-events --source-type db-instance --source-identifier ${shellWord(identifier)} --duration 1440`,
        },
      ],
    }),
  ];
}

function statusFor(status: string): Status {
  if (SERVING.test(status)) return 'info';
  return NOT_SERVING.test(status) ? 'critical' : 'warning';
}

function parameterConcern(instance: RdsInstance, region: string | undefined): readonly CheckResult<RdsFacts>[] {
  const groups = instance.parameterGroups.filter(({ applyStatus }) => applyStatus !== 'in-sync');
  if (groups.length === 0) return [];
  const place = region === undefined ? '' : ` --region ${shellWord(region)}`;
  const waits = groups.some(({ applyStatus }) => applyStatus === 'pending-reboot');
  return [
    risk({
      status: waits ? 'warning' : 'info',
      subject: `instance ${instance.identifier}: parameters`,
      summary: `Parameters of ${instance.identifier} are not in force yet: ${listed(groups.map(({ name, applyStatus }) => `group ${name} is ${applyStatus}`))}.`,
      facts: { parameterGroups: groups.map(({ name, applyStatus }) => ({ name, applyStatus })) },
      advice: waits
        ? [
            {
              text: 'See which settings of PostgreSQL wait:',
              command: 'SELECT name, setting FROM pg_settings WHERE pending_restart;',
            },
            {
              text: 'Reboot at a quiet time; every connection is cut:',
              command: `aws rds reboot-db-instance${place} --db-instance-identifier ${shellWord(instance.identifier)}`,
            },
          ]
        : [{ text: 'RDS is applying them. Nothing to do unless it stays like this.' }],
    }),
  ];
}

function pendingConcern({ identifier, pendingModifications }: RdsInstance): readonly CheckResult<RdsFacts>[] {
  if (pendingModifications.length === 0) return [];
  return [
    risk({
      status: 'info',
      subject: `instance ${identifier}: pending changes`,
      summary: `Changes of ${identifier} wait for the maintenance window or a reboot: ${listed(pendingModifications)}.`,
      facts: { pendingModifications },
      advice: [
        {
          text: 'Some of them restart the database. See when that is, and choose a better time if needed:',
          command: `aws rds describe-db-instances --db-instance-identifier ${shellWord(identifier)} --query 'DBInstances[0].[PreferredMaintenanceWindow,PendingModifiedValues]'`,
        },
      ],
    }),
  ];
}
