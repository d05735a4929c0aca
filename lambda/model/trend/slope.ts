import { median, medianOfSorted } from '../../core/median.ts';
import { MS_PER_HOUR, type Series, slotMedians, type TrendPoint, toSeries } from './points.ts';

/** Growth in units of the value per hour, with its 99 % interval. */
export interface Slope {
  readonly perHour: number;
  readonly lowPerHour: number;
  readonly highPerHour: number;
}

/** Two-sided 99 % of the normal distribution: a growth that is not there shows up in 0.5 % of series. */
const Z = 2.576;
/** The fewest points whose pairs can span a 99 % interval: Z * sqrt(variance of S) exceeds the number of pairs for 5. */
export const FEWEST_FOR_SLOPE = 6;
/** 12 h in slots of 5 minutes; bounds the work to 10,296 pairs. */
const MOST_FOR_SLOPE = 144;
/** Keeps the widening finite: the interval then reaches six times as many ranks. */
const MOST_CORRELATION = 0.95;

/**
 * The Theil-Sen slope: the median of the slopes between all pairs of points, unmoved by up to 29 % outliers (Sen 1968).
 * The interval takes the slopes at the ranks that Kendall's S allows for. Neighbouring readings of a pool resemble each other, so its variance
 * is widened by (1 + r) / (1 - r), r being their lag-1 correlation (effective sample size of an AR(1) series, Yue and Wang 2004).
 * More than 144 points are thinned to medians of slots first; null for fewer than 6 different times.
 */
export function robustSlope(points: readonly TrendPoint[]): Slope | null {
  const series = toSeries(points);
  return fitSlope(series.length > MOST_FOR_SLOPE ? slotMedians(series, 0, MOST_FOR_SLOPE) : series);
}

/** As `robustSlope`, for a series as it is. */
export function fitSlope(series: Series): Slope | null {
  if (series.length < FEWEST_FOR_SLOPE) return null;
  const slopes = pairSlopes(series);
  const spread = Z * Math.sqrt(kendallVariance(series.length) * varianceInflation(series));
  const rank = Math.max(0, Math.floor((slopes.length - spread) / 2) - 1);
  return {
    perHour: medianOfSorted(slopes),
    lowPerHour: slopes.at(rank) ?? 0,
    highPerHour: slopes.at(-1 - rank) ?? 0,
  };
}

/** The Theil-Sen line as a function of Unix milliseconds: the median slope, at the level that leaves half of the points on each side. */
export function lineThrough(series: Series): (time: number) => number {
  const perHour = medianOfSorted(pairSlopes(series));
  const start = series.at(0)?.time ?? 0;
  const rise = (time: number) => (perHour * (time - start)) / MS_PER_HOUR;
  const level = median(series.map(({ time, value }) => value - rise(time)));
  return (time) => level + rise(time);
}

function pairSlopes(series: Series): Float64Array {
  const slopes: number[] = [];
  for (const [index, one] of series.entries()) {
    for (const other of series.slice(index + 1)) {
      slopes.push(((other.value - one.value) / (other.time - one.time)) * MS_PER_HOUR);
    }
  }
  return Float64Array.from(slopes).sort();
}

/** Variance of Kendall's S for n points without a trend (Kendall 1975). Equal values make it smaller; left out, the interval errs to the wide side. */
function kendallVariance(n: number): number {
  return (n * (n - 1) * (2 * n + 5)) / 18;
}

/**
 * At least 1. The correlation is taken from the signs of neighbouring residuals, which outliers can't move: for normal ones it is
 * sin(pi / 2 * the mean product of signs) (quadrant correlation, Blomqvist 1950).
 */
function varianceInflation(series: Series): number {
  const line = lineThrough(series);
  const signs = series.map(({ time, value }) => Math.sign(value - line(time)));
  const products = signs.slice(1).map((sign, index) => sign * (signs[index] ?? 0));
  const mean = products.reduce((sum, product) => sum + product, 0) / products.length;
  const correlation = Math.min(MOST_CORRELATION, Math.max(0, Math.sin((Math.PI / 2) * mean)));
  return (1 + correlation) / (1 - correlation);
}
