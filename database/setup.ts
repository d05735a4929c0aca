import pg from 'pg';
import { AUDITED_COLUMNS } from '../lambda/litellm/tables.ts';
import type { Tuning } from '../lambda/settings/tuning.ts';
import { createFunctionSql, executeRightSql } from './setup/create-function.ts';
import { AUDIT_FUNCTIONS, PURGE_FUNCTIONS } from './setup/functions.ts';
import { sqlFile } from './setup/sql-file.ts';

export interface DatabaseSetupOptions {
  /** The auditor's role. */
  readonly role: string;
  /** The schema of LiteLLM's tables; found by itself when there is only one. */
  readonly litellmSchema?: string;
  /** Whether the role may purge and restore the global router_settings row; `disabled` when not given, and then it may no longer. */
  readonly purge?: Tuning['purge'];
}

/**
 * Returns the SQL that makes the auditor's role and grants what an audit reads: plain SQL, to run in the LiteLLM database as the RDS master
 * user, as the owner of LiteLLM's tables, or as one after the other. It does what the one who runs it may do, says in a WARNING what is left
 * and for whom, and can be run again without harm: it upgrades what an earlier one installed.
 */
export function databaseSetupSql({ role, litellmSchema, purge = 'disabled' }: DatabaseSetupOptions): string {
  const mayPurge = purge !== 'disabled';
  const roleLiteral = pg.escapeLiteral(role);
  const guard = sqlFile('guard.sql');
  const rolePart = sqlFile('role.sql', { role: roleLiteral, guard });
  const objectsPart = sqlFile('objects.sql', {
    role: roleLiteral,
    litellm_schema: litellmSchema === undefined ? 'NULL' : pg.escapeLiteral(litellmSchema),
    guard,
    rights: sqlFile('rights.sql', { audited_columns: auditedColumns() }),
    backup_table: sqlFile('backup-table.sql'),
    functions: [...AUDIT_FUNCTIONS, ...PURGE_FUNCTIONS].map(createFunctionSql).join('\n\n'),
    execute_rights: [
      ...AUDIT_FUNCTIONS.map((each) => executeRightSql(each, 'grant')),
      ...PURGE_FUNCTIONS.map((each) => executeRightSql(each, mayPurge ? 'grant' : 'revoke')),
    ].join('\n'),
    may: mayPurge ? 'may' : 'may not',
  });
  return `-- The role of litellm-db-auditor. It reads no key, no secret and no setting's value of the global row, and changes nothing${
    mayPurge ? ' but that row, through functions that keep a copy' : ''
  }.

${rolePart}

${objectsPart}
`;
}

function auditedColumns(): string {
  return Object.entries(AUDITED_COLUMNS)
    .flatMap(([table, names]) => names.map((name) => `(${pg.escapeLiteral(table)}, ${pg.escapeLiteral(name)})`))
    .join(',\n');
}
