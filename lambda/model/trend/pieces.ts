import { median } from '../../core/median.ts';
import type { Series } from './points.ts';
import { FEWEST_FOR_SLOPE, fitSlope, lineThrough, type Slope } from './slope.ts';

/** A stretch of levels that one straight line describes. */
export interface Piece {
  readonly levels: Series;
  /** Unix time of the first and last level, milliseconds, and the line's value there. */
  readonly from: number;
  readonly to: number;
  readonly fromLevel: number;
  readonly toLevel: number;
  readonly slope: Slope;
}

/** Levels in one look at the noise: three hours of quarters, long enough to show how the count wanders by itself. */
const NOISE_WINDOW = 12;
/** Makes the median distance from a line a standard deviation: 1.4826 for normal noise, sqrt(12 / 10) for the line's two parameters. */
const NOISE_FACTOR = 1.4826 * Math.sqrt(NOISE_WINDOW / (NOISE_WINDOW - 2));
/** Connections. Counts are whole numbers: less noise than half of one cannot be distinguished from none. */
const LEAST_NOISE = 0.5;
/** Standard deviations. A level further off costs no more, so that a short surge can't pay for a piece of its own. */
const FURTHEST = 3;
/**
 * The price of a piece, in standard deviations: above the 3 x 3 that a surge of 45 minutes costs when it stays an outlier.
 * White noise is then cut in fewer than 2 % of series (simulated).
 */
const PIECE_COST = 10;

/**
 * Cuts the levels into the straight pieces that describe them best: the least sum of distances from the pieces' Theil-Sen lines, plus a price
 * per piece (optimal partitioning, Jackson 2005; distances bounded against outliers, Fearnhead and Rigaill 2019).
 * In order of time. A piece has at least 6 levels, 90 minutes of quarters; fewer levels make no piece.
 */
export function cutIntoPieces(levels: Series, noise: number): Piece[] {
  /** The best way to cut the levels before an index. */
  const best = new Map<number, { readonly cost: number; readonly pieces: readonly Series[] }>();
  best.set(0, { cost: 0, pieces: [] });
  for (let end = FEWEST_FOR_SLOPE; end <= levels.length; end++) {
    const ways = [...best].flatMap(([start, before]) => {
      if (end - start < FEWEST_FOR_SLOPE) return [];
      const piece = levels.slice(start, end);
      return [{ cost: before.cost + PIECE_COST + cost(piece, noise), pieces: [...before.pieces, piece] }];
    });
    best.set(
      end,
      ways.reduce((one, other) => (other.cost < one.cost ? other : one)),
    );
  }
  return (best.get(levels.length)?.pieces ?? []).flatMap((piece) => fitPiece(piece) ?? []);
}

/** All of the levels as one piece; null for fewer than 6. */
export function fitPiece(levels: Series): Piece | null {
  const [first, last, slope] = [levels.at(0), levels.at(-1), fitSlope(levels)];
  if (!first || !last || !slope) return null;
  const line = lineThrough(levels);
  return {
    levels,
    from: first.time,
    to: last.time,
    fromLevel: line(first.time),
    toLevel: line(last.time),
    slope,
  };
}

/** Standard deviation of the levels about a straight line over three hours, at least 0.5; jumps, bends and outliers hardly move it. */
export function estimateNoise(levels: Series): number {
  const windows = levels.slice(NOISE_WINDOW - 1).map((_, start) => levels.slice(start, start + NOISE_WINDOW));
  return Math.max(LEAST_NOISE, NOISE_FACTOR * median(windows.map((window) => median(distances(window)))));
}

function cost(levels: Series, noise: number): number {
  return distances(levels).reduce((sum, distance) => sum + Math.min(FURTHEST, distance / noise), 0);
}

function distances(levels: Series): number[] {
  const line = lineThrough(levels);
  return levels.map(({ time, value }) => Math.abs(value - line(time)));
}
