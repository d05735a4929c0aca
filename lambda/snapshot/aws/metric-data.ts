import type { GetMetricDataCommandInput, MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { failureOf, SourceError } from '../failure.ts';
import type { MetricPoint } from '../snapshot.ts';
import { PERIOD_SECONDS } from './cloudwatch-queries.ts';

const HOUR_MS = 3_600_000;
/** Twenty series of a day and a half are 8640 points; a page has up to 100,800. */
const PAGE_LIMIT = 5;

/** The points of a query, oldest first; none for a metric that nobody writes. */
export type Series<Id extends string> = (id: Id) => readonly MetricPoint[];

/** The end of the last period that is over, in milliseconds since 1970. */
export function lastPeriodEnd(): number {
  return Math.floor(Date.now() / (PERIOD_SECONDS * 1000)) * PERIOD_SECONDS * 1000;
}

/**
 * What CloudWatch has of the queries, in one call unless there are many points.
 * @param signal ends the call
 * @throws the SDK's errors; `awsFailure` tells them apart. SourceError when CloudWatch could not compute a series.
 */
export async function readSeries<Id extends string>(
  region: string,
  queries: MetricDataQuery[],
  { hours, endMs }: { readonly hours: number; readonly endMs: number },
  signal: AbortSignal,
): Promise<Series<Id>> {
  const input = {
    MetricDataQueries: queries,
    StartTime: new Date(endMs - hours * HOUR_MS),
    EndTime: new Date(endMs),
    ScanBy: 'TimestampAscending' as const,
  };
  return collectSeries(await metricData(region, input, signal));
}

async function metricData(
  region: string,
  input: GetMetricDataCommandInput,
  signal: AbortSignal,
): Promise<readonly MetricDataResult[]> {
  const { CloudWatch } = await import('@aws-sdk/client-cloudwatch');
  const cloudWatch = new CloudWatch({ region, maxAttempts: 3 });
  try {
    const results: MetricDataResult[] = [];
    let token: string | undefined;
    for (let page = 0; page < PAGE_LIMIT; page++) {
      const answer = await cloudWatch.getMetricData({ ...input, NextToken: token }, { abortSignal: signal });
      results.push(...(answer.MetricDataResults ?? []));
      token = answer.NextToken;
      if (token === undefined) break;
    }
    return results;
  } finally {
    cloudWatch.destroy();
  }
}

/** @throws SourceError when CloudWatch could not compute a series */
function collectSeries<Id extends string>(results: readonly MetricDataResult[]): Series<Id> {
  const points = new Map<string, MetricPoint[]>();
  for (const { Id = '', StatusCode, Timestamps = [], Values = [] } of results) {
    if (StatusCode === 'Forbidden') throw forbidden();
    if (StatusCode === 'InternalError') throw new SourceError(failureOf('other', { code: StatusCode }));
    const next = Timestamps.flatMap((at, index) => {
      const value = Values[index];
      return value === undefined || !Number.isFinite(value) ? [] : [{ at: at.toISOString(), value }];
    });
    points.set(Id, [...(points.get(Id) ?? []), ...next]);
  }
  return (id) => points.get(id) ?? [];
}

function forbidden(): SourceError {
  return new SourceError(failureOf('permission-denied', { remediation: { text: 'Allow cloudwatch:GetMetricData.' } }));
}
