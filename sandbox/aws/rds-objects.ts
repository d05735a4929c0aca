import type { Certificate, DBCluster, DBInstance } from '@aws-sdk/client-rds';

const DAY_MS = 86_400_000;
const ACCOUNT = '123456789012';
const CA = 'rds-ca-rsa2048-g1';

/** A healthy RDS for PostgreSQL instance, with `changes`. */
export function postgresInstance(identifier: string, region: string, changes: Partial<DBInstance> = {}): DBInstance {
  return {
    DBInstanceIdentifier: identifier,
    DBInstanceArn: `arn:aws:rds:${region}:${ACCOUNT}:db:${identifier}`,
    DbiResourceId: 'db-ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    DBInstanceClass: 'db.m7g.large',
    DBInstanceStatus: 'available',
    Engine: 'postgres',
    EngineVersion: '18.4',
    MasterUsername: 'master',
    DBName: 'litellm',
    Endpoint: { Address: `${identifier}.abcdefghijkl.${region}.rds.amazonaws.com`, Port: 5432 },
    AllocatedStorage: 100,
    MultiAZ: true,
    StorageEncrypted: true,
    PubliclyAccessible: false,
    IAMDatabaseAuthenticationEnabled: true,
    CACertificateIdentifier: CA,
    CertificateDetails: { CAIdentifier: CA, ValidTill: new Date(Date.now() + 340 * DAY_MS) },
    DBParameterGroups: [{ DBParameterGroupName: 'litellm-postgres18', ParameterApplyStatus: 'in-sync' }],
    PendingModifiedValues: {},
    VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-0123456789abcdef0', Status: 'active' }],
    ...changes,
  };
}

/** A healthy Aurora PostgreSQL cluster of a writer and a reader, and its two instances, with the changes of each. */
export function auroraCluster(
  identifier: string,
  region: string,
  changes: Partial<DBCluster> = {},
  instanceChanges: Partial<DBInstance> = {},
): { cluster: DBCluster; instances: readonly DBInstance[] } {
  const engine = { Engine: 'aurora-postgresql', EngineVersion: '17.5' };
  const members = [`${identifier}-1`, `${identifier}-2`];
  const cluster: DBCluster = {
    ...engine,
    DBClusterIdentifier: identifier,
    DBClusterArn: `arn:aws:rds:${region}:${ACCOUNT}:cluster:${identifier}`,
    DbClusterResourceId: 'cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    Status: 'available',
    DatabaseName: 'litellm',
    Endpoint: `${identifier}.cluster-abcdefghijkl.${region}.rds.amazonaws.com`,
    ReaderEndpoint: `${identifier}.cluster-ro-abcdefghijkl.${region}.rds.amazonaws.com`,
    Port: 5432,
    IAMDatabaseAuthenticationEnabled: true,
    DBClusterParameterGroup: 'litellm-aurora17',
    DBClusterMembers: members.map((member, index) => ({
      DBInstanceIdentifier: member,
      IsClusterWriter: index === 0,
      DBClusterParameterGroupStatus: 'in-sync',
      PromotionTier: 1,
    })),
    ...changes,
  };
  const instances = members.map((member, index) =>
    postgresInstance(member, region, {
      ...engine,
      DbiResourceId: `db-ABCDEFGHIJKLMNOPQRSTUVWXY${index + 1}`,
      DBInstanceClass: 'db.r7g.large',
      DBClusterIdentifier: identifier,
      ...instanceChanges,
    }),
  );
  return { cluster, instances };
}

/** The CA that the objects above name, valid for decades as the real one is. */
export function certificateAuthority(region: string, changes: Partial<Certificate> = {}): Certificate {
  return {
    CertificateIdentifier: CA,
    CertificateType: 'CA',
    CertificateArn: `arn:aws:rds:${region}::cert:${CA}`,
    ValidFrom: new Date('2021-05-21T22:33:24Z'),
    ValidTill: new Date('2061-05-21T23:33:24Z'),
    CustomerOverride: false,
    ...changes,
  };
}
