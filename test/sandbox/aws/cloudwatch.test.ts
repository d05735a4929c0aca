import { CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AwsEndpoints } from '../../../sandbox/aws/endpoints.ts';
import { clientOptions, startForTest } from './helpers.ts';

const at = (minute: number, second = 0) => new Date(Date.UTC(2026, 10, 22, 11, minute, second));
const query: MetricDataQuery = {
  Id: 'connections',
  MetricStat: {
    Metric: {
      Namespace: 'AWS/RDS',
      MetricName: 'DatabaseConnections',
      Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'litellm' }],
    },
    Period: 60,
    Stat: 'Average',
  },
};

describe('CloudWatch GetMetricData', () => {
  let endpoints: AwsEndpoints;
  let client: CloudWatchClient;
  beforeAll(async () => {
    const samples = [
      { at: at(0), value: 10 },
      { at: at(0, 30), value: 20 },
      { at: at(1), value: 40 },
      { at: at(2), value: 99 },
    ];
    const series = { namespace: 'AWS/RDS', metricName: 'DatabaseConnections', samples };
    endpoints = await startForTest({
      metrics: {
        series: [
          { ...series, dimensions: { DBInstanceIdentifier: 'litellm' } },
          { ...series, dimensions: { DBInstanceIdentifier: 'other' } },
        ],
      },
    });
    client = new CloudWatchClient(clientOptions(endpoints.cloudwatch));
  });
  afterAll(() => endpoints.stop());

  function ask(queries: MetricDataQuery[], options = {}) {
    return client.send(
      new GetMetricDataCommand({ MetricDataQueries: queries, StartTime: at(0), EndTime: at(2), ...options }),
    );
  }

  it('returns a point per period from the start to before the end, latest first, when no order is asked', async () => {
    const { MetricDataResults } = await ask([query]);

    expect(MetricDataResults).toEqual([
      {
        Id: 'connections',
        Label: 'DatabaseConnections',
        StatusCode: 'Complete',
        Timestamps: [at(1), at(0)],
        Values: [40, 15],
      },
    ]);
  });

  it.each([
    ['SampleCount', 3],
    ['Sum', 70],
    ['Minimum', 10],
    ['Maximum', 40],
  ])('computes %s when the period is longer', async (Stat, expected) => {
    const { MetricDataResults } = await ask([
      { ...query, MetricStat: { ...query.MetricStat, Metric: query.MetricStat?.Metric, Period: 120, Stat } },
    ]);

    expect(MetricDataResults?.[0]?.Values).toEqual([expected]);
  });

  it('returns the earliest first when asked', async () => {
    const { MetricDataResults } = await ask([query], { ScanBy: 'TimestampAscending' });

    expect(MetricDataResults?.[0]?.Timestamps).toEqual([at(0), at(1)]);
  });

  it('returns no points when nobody writes the metric', async () => {
    const { MetricDataResults } = await ask([
      { ...query, MetricStat: { Metric: { Namespace: 'AWS/RDS', MetricName: 'Other' }, Period: 60, Stat: 'Sum' } },
    ]);

    expect(MetricDataResults?.[0]?.Values).toEqual([]);
  });

  it.each([
    ['an id that begins with a capital', [{ ...query, Id: 'Connections' }]],
    ['the same id twice', [query, query]],
    ['no query', []],
    ['501 queries', Array.from({ length: 501 }, (_, index) => ({ ...query, Id: `q${index}` }))],
    ['a period of 90 s', [{ ...query, MetricStat: { Metric: query.MetricStat?.Metric, Period: 90, Stat: 'Sum' } }]],
  ])('refuses a request when it has %s', async (_, queries) => {
    await expect(ask(queries)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('refuses a request when its end is not after its start', async () => {
    await expect(ask([query], { EndTime: at(0) })).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
