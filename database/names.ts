import pg from 'pg';

/** The role that the configuration names unless it says otherwise. */
export const DEFAULT_ROLE = 'litellm_auditor';

/**
 * What the setup script installs, in numbers: one more with every change to a function or a right. It is the comment of the auditor's
 * schema, where each role can read it.
 */
const SETUP_REVISION = 2;
export const SETUP_COMMENT = `litellm-db-auditor, setup ${SETUP_REVISION}`;

/** The functions in the auditor's schema that an audit executes; each takes the name of LiteLLM's schema, and returns jsonb. */
export const AUDIT_FUNCTIONS = {
  /** Describes the global row without its values. */
  globalRow: 'global_router_settings',
  /** Counts the teams and the keys with router_settings by kind, without their values. */
  team: 'team_router_settings',
  key: 'key_router_settings',
  /** Counts the requests that carry a Router configuration of their own. */
  userConfig: 'user_config_requests',
} as const;

/** Those that purge and restore the global row and list its backups. */
export const PURGE_FUNCTIONS = {
  purge: 'purge_router_settings',
  restore: 'restore_router_settings',
  backups: 'router_settings_backups',
} as const;

/** A function for SQL, schema included. */
export function functionName(auditorSchema: string, name: string): string {
  return `${pg.escapeIdentifier(auditorSchema)}.${name}`;
}
