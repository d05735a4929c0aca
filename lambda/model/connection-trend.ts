import type { Settings } from '../settings/settings.ts';
import type { CloudWatchSource } from '../snapshot/snapshot.ts';
import { classifyTrend, type Trend } from './trend/classify.ts';
import { MS_PER_HOUR, type TrendPoint } from './trend/points.ts';

/** How the connections of the server developed, by CloudWatch. */
export interface ConnectionTrend {
  readonly trend: Trend;
  /** Those of the window that is looked at, oldest first. */
  readonly points: readonly TrendPoint[];
  /** Whether there are readings of the day before to compare with. */
  readonly hasDayBefore: boolean;
  /** How old the last reading is, in milliseconds; Infinity when there is none. */
  readonly ageMs: number;
}

/** The trend over the last `growthWindowHours`; what was read before that is for comparison with the day before. */
export function connectionTrend(
  { connections }: CloudWatchSource,
  takenAt: string,
  { growthWindowHours }: Settings,
): ConnectionTrend {
  const points = connections.points
    .map(({ at, value }) => ({ time: Date.parse(at), value }))
    .filter(({ time, value }) => Number.isFinite(time) && Number.isFinite(value));
  const last = points.reduce((latest, { time }) => Math.max(latest, time), Number.NEGATIVE_INFINITY);
  const start = last - growthWindowHours * MS_PER_HOUR;
  const recent = points.filter(({ time }) => time >= start);
  const dayBefore = points.filter(({ time }) => time < start);
  return {
    trend: classifyTrend(recent, { dayBefore }),
    points: recent,
    hasDayBefore: dayBefore.length > 0,
    ageMs: Date.parse(takenAt) - last,
  };
}
