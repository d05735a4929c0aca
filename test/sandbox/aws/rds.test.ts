import {
  DescribeCertificatesCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  DescribeEventsCommand,
  paginateDescribeDBInstances,
  RDSClient,
} from '@aws-sdk/client-rds';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AwsEndpoints } from '../../../sandbox/aws/endpoints.ts';
import { auroraCluster, certificateAuthority, postgresInstance } from '../../../sandbox/aws/rds-objects.ts';
import { clientOptions, startForTest } from './helpers.ts';

const REGION = 'eu-central-1';
const aurora = auroraCluster('proxy', REGION, {
  ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 8 },
});
const single = postgresInstance('litellm', REGION, {
  DBParameterGroups: [
    { DBParameterGroupName: 'a<b>&"c', ParameterApplyStatus: 'pending-reboot' },
    { DBParameterGroupName: 'second', ParameterApplyStatus: 'in-sync' },
  ],
});

function event(
  SourceIdentifier: string,
  SourceType: 'db-instance' | 'db-cluster',
  minutesAgo: number,
  EventCategories: string[],
) {
  return {
    SourceIdentifier,
    SourceType,
    EventCategories,
    Date: new Date(Date.now() - minutesAgo * 60_000),
    Message: 'x',
  };
}

describe('RDS', () => {
  let endpoints: AwsEndpoints;
  let client: RDSClient;
  const rds = {
    instances: [single, ...aurora.instances],
    clusters: [aurora.cluster],
    certificates: [certificateAuthority(REGION)],
    events: [
      event('litellm', 'db-instance', 2000, ['availability']),
      event('litellm', 'db-instance', 90, ['failover']),
      event('litellm', 'db-instance', 30, ['availability', 'notification']),
      event('litellm', 'db-cluster', 30, ['failover']),
      event('other', 'db-instance', 30, ['failover']),
    ],
  };
  beforeAll(async () => {
    endpoints = await startForTest({ rds });
    client = new RDSClient(clientOptions(endpoints.rds));
  });
  afterAll(() => endpoints.stop());

  it('describes an instance with every field when asked by name', async () => {
    const { DBInstances } = await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'LiteLLM' }));

    expect(DBInstances).toHaveLength(1);
    expect(DBInstances?.[0]).toMatchObject(single);
  });

  it('describes a cluster with members and capacity when asked by name', async () => {
    const { DBClusters } = await client.send(new DescribeDBClustersCommand({ DBClusterIdentifier: 'proxy' }));

    expect(DBClusters).toHaveLength(1);
    expect(DBClusters?.[0]).toMatchObject(aurora.cluster);
  });

  it('finds the instances of a cluster when asked with a filter', async () => {
    const Filters = [{ Name: 'db-cluster-id', Values: ['other', 'proxy'] }];

    const { DBInstances } = await client.send(new DescribeDBInstancesCommand({ Filters }));

    expect(DBInstances?.map((instance) => instance.DBInstanceIdentifier)).toEqual(['proxy-1', 'proxy-2']);
  });

  it('describes the certificates when asked', async () => {
    const { Certificates } = await client.send(new DescribeCertificatesCommand({}));

    expect(Certificates).toMatchObject(rds.certificates);
  });

  it('has the events of one instance, oldest first, when asked for a day of them', async () => {
    const { Events } = await client.send(
      new DescribeEventsCommand({ SourceType: 'db-instance', SourceIdentifier: 'litellm', Duration: 1440 }),
    );

    expect(Events?.map(({ EventCategories }) => EventCategories)).toEqual([
      ['failover'],
      ['availability', 'notification'],
    ]);
  });

  it('has the events of the last hour alone when no time is asked for', async () => {
    const { Events } = await client.send(new DescribeEventsCommand({ SourceType: 'db-instance' }));

    expect(Events).toHaveLength(2);
  });

  it.each([
    ['a source without its type', { SourceIdentifier: 'litellm' }, 'InvalidParameterCombination'],
    ['more than 14 days', { Duration: 20_161 }, 'InvalidParameterValue'],
    ['pages that are too large', { MaxRecords: 101 }, 'InvalidParameterValue'],
  ])('refuses to list events when asked for %s', async (_, input, name) => {
    await expect(client.send(new DescribeEventsCommand(input))).rejects.toMatchObject({ name });
  });

  it.each([
    ['an instance', new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'none' }), 'DBInstanceNotFoundFault'],
    ['a cluster', new DescribeDBClustersCommand({ DBClusterIdentifier: 'litellm' }), 'DBClusterNotFoundFault'],
    ['a certificate', new DescribeCertificatesCommand({ CertificateIdentifier: 'none' }), 'CertificateNotFoundFault'],
  ])('does not find %s when it does not exist', async (_, command, name) => {
    await expect(client.send(command)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 404 } });
  });

  it.each([
    ['an unknown filter', { Filters: [{ Name: 'colour', Values: ['red'] }] }],
    ['pages that are too small', { MaxRecords: 19 }],
    ['an unknown marker', { Marker: 'x' }],
  ])('refuses a request when it has %s', async (_, input) => {
    await expect(client.send(new DescribeDBInstancesCommand(input))).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
  });

  it('refuses a request when its action is unknown', async () => {
    await expect(client.send(new DescribeDBSnapshotsCommand({}))).rejects.toMatchObject({ name: 'InvalidAction' });
  });

  it('returns pages when a list is long', async () => {
    const names = Array.from({ length: 45 }, (_, index) => `db-${index}`);
    const many = await startForTest({
      rds: { ...rds, instances: names.map((name) => postgresInstance(name, REGION)) },
    });
    const pages = paginateDescribeDBInstances({ client: new RDSClient(clientOptions(many.rds)), pageSize: 20 }, {});

    const seen: (string | undefined)[][] = [];
    for await (const page of pages) seen.push(page.DBInstances?.map((one) => one.DBInstanceIdentifier) ?? []);
    await many.stop();

    expect(seen.map((page) => page.length)).toEqual([20, 20, 5]);
    expect(seen.flat()).toEqual(names);
  });
});
