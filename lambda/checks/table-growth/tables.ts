import type { Settings } from '../../settings/settings.ts';
import type { PreviousSource, TableStatistics, TablesSource } from '../../snapshot/snapshot.ts';

const GIB = 1024 ** 3;
const DAY_SECONDS = 86_400;
/** Two readings closer together say nothing about a day. */
const SHORTEST_SECONDS = 3600;
/** Dead rows that VACUUM leaves in a table that autovacuum keeps up with: it starts at a fifth (autovacuum_vacuum_scale_factor). */
const DEAD_PERCENT = 30;
/** Of the limit of rows; below, dead rows are no burden whatever their share. */
const FEWEST_DEAD = 1 / 100;

export type TableFacts = {
  readonly table: string;
  readonly estimatedRows: number | null;
  readonly gigabytes: number;
  readonly deadRows: number;
  readonly deadPercent: number;
  readonly vacuumedAt: string | null;
  readonly isLarge: boolean;
  readonly isBloated: boolean;
  /** Since an earlier audit of at least an hour ago. */
  readonly rowsPerDay?: number;
  readonly gigabytesPerDay?: number;
};

/** What one table is like. */
export function tableFacts(
  table: TableStatistics,
  { at, blockBytes }: TablesSource,
  earlier: PreviousSource['tables'],
  settings: Settings,
): TableFacts {
  const bytes = blockBytes * (table.heapPages + table.toastPages + table.indexPages);
  const { liveRows, deadRows } = table;
  const deadPercent = liveRows + deadRows === 0 ? 0 : Math.floor((100 * deadRows) / (liveRows + deadRows));
  const rows = Math.max(table.estimatedRows ?? 0, liveRows);
  return {
    table: table.name,
    estimatedRows: table.estimatedRows === null && liveRows === 0 ? null : Math.round(rows),
    gigabytes: rounded(bytes / GIB),
    deadRows,
    deadPercent,
    vacuumedAt: table.vacuumedAt,
    isLarge: rows >= settings.tableWarningRows,
    isBloated: deadPercent >= DEAD_PERCENT && deadRows >= settings.tableWarningRows * FEWEST_DEAD,
    ...growth(table, { at, bytes, rows }, earlier),
  };
}

/** How fast it grows, by the rows that were written and deleted since; nothing where the counters began anew. */
function growth(
  table: TableStatistics,
  { at, bytes, rows }: { readonly at: string; readonly bytes: number; readonly rows: number },
  earlier: PreviousSource['tables'],
): Pick<TableFacts, 'rowsPerDay' | 'gigabytesPerDay'> {
  const before = earlier?.tables.find(({ name }) => name === table.name);
  if (earlier === null || before === undefined) return {};
  const seconds = (Date.parse(at) - Date.parse(earlier.at)) / 1000;
  const inserted = table.rowsInserted - before.rowsInserted;
  const deleted = table.rowsDeleted - before.rowsDeleted;
  if (seconds < SHORTEST_SECONDS || inserted < 0 || deleted < 0) return {};
  const rowsPerDay = Math.round(((inserted - deleted) * DAY_SECONDS) / seconds);
  const bytesPerDay = rows > 0 ? (rowsPerDay * bytes) / rows : 0;
  return {
    rowsPerDay,
    gigabytesPerDay: rounded(bytesPerDay / GIB),
  };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
