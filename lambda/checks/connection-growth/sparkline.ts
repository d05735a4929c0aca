import { median } from '../../core/median.ts';
import { type Series, type TrendPoint, toSeries } from '../../model/trend/points.ts';

const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/** Connections for one block at the least: noise of one or two connections stays low instead of filling the height. */
const LEAST_PER_BLOCK = 1;
/** Columns: what a line of mail can hold. */
const WIDEST = 72;

/**
 * The series as one line of block characters, from its lowest value to its highest; at most `width` columns (1 to 72), each as wide in time as
 * the others. A column shows its highest value, since slots run out at a peak; a gap is a space. Empty for no points.
 */
export function sparkline(points: readonly TrendPoint[], { width }: { readonly width: number }): string {
  const series = toSeries(points);
  const columns = columnMaxima(series, Math.min(WIDEST, Math.max(1, Math.floor(width) || 1)));
  const highest = Math.max(...columns.values());
  const lowest = Math.min(...columns.values());
  const perBlock = Math.max(LEAST_PER_BLOCK, (highest - lowest) / (BLOCKS.length - 1));
  return Array.from({ length: Math.max(0, ...[...columns.keys()].map((column) => column + 1)) }, (_, column) => {
    const value = columns.get(column);
    return value === undefined ? ' ' : BLOCKS[Math.round((value - lowest) / perBlock)];
  }).join('');
}

/** The same series in ASCII, to stand beside the sparkline: `min 96, max 188, first 97, last 187`; `no points` for none. */
export function describeSeries(points: readonly TrendPoint[]): string {
  const values = toSeries(points).map(({ value }) => Number(value.toFixed(1)));
  if (values.length === 0) return 'no points';
  const sorted = values.toSorted((one, other) => one - other);
  return `min ${sorted.at(0)}, max ${sorted.at(-1)}, first ${values.at(0)}, last ${values.at(-1)}`;
}

/** The highest value of each column that has one. There is no more than one column for each usual gap between points. */
function columnMaxima(series: Series, width: number): Map<number, number> {
  const start = series.at(0)?.time ?? 0;
  const span = (series.at(-1)?.time ?? 0) - start;
  const period = median(series.slice(1).map(({ time }, index) => time - (series[index]?.time ?? time))) || 1;
  const columns = Math.min(width, Math.round(span / period) + 1);
  // The product first: whole milliseconds divide exactly where a column begins.
  const columnOf = (time: number) => Math.floor(((time - start) * columns) / (span + period));
  return new Map(
    [...Map.groupBy(series, ({ time }) => columnOf(time))].map(([column, group]) => [
      column,
      group.reduce((highest, { value }) => Math.max(highest, value), Number.NEGATIVE_INFINITY),
    ]),
  );
}
