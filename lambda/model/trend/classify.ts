import { median } from '../../core/median.ts';
import { fitPiece, type Piece } from './pieces.ts';
import { MS_PER_HOUR, spanHours, type TrendPoint, toSeries } from './points.ts';
import { findShape, type Jump, type Shape, SLOT_MS } from './shape.ts';
import type { Slope } from './slope.ts';

/**
 * - flat, falling, growing: one way to the end of the window. `growing` is a leak's shape.
 * - step: one level then another, flat or falling since, as after a deploy.
 * - periodic: a rise that slowed, came back, or only regains what was held before, as a day's load does.
 * - sawtooth: growth again after a reset, as a leak between restarts.
 */
export type TrendKind = 'flat' | 'falling' | 'growing' | 'step' | 'periodic' | 'sawtooth';

/** The last stretch that one line describes: since the last jump or bend, or the whole window. */
export interface RecentTrend {
  /** Unix time, milliseconds. */
  readonly since: number;
  readonly hours: number;
  readonly slope: Slope;
  /** The line's value at its two ends. */
  readonly fromLevel: number;
  readonly toLevel: number;
}

export type Trend =
  | { readonly kind: 'too-few-points'; readonly windowHours: number }
  | {
      readonly kind: TrendKind;
      readonly windowHours: number;
      readonly recent: RecentTrend;
      /** In order of time. Steps closer than about two hours are growth and not listed. */
      readonly jumps: readonly Jump[];
    };

export interface TrendOptions {
  /** The same metric from 24 h earlier: growth that went the same way then is a day's load, not a leak. */
  readonly dayBefore?: readonly TrendPoint[];
}

/** A rise that has lost more than half of its speed bends; a quarter of a sine loses 59 % from its first half to its second. */
const BENT = 1 / 2;
/** Of a rise: the share that has to be above what was held before. */
const NEW_GROUND = 1 / 2;

const DAY_MS = 24 * MS_PER_HOUR;
/** Of the rise. A leak that has lasted since then stands two rises of 12 h higher, and one that began later a whole rise at its end. */
const SAME = 1 / 4;
/** Of the piece's levels that need a counterpart. */
const ENOUGH = 1 / 2;

/**
 * Names the shape of a series of counts. Points may come in any order, with gaps; what is classified are medians of quarters of an hour.
 * Too few means less than 3 h of them. A morning's rise looks like a leak until it bends: only `dayBefore` tells them apart.
 */
export function classifyTrend(points: readonly TrendPoint[], options: TrendOptions = {}): Trend {
  const series = toSeries(points);
  const windowHours = spanHours(series);
  const shape = findShape(series);
  if (!shape) return { kind: 'too-few-points', windowHours };
  const { levels, from, slope, fromLevel, toLevel } = shape.last;
  return {
    kind: classifyShape(shape, options.dayBefore ?? []),
    windowHours,
    recent: { since: from, hours: spanHours(levels), slope, fromLevel, toLevel },
    jumps: shape.jumps,
  };
}

function classifyShape(shape: Shape, dayBefore: readonly TrendPoint[]): TrendKind {
  const { pieces, last, jumps, leastChange } = shape;
  if (!grows(last, leastChange)) {
    if (jumps.length > 0) return 'step';
    if (pieces.some((piece) => grows(piece, leastChange))) return 'periodic';
    return falls(last, leastChange) ? 'falling' : 'flat';
  }
  if (jumps.some((jump) => jump.toLevel < jump.fromLevel)) return 'sawtooth';
  return bends(shape) || regains(shape) || repeatsDayBefore(last, dayBefore) ? 'periodic' : 'growing';
}

function grows({ slope, fromLevel, toLevel }: Piece, leastChange: number): boolean {
  return slope.lowPerHour > 0 && toLevel - fromLevel >= leastChange;
}

function falls({ slope, fromLevel, toLevel }: Piece, leastChange: number): boolean {
  return slope.highPerHour < 0 && fromLevel - toLevel >= leastChange;
}

/** The last piece is slower than the one before it, or its second half than its first. */
function bends({ pieces, last }: Shape): boolean {
  const half = Math.ceil(last.levels.length / 2);
  return slows(pieces.at(-2), last) || slows(fitPiece(last.levels.slice(0, half)), fitPiece(last.levels.slice(half)));
}

function slows(before: Piece | null | undefined, after: Piece | null): boolean {
  return !!before && !!after && after.slope.perHour < before.slope.perHour * BENT;
}

/** More than half of the last piece's rise only regains what an earlier piece held. */
function regains({ pieces, last }: Shape): boolean {
  const held = Math.max(...pieces.slice(0, -1).flatMap(({ fromLevel, toLevel }) => [fromLevel, toLevel]));
  return last.toLevel - held < (last.toLevel - last.fromLevel) * NEW_GROUND;
}

/** Whether the count ran at about the same levels at the same hours a day earlier; false where most of those are missing. */
function repeatsDayBefore(piece: Piece, dayBefore: readonly TrendPoint[]): boolean {
  const earlier = toSeries(dayBefore);
  const differences = piece.levels.flatMap(({ time, value }) => {
    const then = earlier.filter((point) => Math.abs(point.time + DAY_MS - time) <= SLOT_MS / 2);
    return then.length > 0 ? [Math.abs(value - median(then.map((point) => point.value)))] : [];
  });
  if (differences.length < piece.levels.length * ENOUGH) return false;
  return median(differences) <= (piece.toLevel - piece.fromLevel) * SAME;
}
