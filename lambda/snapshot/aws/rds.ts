import type { Certificate, DBCluster, DBInstance } from '@aws-sdk/client-rds';
import type { Target } from '../../settings/settings.ts';
import { failureOf, SourceError } from '../failure.ts';
import type { RdsInstance, RdsSource } from '../snapshot.ts';
import { readEvents } from './rds-events.ts';

/** An Aurora cluster has at most 16 instances. */
const INSTANCE_LIMIT = 20;

/**
 * What the RDS API says about the instance, or the cluster and its members.
 * @param signal ends the calls
 * @throws the SDK's errors; `awsFailure` tells them apart. SourceError.
 */
export async function readRds(target: NonNullable<Target['rds']>, signal: AbortSignal): Promise<RdsSource> {
  // Loaded here so that it overlaps with the database's login instead of delaying the start.
  const { RDS } = await import('@aws-sdk/client-rds');
  const rds = new RDS({ region: target.region, maxAttempts: 3 });
  const options = { abortSignal: signal };
  try {
    const certificates = rds.describeCertificates({}, options);
    certificates.catch(() => {}); // Awaited below; must not count as unhandled when another call fails first.
    const events = readEvents(rds, target, options);
    if (target.kind === 'instance') {
      const { DBInstances = [] } = await rds.describeDBInstances({ DBInstanceIdentifier: target.identifier }, options);
      const instance = DBInstances[0];
      if (instance === undefined) throw notThere();
      const state = toInstance(instance, undefined);
      return {
        ...instanceFacts(instance),
        instances: [state],
        certificateAuthorities: authorities([state], (await certificates).Certificates),
        events: await events,
      };
    }
    const [{ DBClusters = [] }, { DBInstances = [] }] = await Promise.all([
      rds.describeDBClusters({ DBClusterIdentifier: target.identifier }, options),
      rds.describeDBInstances({ Filters: [{ Name: 'db-cluster-id', Values: [target.identifier] }] }, options),
    ]);
    const cluster = DBClusters[0];
    if (cluster === undefined) throw notThere();
    const members = DBInstances.slice(0, INSTANCE_LIMIT).map((instance) => toInstance(instance, cluster));
    return {
      ...clusterFacts(cluster),
      instances: members,
      certificateAuthorities: authorities(members, (await certificates).Certificates),
      events: await events,
    };
  } finally {
    rds.destroy();
  }
}

type Facts = Omit<RdsSource, 'instances' | 'certificateAuthorities' | 'events'>;

function instanceFacts(instance: DBInstance): Facts {
  return {
    kind: 'instance',
    identifier: present(instance.DBInstanceIdentifier, 'DBInstanceIdentifier'),
    resourceId: present(instance.DbiResourceId, 'DbiResourceId'),
    endpoint: instance.Endpoint?.Address ?? null,
    port: instance.Endpoint?.Port ?? null,
    engine: present(instance.Engine, 'Engine'),
    engineVersion: present(instance.EngineVersion, 'EngineVersion'),
    iamAuthentication: present(instance.IAMDatabaseAuthenticationEnabled, 'IAMDatabaseAuthenticationEnabled'),
    serverless: null,
  };
}

function clusterFacts(cluster: DBCluster): Facts {
  const scaling = cluster.ServerlessV2ScalingConfiguration;
  return {
    kind: 'cluster',
    identifier: present(cluster.DBClusterIdentifier, 'DBClusterIdentifier'),
    resourceId: present(cluster.DbClusterResourceId, 'DbClusterResourceId'),
    endpoint: cluster.Endpoint ?? null,
    port: cluster.Port ?? null,
    engine: present(cluster.Engine, 'Engine'),
    engineVersion: present(cluster.EngineVersion, 'EngineVersion'),
    iamAuthentication: present(cluster.IAMDatabaseAuthenticationEnabled, 'IAMDatabaseAuthenticationEnabled'),
    serverless:
      scaling?.MinCapacity === undefined || scaling.MaxCapacity === undefined
        ? null
        : { minCapacity: scaling.MinCapacity, maxCapacity: scaling.MaxCapacity },
  };
}

function toInstance(instance: DBInstance, cluster: DBCluster | undefined): RdsInstance {
  const identifier = present(instance.DBInstanceIdentifier, 'DBInstanceIdentifier');
  const member = cluster?.DBClusterMembers?.find((one) => one.DBInstanceIdentifier === identifier);
  const ownGroups = (instance.DBParameterGroups ?? []).map((group) => ({
    name: group.DBParameterGroupName ?? '',
    applyStatus: group.ParameterApplyStatus ?? 'unknown',
  }));
  const clusterGroup =
    member?.DBClusterParameterGroupStatus === undefined
      ? []
      : [{ name: cluster?.DBClusterParameterGroup ?? '', applyStatus: member.DBClusterParameterGroupStatus }];
  return {
    identifier,
    class: present(instance.DBInstanceClass, 'DBInstanceClass'),
    status: present(instance.DBInstanceStatus, 'DBInstanceStatus'),
    isWriter:
      cluster === undefined
        ? instance.ReadReplicaSourceDBInstanceIdentifier === undefined
        : member?.IsClusterWriter === true,
    caIdentifier: instance.CertificateDetails?.CAIdentifier ?? instance.CACertificateIdentifier ?? null,
    certificateValidTill: instance.CertificateDetails?.ValidTill?.toISOString() ?? null,
    parameterGroups: [...ownGroups, ...clusterGroup],
    // The values can be secret (MasterUserPassword): names only.
    pendingModifications: Object.entries(instance.PendingModifiedValues ?? {}).flatMap(([name, value]) =>
      value === undefined ? [] : [name],
    ),
    // Aurora reports 1 here, which means nothing.
    allocatedStorage: cluster === undefined ? (instance.AllocatedStorage ?? null) : null,
    maxAllocatedStorage: cluster === undefined ? (instance.MaxAllocatedStorage ?? null) : null,
  };
}

function authorities(
  instances: readonly RdsInstance[],
  certificates: readonly Certificate[] = [],
): RdsSource['certificateAuthorities'] {
  const used = new Set(instances.map((instance) => instance.caIdentifier));
  return certificates.flatMap(({ CertificateIdentifier: identifier, ValidTill: validTill }) =>
    identifier !== undefined && validTill !== undefined && used.has(identifier)
      ? [{ identifier, validTill: validTill.toISOString() }]
      : [],
  );
}

function present<Value>(value: Value | undefined, field: string): Value {
  if (value !== undefined) return value;
  throw new SourceError(failureOf('unexpected-answer', { message: `RDS left out ${field}.` }));
}

function notThere(): SourceError {
  return new SourceError(
    failureOf('not-found', { message: 'RDS knows no such instance or cluster in this account and region.' }),
  );
}
