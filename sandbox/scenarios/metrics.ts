import { filterPattern, LOG_PHRASE_IDS, LOG_PHRASES, logNamespace } from '../../lambda/litellm/log-phrases.ts';
import type { MetricSeries } from '../aws/cloudwatch.ts';
import { filterMatcher } from '../aws/filter-pattern.ts';
import type { LoggedLines } from './log-lines.ts';

/** Levels of a metric by their age in hours, oldest first, with straight lines between them. */
export type Levels = readonly { readonly hoursAgo: number; readonly level: number }[];

/** The metrics of the last hours in CloudWatch. */
export interface History {
  /** DatabaseConnections. */
  readonly connections: Levels;
  /** Metrics of AWS/RDS by their name, in place of a server that has room. */
  readonly server?: Readonly<Record<string, Levels>>;
  /** Lines of the proxy's log in the last hour; none by default. The metric filters of the stack count them. */
  readonly log?: readonly LoggedLines[];
  /** Connections of the RDS Proxy in between, constant; none by default. */
  readonly rdsProxy?: { readonly name: string; readonly connections: number; readonly pinned: number };
}

const PERIOD_MS = 300_000;
const HOUR_MS = 3_600_000;
/** The window of connection-growth, 12 h, and the same hours of the day before. */
const HOURS = 36;

/** A constant number of connections. */
export function steady(level: number): History {
  return { connections: constant(level) };
}

/** The same level all the time. */
export function constant(level: number): Levels {
  return [{ hoursAgo: HOURS, level }];
}

const GIB = 1024 ** 3;

/** Of a db.m7g.large or db.r7g.large with 100 GiB that does little. */
const IDLE_SERVER: NonNullable<History['server']> = {
  CPUUtilization: constant(12),
  FreeableMemory: constant(3 * GIB),
  DiskQueueDepth: constant(1),
  'EBSIOBalance%': constant(99),
};
const STORAGE = {
  instance: { FreeStorageSpace: constant(71 * GIB) },
  cluster: { FreeLocalStorage: constant(30 * GIB) },
};

export interface MetricPlace {
  readonly kind: 'instance' | 'cluster';
  readonly identifier: string;
  /** The name of the database in reports. */
  readonly database: string;
  readonly now: Date;
}

/** The history up to `now`, in the form that RDS and the metric filters of the stack write. */
export function metricSeries(
  { connections, server, log = [], rdsProxy }: History,
  { kind, identifier, database, now }: MetricPlace,
): readonly MetricSeries[] {
  const rds = (metricName: string, valueAt: (hoursAgo: number) => number): MetricSeries => ({
    namespace: 'AWS/RDS',
    metricName,
    dimensions:
      kind === 'instance' ? { DBInstanceIdentifier: identifier } : { DBClusterIdentifier: identifier, Role: 'WRITER' },
    samples: Array.from({ length: (HOURS * HOUR_MS) / PERIOD_MS }, (_, index) => {
      const agoMs = (index + 1) * PERIOD_MS;
      return { at: new Date(now.getTime() - agoMs), value: valueAt(agoMs / HOUR_MS) };
    }),
  });
  return [
    rds('DatabaseConnections', (hoursAgo) => levelAt(connections, hoursAgo)),
    ...Object.entries({ ...IDLE_SERVER, ...STORAGE[kind], ...server }).map(([name, levels]) =>
      rds(name, (hoursAgo) => levelAt(levels, hoursAgo)),
    ),
    rds('IamDbAuthConnectionRequests', () => 1),
    rds('IamDbAuthConnectionFailure', () => 0),
    ...(rdsProxy === undefined ? [] : rdsProxySeries(rdsProxy, now)),
    ...filteredLines(log, { database, at: new Date(now.getTime() - HOUR_MS / 2) }),
  ];
}

/** Of the last quarter of an hour. Two machines are behind an RDS Proxy, and each writes its own number every minute. */
function rdsProxySeries(
  { name, connections, pinned }: NonNullable<History['rdsProxy']>,
  now: Date,
): readonly MetricSeries[] {
  const minutes = Array.from({ length: 15 }, (_, index) => new Date(now.getTime() - (index + 1) * 60_000));
  const series = (metricName: string, value: number): MetricSeries => ({
    namespace: 'AWS/RDS',
    metricName,
    dimensions: { ProxyName: name },
    samples: minutes.flatMap((at) => [
      { at, value: Math.ceil(value / 2) },
      { at, value: Math.floor(value / 2) },
    ]),
  });
  return [series('DatabaseConnections', connections), series('DatabaseConnectionsCurrentlySessionPinned', pinned)];
}

/** What the metric filters write: a sample per matching line, and no metric where none matches. */
function filteredLines(
  log: readonly LoggedLines[],
  { database, at }: { readonly database: string; readonly at: Date },
): readonly MetricSeries[] {
  return LOG_PHRASE_IDS.flatMap((id) => {
    const matches = filterMatcher(filterPattern(id));
    const value = log.reduce((sum, { line, count }) => (matches(line) ? sum + count : sum), 0);
    if (value === 0) return [];
    return {
      namespace: logNamespace(database),
      metricName: LOG_PHRASES[id].metric,
      dimensions: {},
      samples: [{ at, value }],
    };
  });
}

function levelAt(levels: Levels, hoursAgo: number): number {
  const before = levels.findLast((level) => level.hoursAgo >= hoursAgo) ?? levels[0];
  const after = levels.find((level) => level.hoursAgo < hoursAgo);
  if (before === undefined) return 0;
  if (after === undefined) return before.level;
  const share = (before.hoursAgo - hoursAgo) / (before.hoursAgo - after.hoursAgo);
  return Math.round(before.level + share * (after.level - before.level));
}
