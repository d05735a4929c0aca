import type { Target } from '../../settings/settings.ts';
import type { LoadSeriesName, LoadSource } from '../snapshot.ts';
import { dimensionsOf, PERIOD_SECONDS, query } from './cloudwatch-queries.ts';
import { lastPeriodEnd, readSeries } from './metric-data.ts';

/** Enough for the trend of the free storage. */
const HOURS = 6;

type Statistic = Parameters<typeof query>[4];
type Metrics = Readonly<Partial<Record<LoadSeriesName, readonly [metricName: string, statistic: Statistic]>>>;

/** CloudWatch bills each series that is asked for, whether or not it exists: only these are asked for by every audit. */
const ESSENTIAL: Readonly<Record<NonNullable<Target['rds']>['kind'], Metrics>> = {
  instance: {
    cpuPercent: ['CPUUtilization', 'Average'],
    freeStorageBytes: ['FreeStorageSpace', 'Minimum'],
  },
  cluster: {
    cpuPercent: ['CPUUtilization', 'Average'],
    capacityPercent: ['ACUUtilization', 'Average'],
    freeLocalStorageBytes: ['FreeLocalStorage', 'Minimum'],
  },
};

/** A cluster has its DBLoad per instance only, and no I/O credits of its own: its storage is Aurora's. */
const REST: typeof ESSENTIAL = {
  instance: {
    freeMemoryBytes: ['FreeableMemory', 'Minimum'],
    cpuCredits: ['CPUCreditBalance', 'Minimum'],
    ioBalancePercent: ['EBSIOBalance%', 'Minimum'],
    diskQueueDepth: ['DiskQueueDepth', 'Average'],
    activeSessions: ['DBLoad', 'Average'],
  },
  cluster: {
    freeMemoryBytes: ['FreeableMemory', 'Minimum'],
    cpuCredits: ['CPUCreditBalance', 'Minimum'],
    capacityUnits: ['ServerlessDatabaseCapacity', 'Maximum'],
  },
};

type Series = Partial<Pick<LoadSource, LoadSeriesName>>;

/** Where and until when the load is read. */
export interface LoadPlace {
  readonly target: NonNullable<Target['rds']>;
  /** Ends the call. */
  readonly signal: AbortSignal;
}

/**
 * The load of the instance, or of the cluster's writer.
 * @throws the SDK's errors; `awsFailure` tells them apart. SourceError.
 */
export async function readLoad(asked: LoadSource['asked'], place: LoadPlace): Promise<LoadSource> {
  const { kind } = place.target;
  const metrics = asked === 'all' ? { ...ESSENTIAL[kind], ...REST[kind] } : ESSENTIAL[kind];
  return withSeries(asked, await readMetrics(metrics, place));
}

/** The same load with the series that were not asked for before. */
export async function readRest(load: LoadSource, place: LoadPlace): Promise<LoadSource> {
  return { ...load, ...(await readMetrics(REST[place.target.kind], place)), asked: 'all' };
}

async function readMetrics(metrics: Metrics, { target, signal }: LoadPlace): Promise<Series> {
  const dimensions = dimensionsOf(target);
  const named = Object.entries(metrics);
  const queries = named.map(([id, [metricName, statistic]]) => query(id, 'AWS/RDS', metricName, dimensions, statistic));
  const series = await readSeries(target.region, queries, { hours: HOURS, endMs: lastPeriodEnd() }, signal);
  return Object.fromEntries(named.map(([id]) => [id, series(id)]));
}

function withSeries(asked: LoadSource['asked'], series: Series): LoadSource {
  return {
    periodSeconds: PERIOD_SECONDS,
    asked,
    cpuPercent: [],
    freeStorageBytes: [],
    freeLocalStorageBytes: [],
    capacityPercent: [],
    freeMemoryBytes: [],
    cpuCredits: [],
    ioBalancePercent: [],
    diskQueueDepth: [],
    activeSessions: [],
    capacityUnits: [],
    ...series,
  };
}
