import { z } from 'zod';
import type { ShippedIndex } from '../lambda/litellm/releases/known-issue.ts';
import { text, yes } from './cells.ts';
import { readTable } from './table.ts';

export const INDEXES_FILE = 'indexes.tsv';

const COLUMNS = ['index', 'table', 'columns', 'partial', 'added_by', 'dropped_by'] as const;

const indexRow = z.object({
  index: text,
  table: text,
  columns: text,
  partial: yes,
  added_by: text,
  dropped_by: z.string(),
});

/** The table as text, one index a line. */
export function writeIndexes(indexes: readonly ShippedIndex[]): string {
  const lines = indexes.map(({ index, table, columns, partial, addedBy, droppedBy }) =>
    [index, table, columns.join(', '), partial ? 'yes' : '', addedBy, droppedBy ?? ''].join('\t'),
  );
  return `${[COLUMNS.join('\t'), ...lines].join('\n')}\n`;
}

/** @throws TableError naming every bad cell. */
export function readIndexes(path: string): readonly ShippedIndex[] {
  return readTable(path, indexRow).map(({ index, table, columns, partial, added_by, dropped_by }) => ({
    index,
    table,
    columns: columns.split(', '),
    partial,
    addedBy: added_by,
    droppedBy: dropped_by === '' ? null : dropped_by,
  }));
}
