import { MS_PER_HOUR, type TrendPoint, toSeries } from '../../model/trend/points.ts';
import { findShape } from '../../model/trend/shape.ts';

/** Hours from the last point until the ceiling is met; 0 when it is already. */
export interface Forecast {
  readonly hours: number;
  /** At the upper and the lower end of the slope's 99 % interval. */
  readonly earliestHours: number;
  /** null: at the lower end it does not meet the ceiling within 7 days. */
  readonly latestHours: number | null;
}

/** A week: a window of 12 h says nothing about what is further off. */
const HORIZON_HOURS = 168;

/**
 * When the recent trend of the points meets the ceiling (the usable slots). It follows the line since the last jump or bend, the same as
 * `recent` of `classifyTrend`, whose kind says whether to believe it. null when that line does not rise, when it needs more than 7 days,
 * when the points are too few, and for a ceiling that is no number. The uncertainty is the slope's; that of the level is small beside it.
 */
export function forecastExhaustion(points: readonly TrendPoint[], ceiling: number): Forecast | null {
  const series = toSeries(points);
  const recent = findShape(series)?.last;
  const end = series.at(-1)?.time;
  if (!recent || end === undefined) return null;
  const lagHours = (end - recent.to) / MS_PER_HOUR;
  const hoursAt = (perHour: number): number | null => {
    if (perHour <= 0) return null;
    const hours = Math.max(0, (ceiling - recent.toLevel) / perHour - lagHours);
    return hours <= HORIZON_HOURS ? hours : null;
  };
  const hours = hoursAt(recent.slope.perHour);
  const earliestHours = hoursAt(recent.slope.highPerHour);
  if (hours === null || earliestHours === null) return null;
  return { hours, earliestHours, latestHours: hoursAt(recent.slope.lowPerHour) };
}
