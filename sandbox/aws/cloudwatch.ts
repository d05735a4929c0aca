import { z } from 'zod';
import { AwsError } from './aws-error.ts';
import { jsonService } from './json-protocol.ts';
import type { Service } from './service.ts';

/** The samples of one metric, as they were put in. */
export interface MetricSeries {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly samples: readonly { readonly at: Date; readonly value: number }[];
}

/** All that CloudWatch knows. A test changes it between calls. */
export interface MetricState {
  series: readonly MetricSeries[];
}

const querySchema = z.strictObject({
  Id: z
    .string()
    .max(255)
    .regex(/^[a-z][a-zA-Z0-9_]*$/),
  Label: z.string().optional(),
  ReturnData: z.boolean().default(true),
  MetricStat: z.strictObject({
    Metric: z.strictObject({
      Namespace: z.string().min(1),
      MetricName: z.string().min(1),
      Dimensions: z
        .array(z.strictObject({ Name: z.string().min(1), Value: z.string().min(1) }))
        .max(30)
        .default([]),
    }),
    Period: z.number().int().min(60).multipleOf(60),
    Stat: z.enum(['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum']),
  }),
});
type Query = z.infer<typeof querySchema>;

/** Timestamps are seconds since 1970, as AWS JSON has them. */
const inputSchema = z.strictObject({
  MetricDataQueries: z
    .array(querySchema)
    .min(1)
    .max(500)
    .refine((queries) => new Set(queries.map((query) => query.Id)).size === queries.length, {
      message: 'The values for parameter id in MetricDataQueries are not unique.',
    }),
  StartTime: z.number(),
  EndTime: z.number(),
  ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).default('TimestampDescending'),
});
type Input = z.infer<typeof inputSchema>;

const STATISTICS: Readonly<Record<Query['MetricStat']['Stat'], (values: readonly number[]) => number>> = {
  SampleCount: (values) => values.length,
  Sum: sum,
  Average: (values) => sum(values) / values.length,
  Minimum: (values) => values.reduce((least, value) => Math.min(least, value)),
  Maximum: (values) => values.reduce((most, value) => Math.max(most, value)),
};

/** GetMetricData of CloudWatch for metric queries. It computes no expressions and returns everything in one page. */
export function cloudWatchService(state: MetricState): Service {
  return jsonService({
    signingName: 'monitoring',
    target: 'GraniteServiceVersion20100801',
    actions: new Map([['GetMetricData', (input) => metricData(read(input), state.series)]]),
  });
}

function read(input: unknown): Input {
  const parsed = inputSchema.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new AwsError('ValidationError', `${issue?.path.join('.')}: ${issue?.message}`);
  }
  if (parsed.data.StartTime >= parsed.data.EndTime) {
    throw new AwsError('ValidationError', 'The parameter StartTime must be less than the parameter EndTime.');
  }
  return parsed.data;
}

function metricData(input: Input, series: readonly MetricSeries[]) {
  return {
    MetricDataResults: input.MetricDataQueries.filter((query) => query.ReturnData).map((query) => {
      const points = [...aggregate(query, input, series)];
      points.sort(([one], [other]) => (input.ScanBy === 'TimestampAscending' ? one - other : other - one));
      return {
        Id: query.Id,
        Label: query.Label ?? query.MetricStat.Metric.MetricName,
        StatusCode: 'Complete',
        Timestamps: points.map(([second]) => second),
        Values: points.map(([, value]) => value),
      };
    }),
    Messages: [],
  };
}

/** The value of each period by its first second. CloudWatch aligns periods to the epoch, and includes the start but not the end. */
function aggregate({ MetricStat }: Query, input: Input, series: readonly MetricSeries[]): ReadonlyMap<number, number> {
  const { Metric, Period, Stat } = MetricStat;
  const wanted = new Map(Metric.Dimensions.map(({ Name, Value }) => [Name, Value]));
  const samples = series
    .filter(
      ({ namespace, metricName, dimensions }) =>
        namespace === Metric.Namespace &&
        metricName === Metric.MetricName &&
        Object.keys(dimensions).length === wanted.size &&
        Object.entries(dimensions).every(([name, value]) => wanted.get(name) === value),
    )
    .flatMap((one) => one.samples)
    .map(({ at, value }) => ({ start: Math.floor(at.getTime() / 1000 / Period) * Period, value }))
    .filter(({ start }) => start >= input.StartTime && start < input.EndTime);
  return new Map(
    [...Map.groupBy(samples, ({ start }) => start)].map(([start, group]) => [
      start,
      STATISTICS[Stat](group.map(({ value }) => value)),
    ]),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
