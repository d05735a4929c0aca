import { type ExpectedIndex, indexesOf } from '../../litellm/shipped-indexes.ts';
import type { TableIndex, TablesSource } from '../../snapshot/snapshot.ts';

/** From so many rows on, what an index would have found by itself has to be searched for. Our own choice. */
const MANY_ROWS = 100_000;

type MissingIndex = {
  readonly table: string;
  readonly index: string;
  readonly columns: readonly string[];
  readonly estimatedRows: number | null;
  /** LiteLLM leaves it to people to build. */
  readonly byHand: boolean;
};

export type IndexFacts = {
  readonly version: string | null;
  readonly missing: readonly MissingIndex[];
  readonly invalid: readonly { readonly table: string; readonly index: string }[];
  readonly indexes: number;
};

/** What the tables lack of the indexes of the version that runs; nothing is missing where that is not known. */
export function indexFacts(
  { indexes, indexCount, tables, tableCount }: TablesSource,
  version: string | null,
): IndexFacts {
  const rows = new Map(tables.map(({ name, estimatedRows }) => [name, estimatedRows]));
  const present = new Set(indexes.map(({ table }) => table));
  // Of a list that was cut, nothing says what is not there.
  const isWhole = indexes.length >= indexCount && tables.length >= tableCount;
  const expected = version === null || !isWhole ? [] : indexesOf(version);
  return {
    version,
    missing: expected
      .filter((index) => present.has(index.table) && !indexes.some((one) => serves(one, index)))
      .map(({ table, index, columns, byHand }) => ({
        table,
        index,
        columns,
        byHand,
        estimatedRows: rows.get(table) ?? null,
      }))
      .sort((a, b) => (b.estimatedRows ?? 0) - (a.estimatedRows ?? 0)),
    invalid: indexes.flatMap(({ table, name, valid }) => (valid ? [] : [{ table, index: name }])),
    indexes: indexCount,
  };
}

/** Whether a missing index costs: in a small table nobody notices. */
export function isLarge({ estimatedRows }: MissingIndex): boolean {
  return (estimatedRows ?? 0) >= MANY_ROWS;
}

/** By its name, or under another name with the same columns first. An invalid one serves no query, and is reported as such. */
function serves(one: TableIndex, { table, index, columns, partial }: ExpectedIndex): boolean {
  if (one.table !== table) return false;
  if (one.name === index) return true;
  return one.valid && !one.partial && !partial && columns.every((column, place) => one.columns[place] === column);
}
