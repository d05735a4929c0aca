import { proxyErrorMetrics } from '../../lambda/settings/metric-names.ts';
import type { MetricSeries } from '../aws/cloudwatch.ts';

/** The metrics of the last hours in CloudWatch. */
export interface History {
  /** DatabaseConnections: levels by their age in hours, oldest first, with straight lines between them. */
  readonly connections: readonly { readonly hoursAgo: number; readonly level: number }[];
  /** Lines of the proxy's log in the last hour; none by default. */
  readonly proxyErrors?: { readonly connectionAttemptsFailed: number; readonly poolTimeouts: number };
}

const PERIOD_MS = 300_000;
const HOUR_MS = 3_600_000;
/** The window of connection-growth, 12 h, and the same hours of the day before. */
const HOURS = 36;

/** A constant number of connections. */
export function steady(level: number): History {
  return { connections: [{ hoursAgo: HOURS, level }] };
}

/** The history up to `now`, in the form that RDS and the metric filters of the stack write. */
export function metricSeries(
  { connections, proxyErrors }: History,
  { instance, database, now }: { readonly instance: string; readonly database: string; readonly now: Date },
): readonly MetricSeries[] {
  const rds = (metricName: string, valueAt: (hoursAgo: number) => number): MetricSeries => ({
    namespace: 'AWS/RDS',
    metricName,
    dimensions: { DBInstanceIdentifier: instance },
    samples: Array.from({ length: (HOURS * HOUR_MS) / PERIOD_MS }, (_, index) => {
      const agoMs = (index + 1) * PERIOD_MS;
      return { at: new Date(now.getTime() - agoMs), value: valueAt(agoMs / HOUR_MS) };
    }),
  });
  const { namespace, ...names } = proxyErrorMetrics(database);
  const lines = (metricName: string, value: number): MetricSeries => ({
    namespace,
    metricName,
    dimensions: {},
    samples: [{ at: new Date(now.getTime() - HOUR_MS / 2), value }],
  });
  return [
    rds('DatabaseConnections', (hoursAgo) => levelAt(connections, hoursAgo)),
    rds('IamDbAuthConnectionRequests', () => 1),
    rds('IamDbAuthConnectionFailure', () => 0),
    ...(proxyErrors === undefined
      ? []
      : [
          lines(names.connectionAttemptsFailed, proxyErrors.connectionAttemptsFailed),
          lines(names.poolTimeouts, proxyErrors.poolTimeouts),
        ]),
  ];
}

function levelAt(levels: History['connections'], hoursAgo: number): number {
  const before = levels.findLast((level) => level.hoursAgo >= hoursAgo) ?? levels[0];
  const after = levels.find((level) => level.hoursAgo < hoursAgo);
  if (before === undefined) return 0;
  if (after === undefined) return before.level;
  const share = (before.hoursAgo - hoursAgo) / (before.hoursAgo - after.hoursAgo);
  return Math.round(before.level + share * (after.level - before.level));
}
