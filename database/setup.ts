import type { Tuning } from '../lambda/settings/tuning.ts';
import { objectsSql } from './setup/objects.sql.ts';
import { roleSql } from './setup/role.sql.ts';

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
  return `-- The role of litellm-db-auditor. It reads no key, no secret and no setting's value of the global row${
    purge === 'disabled'
      ? ', and changes nothing'
      : ', and changes nothing but that row, through functions that keep a copy'
  }.
${roleSql(role)}
${objectsSql({ role, litellmSchema, mayPurge: purge !== 'disabled' })}`;
}
