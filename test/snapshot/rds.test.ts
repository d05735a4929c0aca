import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { awsFailure } from '../../lambda/snapshot/aws/aws-failure.ts';
import { readRds } from '../../lambda/snapshot/aws/rds.ts';
import { SourceError } from '../../lambda/snapshot/failure.ts';
import type { AwsEndpoints } from '../../sandbox/aws/endpoints.ts';
import type { RdsState } from '../../sandbox/aws/rds.ts';
import { auroraCluster, certificateAuthority, postgresInstance } from '../../sandbox/aws/rds-objects.ts';
import { CALLER, startForTest } from '../sandbox/aws/helpers.ts';

type RdsTarget = Parameters<typeof readRds>[0];

const { region } = CALLER;
const CLUSTER = { kind: 'cluster', identifier: 'prod', region } satisfies RdsTarget;
const INSTANCE = { kind: 'instance', identifier: 'billing', region } satisfies RdsTarget;
const AURORA = { Engine: 'aurora-postgresql', EngineVersion: '17.5', DBClusterIdentifier: 'prod' };

/** After a failover: the second instance is the writer. One reader waits for a reboot, the other has a newer CA. */
function clusterAfterFailover() {
  return auroraCluster('prod', region, {
    ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 16 },
    DBClusterMembers: [
      { DBInstanceIdentifier: 'prod-1', IsClusterWriter: false, DBClusterParameterGroupStatus: 'pending-reboot' },
      { DBInstanceIdentifier: 'prod-2', IsClusterWriter: true, DBClusterParameterGroupStatus: 'in-sync' },
      { DBInstanceIdentifier: 'prod-3', IsClusterWriter: false, DBClusterParameterGroupStatus: 'applying' },
    ],
  }).cluster;
}

function members() {
  const CA4096 = 'rds-ca-rsa4096-g1';
  return [
    postgresInstance('prod-1', region, AURORA),
    postgresInstance('prod-2', region, { ...AURORA, DBInstanceClass: 'db.serverless' }),
    postgresInstance('prod-3', region, {
      ...AURORA,
      CACertificateIdentifier: CA4096,
      CertificateDetails: { CAIdentifier: CA4096, ValidTill: new Date('2027-03-01T10:00:00Z') },
      PendingModifiedValues: { DBInstanceClass: 'db.r7g.xlarge', MasterUserPassword: 'a secret' },
    }),
  ];
}

const state: RdsState = { instances: [], clusters: [], certificates: [], events: [], denied: [] };
let endpoints: AwsEndpoints;
beforeAll(async () => {
  endpoints = await startForTest({ rds: state });
});
afterAll(() => endpoints.stop());
beforeEach(() => {
  vi.stubEnv('AWS_ENDPOINT_URL_RDS', endpoints.rds.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', CALLER.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', CALLER.credentials.secretAccessKey);
  vi.stubEnv('AWS_SESSION_TOKEN', CALLER.credentials.sessionToken ?? '');
  const staging = auroraCluster('staging', region);
  state.clusters = [staging.cluster, clusterAfterFailover()];
  state.instances = [...staging.instances, ...members(), postgresInstance('billing', region)];
  state.certificates = [
    certificateAuthority(region),
    certificateAuthority(region, {
      CertificateIdentifier: 'rds-ca-rsa4096-g1',
      ValidTill: new Date('2121-05-21T00:00:00Z'),
    }),
    certificateAuthority(region, { CertificateIdentifier: 'rds-ca-ecc384-g1' }),
  ];
});
afterEach(() => {
  vi.unstubAllEnvs();
  endpoints.rds.faults.inject(undefined);
  state.events = [];
  state.denied = [];
});

function read(target: RdsTarget = CLUSTER) {
  return readRds(target, new AbortController().signal);
}

async function failureFrom(target: RdsTarget) {
  const error: unknown = await read(target).catch((thrown: unknown) => thrown);
  return error instanceof SourceError ? error.failure : awsFailure(error, 'rds:DescribeDBInstances');
}

describe('an Aurora cluster', () => {
  it('has its own members alone, one of them the writer, when the account has other clusters and instances', async () => {
    const { instances } = await read();

    expect(instances.map(({ identifier, isWriter }) => [identifier, isWriter])).toEqual([
      ['prod-1', false],
      ['prod-2', true],
      ['prod-3', false],
    ]);
  });

  it("has how far each member applied its own and the cluster's parameter group", async () => {
    const { instances } = await read();

    const own = { name: 'litellm-postgres18', applyStatus: 'in-sync' };
    expect(instances.map(({ parameterGroups }) => parameterGroups)).toEqual([
      [own, { name: 'litellm-aurora17', applyStatus: 'pending-reboot' }],
      [own, { name: 'litellm-aurora17', applyStatus: 'in-sync' }],
      [own, { name: 'litellm-aurora17', applyStatus: 'applying' }],
    ]);
  });

  it("has what describes the cluster rather than an instance, its writer's endpoint and its capacity", async () => {
    expect(await read()).toMatchObject({
      kind: 'cluster',
      identifier: 'prod',
      resourceId: 'cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ',
      endpoint: `prod.cluster-abcdefghijkl.${region}.rds.amazonaws.com`,
      port: 5432,
      engine: 'aurora-postgresql',
      engineVersion: '17.5',
      iamAuthentication: true,
      serverless: { minCapacity: 0.5, maxCapacity: 16 },
    });
  });

  it('has no capacity when it is not serverless', async () => {
    state.clusters = [auroraCluster('prod', region).cluster];

    expect((await read()).serverless).toBeNull();
  });

  it("has each member's certificate, and the CAs that its members use and no other", async () => {
    const { instances, certificateAuthorities } = await read();

    expect(instances[2]).toMatchObject({
      caIdentifier: 'rds-ca-rsa4096-g1',
      certificateValidTill: '2027-03-01T10:00:00.000Z',
    });
    expect(certificateAuthorities).toEqual([
      { identifier: 'rds-ca-rsa2048-g1', validTill: '2061-05-21T23:33:24.000Z' },
      { identifier: 'rds-ca-rsa4096-g1', validTill: '2121-05-21T00:00:00.000Z' },
    ]);
  });

  it('has the names of what is pending, and no value, when a member has modifications', async () => {
    const source = await read();

    expect(source.instances.map(({ pendingModifications }) => [...pendingModifications].sort())).toEqual([
      [],
      [],
      ['DBInstanceClass', 'MasterUserPassword'],
    ]);
    expect(JSON.stringify(source)).not.toContain('a secret');
  });

  it('counts a member as a reader when the cluster does not list it yet', async () => {
    state.instances = [
      ...state.instances,
      postgresInstance('prod-4', region, { ...AURORA, DBInstanceStatus: 'creating' }),
    ];

    expect((await read()).instances[3]).toMatchObject({
      identifier: 'prod-4',
      status: 'creating',
      isWriter: false,
      parameterGroups: [{ name: 'litellm-postgres18' }],
    });
  });

  it('has no instance when all of them are deleted', async () => {
    state.instances = [postgresInstance('billing', region)];

    expect(await read()).toMatchObject({ instances: [], certificateAuthorities: [] });
  });
});

