import pg from 'pg';
import type { Advice } from '../../core/finding.ts';
import { AUDITED_COLUMNS } from '../../litellm/tables.ts';
import type { ServerSource, TableSource } from '../snapshot.ts';

/** One part of a round trip: either known without asking, or a query. */
export type Plan<State> = { readonly known: State } | { readonly sql: string };

/** The step where a function of the auditor is missing. */
export const RUN_SETUP: Advice = { text: 'Run this, then audit again:', command: 'npm run --silent database-setup' };

/** A LiteLLM table in the schema that was found; undefined when it is not there. */
export function findTable(server: ServerSource, name: string): TableSource | undefined {
  return server.tables.find((table) => table.name === name);
}

/** The table's name for SQL, schema included. */
export function qualified(table: TableSource): string {
  return `${pg.escapeIdentifier(table.schema)}.${pg.escapeIdentifier(table.name)}`;
}

/** The GRANT for those audited columns of the table that the role may not read; undefined when it may read them all. */
export function missingGrant(
  server: ServerSource,
  table: TableSource,
  name: keyof typeof AUDITED_COLUMNS,
): Advice | undefined {
  const hidden = AUDITED_COLUMNS[name].filter((column) => !table.readable.includes(column));
  if (hidden.length === 0) return undefined;
  return {
    text: 'Run this, then audit again:',
    command: `GRANT SELECT (${hidden.join(', ')}) ON ${qualified(table)} TO ${pg.escapeIdentifier(server.role.name)};`,
  };
}
