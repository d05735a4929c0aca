import type { ShippedIndex } from '../lambda/litellm/releases/known-issue.ts';

const COMMENT = /--[^\n]*/g;
const CREATE =
  /CREATE\s+(?:UNIQUE\s+)?INDEX\s+(?:CONCURRENTLY\s+)?(?:IF\s+NOT\s+EXISTS\s+)?"([^"]+)"\s+ON\s+"([^"]+)"\s*(?:USING\s+\w+\s*)?\(([^;]*?)\)\s*(WHERE\b[^;]*)?;/gi;
const ANY_CREATE = /CREATE\s+(?:UNIQUE\s+)?INDEX\b/gi;
const DROP = /DROP\s+INDEX\s+(?:CONCURRENTLY\s+)?(?:IF\s+EXISTS\s+)?"([^"]+)"/gi;
const DROP_TABLE = /DROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?"([^"]+)"/gi;

/** A statement that makes an index and is not understood. */
export class UnreadIndexError extends Error {
  override readonly name = 'UnreadIndexError';
}

/**
 * The indexes that migrations make, in the order of their names, one entry per time that one is made.
 * @param migrations by name, each with its SQL
 * @throws UnreadIndexError naming the migration
 */
export function shippedIndexes(migrations: ReadonlyMap<string, string>): readonly ShippedIndex[] {
  const made: { -readonly [Key in keyof ShippedIndex]: ShippedIndex[Key] }[] = [];
  for (const [migration, text] of [...migrations].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const sql = text.replaceAll(COMMENT, '');
    const drop = (isDropped: (index: ShippedIndex) => boolean) => {
      for (const index of made) if (index.droppedBy === null && isDropped(index)) index.droppedBy = migration;
    };
    for (const [, name] of sql.matchAll(DROP)) drop(({ index }) => index === name);
    for (const [, name] of sql.matchAll(DROP_TABLE)) drop(({ table }) => table === name);
    const created = [...sql.matchAll(CREATE)];
    if (created.length !== (sql.match(ANY_CREATE) ?? []).length) {
      throw new UnreadIndexError(`${migration} makes an index by a statement that was not understood.`);
    }
    for (const [, index = '', table = '', columns = '', where] of created) {
      // IF NOT EXISTS does nothing for one that is there.
      if (made.some((other) => other.index === index && other.droppedBy === null)) continue;
      made.push({
        index,
        table,
        columns: columns.split(',').map((column) => column.trim().replace(/^"([^"]+)"( (ASC|DESC))?$/i, '$1')),
        partial: where !== undefined,
        addedBy: migration,
        droppedBy: null,
      });
    }
  }
  return made;
}
