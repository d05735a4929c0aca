import { AUDITOR_SCHEMA } from '../litellm/tables.ts';

/** The functions that change the global row or tell of its backups, schema included. */
export const PURGE_FUNCTION = `${AUDITOR_SCHEMA}.purge_router_settings`;
export const RESTORE_FUNCTION = `${AUDITOR_SCHEMA}.restore_router_settings`;
export const BACKUPS_FUNCTION = `${AUDITOR_SCHEMA}.router_settings_backups`;
