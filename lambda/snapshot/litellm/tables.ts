import pg from 'pg';
import * as z from 'zod';
import { AUDIT_FUNCTIONS, functionName } from '../../../database/names.ts';
import type { Advice } from '../../core/finding.ts';
import { AUDITED_COLUMNS } from '../../litellm/tables.ts';
import type { Unread } from '../schema/source.ts';
import type { ServerSource, SetupSeen, TableSource } from '../snapshot.ts';

/** One part of a source: either known without asking, or a statement of its own about one table. */
export type Plan<State> =
  | { readonly known: State | Unread }
  | { readonly sql: string; readonly table: Pick<TableSource, 'schema' | 'name'> };

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

/** Whether the role may read all of these columns, and so needs no function. */
export function isReadable(table: TableSource, columns: readonly string[]): boolean {
  return columns.every((column) => table.readable.includes(column));
}

/** The call of one of the auditor's functions; undefined when it is not installed, or the role may not execute it. */
export function callFunction(
  { setup, litellmSchema }: ServerSource,
  key: keyof SetupSeen['functions'],
): string | undefined {
  if (setup === null || litellmSchema === null || setup.functions[key] !== 'executable') return undefined;
  return `${functionName(setup.schema, AUDIT_FUNCTIONS[key])}(${pg.escapeLiteral(litellmSchema)})`;
}

/** What the auditor's functions answer when they are for another schema of LiteLLM. */
export const madeForSchema = z.object({ madeFor: z.string() });

/** The step where the functions are for another schema of LiteLLM. */
export function otherSetup(madeFor: string, { setup, litellmSchema }: ServerSource): Advice {
  return {
    text: `The functions in schema ${setup?.schema} are for the LiteLLM schema ${madeFor}, and this audit is of ${litellmSchema}. Set "litellmSchema" to ${madeFor}, or give this database an "auditorSchema" and a "user" of its own, and run:`,
    command: 'npm run --silent database-setup',
  };
}

/** The statements that let `role` read these columns of a table, for the owner of the table. */
export function columnGrant({ schema, name }: TableSource, columns: readonly string[], role: string): string {
  const [schemaName, tableName, grantee] = [schema, name, role].map((each) => pg.escapeIdentifier(each));
  // USAGE last: the owner of the tables may not be the schema's, and everyone often has it anyway.
  return `GRANT SELECT (${columns.map((column) => pg.escapeIdentifier(column)).join(', ')}) ON ${schemaName}.${tableName} TO ${grantee};
GRANT USAGE ON SCHEMA ${schemaName} TO ${grantee};`;
}

/** The step for those audited columns of the table that the role may not read; undefined when it may read them all. */
export function missingGrant(
  server: ServerSource,
  table: TableSource,
  name: keyof typeof AUDITED_COLUMNS,
): Advice | undefined {
  const hidden = AUDITED_COLUMNS[name].filter((column) => !table.readable.includes(column));
  if (hidden.length === 0) return undefined;
  return { text: "As the owner of LiteLLM's tables:", command: columnGrant(table, hidden, server.role.name) };
}
