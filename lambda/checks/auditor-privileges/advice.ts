import { escapeIdentifier } from 'pg';
import { AUDITOR_SCHEMA, GLOBAL_ROW_FUNCTION } from '../../../database/names.ts';
import type { Advice } from '../../core/finding.ts';
import type { TableSource } from '../../snapshot/snapshot.ts';

/** How the setup script is run: what it grants is all that an audit requires. */
export const INSTALL: readonly Advice[] = [
  {
    text: "Print the setup SQL and run it in LiteLLM's database, as the RDS master user and as the owner of LiteLLM's tables. It is safe to run again:",
    command: 'npm run --silent database-setup',
  },
];

/** Attributes of a role, which are no memberships, as the server source names them. */
const ATTRIBUTES = ['superuser', 'createrole', 'createdb', 'replication', 'bypassrls'];

/** The statements that let `role` read these columns of a table. */
export function columnGrant({ schema, name }: TableSource, columns: readonly string[], role: string): string {
  const [schemaName, tableName, grantee] = [schema, name, role].map(escapeIdentifier);
  return `GRANT USAGE ON SCHEMA ${schemaName} TO ${grantee};
GRANT SELECT (${columns.map(escapeIdentifier).join(', ')}) ON ${schemaName}.${tableName} TO ${grantee};`;
}

/** The step that lets `role` execute the function for the global row. */
export function useFunction(role: string): Advice {
  const grantee = escapeIdentifier(role);
  return {
    text: "As the owner of LiteLLM's tables:",
    command: `GRANT USAGE ON SCHEMA ${AUDITOR_SCHEMA} TO ${grantee};
GRANT EXECUTE ON FUNCTION ${AUDITOR_SCHEMA}.${GLOBAL_ROW_FUNCTION}() TO ${grantee};`,
  };
}

/** The step that revokes attributes and memberships of `role`. */
export function revokeExcessivePrivileges(role: string, excessivePrivileges: readonly string[]): Advice {
  if (excessivePrivileges.includes('superuser')) {
    return {
      text: 'Audit with a role of its own instead of a superuser; the setup script makes it:',
      command: 'npm run --silent database-setup',
    };
  }
  const name = escapeIdentifier(role);
  return {
    text: 'As the RDS master user:',
    command: excessivePrivileges
      .map((privilege) =>
        ATTRIBUTES.includes(privilege)
          ? `ALTER ROLE ${name} NO${privilege.toUpperCase()};`
          : `REVOKE ${escapeIdentifier(privilege)} FROM ${name};`,
      )
      .join('\n'),
  };
}

/** The steps that take the right to change tables from `role`; `tables` as `schema.table`. */
export function revokeWrites(role: string, tables: readonly string[]): readonly Advice[] {
  return [
    {
      text: "As the owner of LiteLLM's tables:",
      command: tables
        .map(
          (table) => `REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ${qualified(table)} FROM ${escapeIdentifier(role)};`,
        )
        .join('\n'),
    },
    {
      text: 'If that changes nothing, the right comes from owning the tables, from PUBLIC or from another role: audit with a role of its own.',
    },
  ];
}

/** The steps that take secret columns from `role`; `columns` as `schema.table.column`. */
export function revokeSecrets(role: string, columns: readonly string[]): readonly Advice[] {
  const tables = new Set(columns.map((column) => column.slice(0, column.lastIndexOf('.'))));
  return [
    {
      text: "As the owner of LiteLLM's tables, revoke the whole right to read. A REVOKE of single columns leaves a grant on the table in force:",
      command: [...tables]
        .map((table) => `REVOKE SELECT ON ${qualified(table)} FROM ${escapeIdentifier(role)};`)
        .join('\n'),
    },
    { text: 'Then grant the columns that an audit reads again:', command: 'npm run --silent database-setup' },
    {
      text: 'If that changes nothing, the right comes from owning the tables, from PUBLIC or from another role: audit with a role of its own.',
    },
  ];
}

/** LiteLLM's table names hold no dot, so the last one parts schema and table. */
function qualified(table: string): string {
  const dot = table.lastIndexOf('.');
  return `${escapeIdentifier(table.slice(0, dot))}.${escapeIdentifier(table.slice(dot + 1))}`;
}
