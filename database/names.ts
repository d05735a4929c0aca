/** The role that the configuration names unless it says otherwise. */
export const DEFAULT_ROLE = 'litellm_auditor';

/** The schema of the auditor's own functions, owned by the owner of LiteLLM's tables. */
export const AUDITOR_SCHEMA = 'litellm_auditor';

/** Describes the global row without its values. */
export const GLOBAL_ROW_FUNCTION = 'global_router_settings';
/** Counts the requests that carry a Router configuration of their own. */
export const USER_CONFIG_FUNCTION = 'user_config_requests';

/** The functions that purge and restore the global row and list its backups, schema included. */
export const PURGE_FUNCTION = `${AUDITOR_SCHEMA}.purge_router_settings`;
export const RESTORE_FUNCTION = `${AUDITOR_SCHEMA}.restore_router_settings`;
export const BACKUPS_FUNCTION = `${AUDITOR_SCHEMA}.router_settings_backups`;
