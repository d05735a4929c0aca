import type { TrendPoint } from '../../../lambda/model/trend/points.ts';

/** Midnight, so that hours of a series are hours of the day. */
export const START = Date.UTC(2026, 10, 22);
const HOUR_MS = 3_600_000;

interface Options {
  readonly hours?: number;
  readonly periodMinutes?: number;
  /** Standard deviation, in connections. */
  readonly noise?: number;
  /** Correlation of the noise with that of the point before. */
  readonly memory?: number;
  /** Share of points that are off by 50 to 250, up or down. */
  readonly outliers?: number;
  readonly seed?: number;
}

/** A metric of whole connections whose level is a function of the hour, noise added; the same for the same seed. */
export function seriesOfLevels(level: (hour: number) => number, options: Options = {}): TrendPoint[] {
  const { hours = 12, periodMinutes = 5, noise = 0, memory = 0, outliers = 0, seed = 1 } = options;
  const random = randomOf(seed);
  let deviation = normal(random);
  return Array.from({ length: Math.floor((hours * 60) / periodMinutes) + 1 }, (_, index) => {
    const hour = (index * periodMinutes) / 60;
    deviation = memory * deviation + Math.sqrt(1 - memory * memory) * normal(random);
    const outlier = random() < outliers ? (random() < 0.5 ? -1 : 1) * (50 + 200 * random()) : 0;
    return { time: START + hour * HOUR_MS, value: Math.max(0, Math.round(level(hour) + deviation * noise + outlier)) };
  });
}

/** The part of a series between two hours. */
export function between(points: readonly TrendPoint[], fromHour: number, toHour: number): TrendPoint[] {
  return points.filter(({ time }) => time >= START + fromHour * HOUR_MS && time < START + toHour * HOUR_MS);
}

export function later(points: readonly TrendPoint[], hours: number): TrendPoint[] {
  return points.map(({ time, value }) => ({ time: time + hours * HOUR_MS, value }));
}

export function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** mulberry32: numbers from 0 to 1, the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed * 7919;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    const twice = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((twice ^ (twice >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Box-Muller: mean 0, standard deviation 1. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
