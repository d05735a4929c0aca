import { cutIntoPieces, estimateNoise, type Piece } from './pieces.ts';
import { MS_PER_HOUR, type Series, slotMedians } from './points.ts';

/** A change of level between two pieces, as a deploy, a change of scale or a restart makes it. */
export interface Jump {
  /** Unix time, milliseconds, to about a quarter of an hour. */
  readonly time: number;
  readonly fromLevel: number;
  readonly toLevel: number;
}

/** What a series looks like, before anybody names it. */
export interface Shape {
  /** In order of time, at least one. */
  readonly pieces: readonly Piece[];
  readonly last: Piece;
  readonly jumps: readonly Jump[];
  /** What counts as a change, in connections: less may be noise, or does not matter. */
  readonly leastChange: number;
}

/** A slot is longer than the 12 minutes between IAM token refreshes, so that their staircase looks like the line it is. */
export const SLOT_MS = MS_PER_HOUR / 4;
/** 12 h of quarters; a longer window gets wider slots. */
const MOST_SLOTS = 48;
/** 3 h of quarters: two pieces of the least length. */
const FEWEST_SLOTS = 12;
/**
 * Connections: half of LiteLLM's default pool of 10. A smaller rise over 12 h reaches the ceiling in the next 12 h only where fewer than 5 slots
 * are free, and connection-headroom calls that critical already.
 */
const LEAST_CHANGE = 5;
/** Standard deviations of the noise: at 3, noise that remembers 0.9 of the point before shows up as growth in 5 % of series, at 4 in 1 % (simulated). */
const CLEAR_OF_NOISE = 4;
/** Of the range of all levels: where straight lines follow a curve, the gaps between their ends are smaller. */
const SHARE_OF_RANGE = 1 / 6;

/** The pieces and jumps of a series; null when its points fill fewer than 12 quarters of an hour. */
export function findShape(series: Series): Shape | null {
  const levels = slotMedians(series, SLOT_MS, MOST_SLOTS);
  if (levels.length < FEWEST_SLOTS) return null;
  const noise = estimateNoise(levels);
  const leastChange = Math.max(LEAST_CHANGE, CLEAR_OF_NOISE * noise);
  const pieces = cutIntoPieces(levels, noise);
  const jumps = jumpsBetween(pieces, leastChange);
  const last = pieces.at(-1);
  return last ? { pieces, last, jumps, leastChange } : null;
}

function jumpsBetween(pieces: readonly Piece[], leastChange: number): Jump[] {
  const ends = pieces.flatMap(({ fromLevel, toLevel }) => [fromLevel, toLevel]);
  const range = Math.max(...ends) - Math.min(...ends);
  const least = Math.max(leastChange, SHARE_OF_RANGE * range);
  return pieces
    .slice(1)
    .map((after, index) => ({
      time: after.from,
      fromLevel: pieces[index]?.toLevel ?? after.fromLevel,
      toLevel: after.fromLevel,
    }))
    .filter((jump) => Math.abs(jump.toLevel - jump.fromLevel) >= least);
}