describe('an instance', () => {
  it('is alone and its own writer, without a cluster, when the account has others', async () => {
    expect(await read(INSTANCE)).toMatchObject({
      kind: 'instance',
      identifier: 'billing',
      resourceId: 'db-ABCDEFGHIJKLMNOPQRSTUVWXYZ',
      endpoint: `billing.abcdefghijkl.${region}.rds.amazonaws.com`,
      engine: 'postgres',
      serverless: null,
      instances: [
        { identifier: 'billing', class: 'db.m7g.large', status: 'available', isWriter: true, pendingModifications: [] },
      ],
      certificateAuthorities: [{ identifier: 'rds-ca-rsa2048-g1' }],
    });
    expect((await read(INSTANCE)).instances).toHaveLength(1);
  });
});

describe('a read replica', () => {
  it('is no writer', async () => {
    state.instances = [postgresInstance('billing', region, { ReadReplicaSourceDBInstanceIdentifier: 'main' })];

    expect((await read(INSTANCE)).instances).toMatchObject([{ identifier: 'billing', isWriter: false }]);
  });
});

describe('the events', () => {
  const failover = (SourceIdentifier: string, SourceType: 'db-instance' | 'db-cluster', minutesAgo: number) => ({
    SourceIdentifier,
    SourceType,
    Date: new Date(Date.now() - minutesAgo * 60_000),
    EventCategories: ['failover'],
    Message: 'Completed failover to DB instance: prod-2',
  });

  it.each([
    ['cluster', CLUSTER, 'db-cluster'],
    ['instance', INSTANCE, 'db-instance'],
  ] as const)(
    'are those of the %s in the last day, by category and without their text',
    async (_kind, target, type) => {
      const other = type === 'db-cluster' ? 'db-instance' : 'db-cluster';
      const own = failover(target.identifier, type, 1400);
      state.events = [
        failover(target.identifier, type, 1500),
        own,
        failover(target.identifier, other, 10),
        failover('x', type, 5),
      ];

      const { events } = await read(target);

      expect(events).toEqual({ state: 'seen', events: [{ at: own.Date.toISOString(), categories: ['failover'] }] });
    },
  );

  it('are missing alone, with the permission to give, when a role of an earlier release may not read them', async () => {
    state.denied = ['DescribeEvents'];

    const source = await read(INSTANCE);

    expect(source).toMatchObject({
      identifier: 'billing',
      events: {
        state: 'failed',
        failure: { kind: 'permission-denied', remediation: { text: 'Allow rds:DescribeEvents.' } },
      },
    });
  });
});

describe('the storage', () => {
  it('is what is allocated and up to where it grows by itself when it is an instance', async () => {
    state.instances = [postgresInstance('billing', region, { MaxAllocatedStorage: 500 })];

    expect((await read(INSTANCE)).instances[0]).toMatchObject({ allocatedStorage: 100, maxAllocatedStorage: 500 });
  });

  it('is not known by the instance when it is that of a cluster', async () => {
    expect((await read()).instances[0]).toMatchObject({ allocatedStorage: null, maxAllocatedStorage: null });
  });
});

describe('RDS', () => {
  it.each([
    ['cluster', { ...CLUSTER, identifier: 'gone' }],
    ['instance', { ...INSTANCE, identifier: 'gone' }],
  ] as const)('is a failure of its own kind when it knows no such %s', async (_kind, target) => {
    expect(await failureFrom(target)).toMatchObject({ kind: 'not-found' });
  });

  it('is a failure that names the permission when it denies the call', async () => {
    endpoints.rds.faults.inject({ kind: 'refuse', code: 'AccessDenied' });

    expect(await failureFrom(CLUSTER)).toMatchObject({
      kind: 'permission-denied',
      remediation: { text: 'Allow rds:DescribeDBInstances.' },
    });
  });

  it('is a failure that names the field when an answer lacks one', async () => {
    state.instances = [postgresInstance('billing', region, { IAMDatabaseAuthenticationEnabled: undefined })];

    expect(await failureFrom(INSTANCE)).toMatchObject({
      kind: 'unexpected-answer',
      message: expect.stringContaining('IAMDatabaseAuthenticationEnabled'),
    });
  });
});
