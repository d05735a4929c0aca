import { median } from '../core/median.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { ConnectionTrend } from './connection-trend.ts';
import { MS_PER_HOUR } from './trend/points.ts';

/** CloudWatch is a few minutes behind at most. */
const FRESH_MS = MS_PER_HOUR / 2;
/** The last readings, a quarter of an hour of them, compared with those before: below this share clients were lost. */
const STEADY_SHARE = 0.7;
const LAST_POINTS = 3;

/**
 * What shows that the database serves others while the auditor cannot reach it, in words: RDS calls it available, its connections have not fallen, and
 * no proxy reports that it lost the database. null when that is not shown.
 */
export function servesOthers({ sources: { rds, proxy } }: Snapshot, trend: ConnectionTrend | null): string | null {
  const writers = rds.status === 'ok' ? rds.value.instances.filter(({ isWriter }) => isWriter) : [];
  if (writers.length === 0 || writers.some(({ status }) => status !== 'available')) return null;
  if (
    proxy.status === 'ok' &&
    proxy.value.readiness.some(
      ({ httpStatus, database, shuttingDown }) => !shuttingDown && (httpStatus === 503 || database === 'disconnected'),
    )
  ) {
    return null;
  }
  const level = steadyLevel(trend);
  if (level === null) return null;
  return `RDS reports the database as available, and CloudWatch counts a steady ${level} connections`;
}

/** The connections that last, rounded; null when they fell, are none, or are not known now. */
function steadyLevel(trend: ConnectionTrend | null): number | null {
  if (trend === null || trend.ageMs > FRESH_MS) return null;
  const values = trend.points.map(({ value }) => value);
  const last = values.slice(-LAST_POINTS);
  const before = values.slice(0, -LAST_POINTS);
  if (before.length < LAST_POINTS) return null;
  const level = Math.min(...last);
  return level > 0 && level >= STEADY_SHARE * median(before) ? Math.round(level) : null;
}
