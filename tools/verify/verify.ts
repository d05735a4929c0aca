import { type Bound, boundsOf, neighbours } from './bounds.ts';
import { parseMarker, showsChange } from './marker.ts';
import { PackageError, type Packages } from './packages.ts';
import type { Result } from './results.ts';
import { markerOf, type VerifiableRow } from './rows.ts';

const AT_ONCE = 2;

/**
 * What the published packages say about both ends of each row, in the rows' order.
 * @param checked the day, as 2026-11-25
 */
export async function verifyRows(
  rows: readonly VerifiableRow[],
  packages: Packages,
  checked: string,
): Promise<readonly Result[]> {
  const published = await packages.published();
  const tasks = rows.flatMap((row) => boundsOf(row).map((bound) => () => verifyBound(row, bound, packages, published)));
  const results: Result[] = [];
  for (let next = 0; next < tasks.length; next += AT_ONCE) {
    const some = await Promise.all(tasks.slice(next, next + AT_ONCE).map((task) => task()));
    results.push(...some.map((result) => ({ ...result, checked })));
  }
  return results;
}

async function verifyBound(
  row: VerifiableRow,
  bound: Bound,
  packages: Packages,
  published: readonly string[],
): Promise<Omit<Result, 'checked'>> {
  const cell = markerOf(row, bound);
  const about = { id: row.id, ...bound, marker: cell };
  const marker = parseMarker(cell);
  if (marker === null) return { ...about, result: 'no marker', before: '', at: '' };
  const sides = neighbours(row, bound, published);
  if (sides === null) return { ...about, result: 'no packages', before: '', at: '' };
  try {
    const before = await packages.file(sides.before, marker.file);
    const at = await packages.file(sides.at, marker.file);
    return { ...about, result: showsChange(marker, before, at) ? 'holds' : 'does not hold', ...sides };
  } catch (error) {
    if (!(error instanceof PackageError)) throw error;
    return { ...about, result: 'no packages', ...sides };
  }
}
