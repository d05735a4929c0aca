import { median } from '../../core/median.ts';

/** One reading of a metric. */
export interface TrendPoint {
  /** Unix time, milliseconds. */
  readonly time: number;
  readonly value: number;
}

/** Points in order of time, at most one for each millisecond, all finite. */
export type Series = readonly TrendPoint[];

export const MS_PER_HOUR = 3_600_000;
/** The largest Date that ECMAScript knows, milliseconds. */
const LATEST_TIME = 8.64e15;
/** No count is larger (max_connections ends at 262,143), and sums of such values stay finite. */
const LARGEST_VALUE = 1e9;

/** The points in order of time. Several of one time become their median; what is no time or no count is left out. */
export function toSeries(points: readonly TrendPoint[]): Series {
  const usable = points.filter(({ time, value }) => Math.abs(time) <= LATEST_TIME && Math.abs(value) <= LARGEST_VALUE);
  return mediansBy(usable, ({ time }) => Math.round(time)).map(({ time, value }) => ({
    time: Math.round(time),
    value,
  }));
}

/**
 * The median of each slot of time; slots are counted back from the last point, so that the latest one is full. An empty slot gives nothing.
 * Slots are `slotMs` wide, or wider where that would make more than `most` of them.
 */
export function slotMedians(series: Series, slotMs: number, most: number): Series {
  const last = series.at(-1)?.time ?? 0;
  const width = Math.max(slotMs, (spanHours(series) * MS_PER_HOUR + 1) / most);
  return mediansBy(series, ({ time }) => Math.floor((last - time) / width));
}

/** Hours from the first to the last point; 0 for fewer than two. */
export function spanHours(series: Series): number {
  return ((series.at(-1)?.time ?? 0) - (series.at(0)?.time ?? 0)) / MS_PER_HOUR;
}

function mediansBy(points: readonly TrendPoint[], groupOf: (point: TrendPoint) => number): Series {
  return [...Map.groupBy(points, groupOf).values()]
    .map((group) => ({
      time: median(group.map(({ time }) => time)),
      value: median(group.map(({ value }) => value)),
    }))
    .sort((one, other) => one.time - other.time);
}
