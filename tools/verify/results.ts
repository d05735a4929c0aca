import { existsSync } from 'node:fs';
import { z } from 'zod';
import { text, version } from '../cells.ts';
import { readTable } from '../table.ts';

/** Where the latest result is kept, beside the tables that it is about. */
export const RESULTS_FILE = 'verified.tsv';

const resultRow = z.object({
  id: text,
  end: z.enum(['introduced', 'fixed', 'last_affected']),
  /** Also a whole line: `1.97.x`. */
  version: text,
  marker: z.string(),
  result: z.enum(['holds', 'does not hold', 'no marker', 'no packages']),
  before: z.union([z.literal(''), version]),
  at: z.union([z.literal(''), version]),
  checked: z.iso.date(),
});

/** What the packages say about one end of a row's range. */
export type Result = z.output<typeof resultRow>;

/** @throws TableError; no results when nothing was ever verified. */
export function readResults(path: string): readonly Result[] {
  return existsSync(path) ? readTable(path, resultRow) : [];
}

export function writeResults(results: readonly Result[]): string {
  const columns = Object.keys(resultRow.shape) as (keyof Result)[];
  return [columns, ...results.map((result) => columns.map((column) => result[column]))]
    .map((cells) => `${cells.join('\t')}\n`)
    .join('');
}
