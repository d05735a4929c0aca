import { counted, shellWord } from '../../core/text.ts';
import type { RdsSource } from '../../snapshot/snapshot.ts';
import { type CheckResult, defineCheck, notEvaluated, risk } from '../check.ts';
import { certificateConcern } from './certificate.ts';
import type { CapacityFacts, RdsFacts } from './facts.ts';
import { instanceConcerns } from './instance.ts';

/** What the RDS API says about the instance or cluster. One result per concern; a single ok one when there is none. */
export const rdsConfiguration = defineCheck({
  id: 'rds-configuration',
  title: 'RDS has IAM authentication on, nothing pending, and certificates that last.',
  kind: 'risk',
  needs: ['rds'],
  evaluate({ seen: { rds }, snapshot }, settings) {
    const host =
      snapshot.sources.connection.status === 'ok' ? snapshot.sources.connection.value.host : settings.target.host;
    const region = settings.target.rds?.region;
    const concerns = [
      ...iamConcern(rds, region),
      ...endpointConcern(rds, host),
      ...emptyConcern(rds),
      ...rds.instances.flatMap((instance) => [
        ...instanceConcerns(instance, region),
        ...certificateConcern(instance, rds, {
          takenAt: snapshot.takenAt,
          warningDays: settings.certificateWarningDays,
          region,
        }),
      ]),
    ];
    if (concerns.length > 0) return concerns;
    return [
      risk<RdsFacts>({
        status: 'ok',
        subject: `${rds.kind} ${rds.identifier}`,
        summary: `IAM authentication is on, and ${counted(rds.instances.length, 'instance')} of ${rds.identifier} ${rds.instances.length === 1 ? 'has' : 'have'} nothing pending and certificates valid for over ${settings.certificateWarningDays} days.`,
        facts: {
          engine: `${rds.engine} ${rds.engineVersion}`,
          resourceId: rds.resourceId,
          instances: rds.instances.map(({ identifier, class: instanceClass, isWriter }) => ({
            identifier,
            class: instanceClass,
            isWriter,
          })),
          ...capacity(rds),
        },
      }),
    ];
  },
});

/** Serverless v2 sets max_connections by the maximum, and a change of it requires a reboot (knowledge/aws.md, Amazon RDS). */
function capacity({ serverless }: RdsSource): CapacityFacts {
  if (serverless === null) return {};
  return {
    minimumAcu: serverless.minCapacity,
    maximumAcu: serverless.maxCapacity,
    maxConnectionsFollows: 'the maximum ACU, after a reboot',
  };
}

function iamConcern(rds: RdsSource, region: string | undefined): readonly CheckResult<RdsFacts>[] {
  if (rds.iamAuthentication) return [];
  const place = region === undefined ? '' : ` --region ${shellWord(region)}`;
  return [
    risk({
      status: 'warning',
      subject: `${rds.kind} ${rds.identifier}: IAM authentication`,
      summary: `IAM authentication is off on ${rds.kind} ${rds.identifier}, so no role can log in with a token.`,
      facts: { iamAuthentication: false, resourceId: rds.resourceId },
      advice: [
        {
          text: 'Switch it on. It takes effect without a reboot, and password logins keep working:',
          command: `aws rds modify-db-${rds.kind}${place} --db-${rds.kind}-identifier ${shellWord(rds.identifier)} --enable-iam-database-authentication --apply-immediately`,
        },
      ],
    }),
  ];
}

function endpointConcern(rds: RdsSource, host: string): readonly CheckResult<RdsFacts>[] {
  const configured = host.toLowerCase();
  const isRdsName = /\.rds\.amazonaws\.com(\.cn)?$/.test(configured);
  if (!isRdsName || rds.endpoint === null || configured === rds.endpoint.toLowerCase()) return [];
  return [
    risk({
      status: 'info',
      subject: `${rds.kind} ${rds.identifier}: endpoint`,
      summary: `The auditor connects to ${host}, ${endpointKind(configured)}, while the endpoint of ${rds.kind} ${rds.identifier} is ${rds.endpoint}.`,
      facts: { configuredHost: host, endpoint: rds.endpoint },
      advice: [
        {
          text: `Set "host" in the configuration to ${rds.endpoint}, where LiteLLM writes and connects, or correct "rds.identifier".`,
        },
      ],
    }),
  ];
}

/** RDS marks the kind of an endpoint in the second label of its name. */
function endpointKind(host: string): string {
  const label = host.split('.')[1] ?? '';
  if (label.startsWith('cluster-ro-')) return "a cluster's reader endpoint";
  if (label.startsWith('cluster-custom-')) return "a cluster's custom endpoint";
  if (label.startsWith('cluster-')) return "another cluster's endpoint";
  if (label.startsWith('proxy-')) return 'an RDS Proxy, which pools the sessions of its clients';
  return "an instance's own endpoint, which does not follow a failover";
}

function emptyConcern(rds: RdsSource): readonly CheckResult<RdsFacts>[] {
  if (rds.instances.length > 0) return [];
  return [
    notEvaluated({
      subject: `${rds.kind} ${rds.identifier}: instances`,
      summary: `RDS lists no instance of ${rds.kind} ${rds.identifier}, so parameters and certificates could not be checked.`,
      advice: [
        {
          text: 'Check that "rds" in the configuration names the right one, and allow rds:DescribeDBInstances on its instances.',
        },
      ],
    }),
  ];
}
