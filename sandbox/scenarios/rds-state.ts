import type { RdsState } from '../aws/rds.ts';
import { auroraCluster, certificateAuthority, postgresInstance } from '../aws/rds-objects.ts';
import type { RdsScene } from './scenario.ts';

interface Place {
  readonly region: string;
  readonly host: string;
  readonly port: number;
}

/** All that RDS knows in a scenario. */
export function rdsState(
  identifier: string,
  { region, host, port }: Place,
  { kind = 'instance', instance = {}, events = [] }: RdsScene = {},
): RdsState {
  return {
    ...(kind === 'instance'
      ? {
          instances: [postgresInstance(identifier, region, { Endpoint: { Address: host, Port: port }, ...instance })],
          clusters: [],
        }
      : cluster(identifier, { region, host, port }, instance)),
    certificates: [certificateAuthority(region)],
    events: events.map(({ minutesAgo, categories }) => ({
      SourceIdentifier: identifier,
      SourceType: `db-${kind}` as const,
      Date: new Date(Date.now() - minutesAgo * 60_000),
      EventCategories: categories,
      Message: `An event of ${identifier}`,
    })),
  };
}

function cluster(identifier: string, { region, host, port }: Place, instance: RdsScene['instance']) {
  const DBClusterMembers = [1, 2].map((number) => ({
    DBInstanceIdentifier: `${identifier}-${number}`,
    IsClusterWriter: number === 2,
    DBClusterParameterGroupStatus: 'in-sync',
    PromotionTier: 1,
  }));
  const aurora = auroraCluster(identifier, region, { Endpoint: host, Port: port, DBClusterMembers }, instance);
  return { clusters: [aurora.cluster], instances: aurora.instances };
}
