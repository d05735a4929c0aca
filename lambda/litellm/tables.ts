/**
 * The columns of LiteLLM's tables that the auditor's role is granted.
 * Source: LiteLLM's schema.prisma; the heartbeats came with 1.99.0, and Prisma keeps its own table beside LiteLLM's.
 */
export const AUDITED_COLUMNS = {
  LiteLLM_ProxyWorkerHeartbeat: ['worker_id', 'hostname', 'last_heartbeat_at'],
  _prisma_migrations: ['migration_name', 'finished_at', 'rolled_back_at'],
} as const;

/** What release 0.1.0 granted in addition; the setup script takes it back. */
export const FORMER_COLUMNS = {
  LiteLLM_TeamTable: ['team_id', 'team_alias', 'blocked', 'router_settings'],
  LiteLLM_VerificationToken: ['key_name', 'key_alias', 'expires', 'blocked', 'router_settings'],
} as const;

/** Where the global row lives; read through a function that answers without values, since other rows hold secrets in clear text. */
export const CONFIG_TABLE = 'LiteLLM_Config';

/** One row per request, prompts included; counted through a function for the same reason. */
export const SPEND_LOGS_TABLE = 'LiteLLM_SpendLogs';
