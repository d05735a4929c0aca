import type { Piece } from './pieces.ts';
import { MS_PER_HOUR, median, seriesOf, type TrendPoint } from './points.ts';
import { SLOT_MS } from './shape.ts';

const DAY_MS = 24 * MS_PER_HOUR;
/** Of the rise. A leak that has lasted since then stands two rises of 12 h higher, and one that began later a whole rise at its end. */
const SAME = 1 / 4;
/** Of the piece's levels that need a counterpart. */
const ENOUGH = 1 / 2;

/** Whether the count ran at about the same levels at the same hours a day earlier; false where most of those are missing. */
export function repeatsDayBefore(piece: Piece, dayBefore: readonly TrendPoint[]): boolean {
  const earlier = seriesOf(dayBefore);
  const differences = piece.levels.flatMap(({ time, value }) => {
    const then = earlier.filter((point) => Math.abs(point.time + DAY_MS - time) <= SLOT_MS / 2);
    return then.length > 0 ? [Math.abs(value - median(then.map((point) => point.value)))] : [];
  });
  if (differences.length < piece.levels.length * ENOUGH) return false;
  return median(differences) <= (piece.toLevel - piece.fromLevel) * SAME;
}
