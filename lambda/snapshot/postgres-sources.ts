/** What PostgreSQL tells of itself and of its sessions. */

export interface ConnectionSource {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly databaseName: string;
  readonly authentication: 'iam' | 'password';
  readonly tls: boolean;
}

export interface TableSource {
  readonly schema: string;
  readonly name: string;
  readonly owner: string;
  /** pg_class.reltuples; null when never analysed. An estimate. */
  readonly estimatedRows: number | null;
  /** Columns the checks need that exist. */
  readonly columns: readonly string[];
  /** Those of `columns` that the auditor's role may SELECT. */
  readonly readable: readonly string[];
}

export interface ServerSource {
  /** As in server_version_num: 160004. */
  readonly versionNumber: number;
  readonly inRecovery: boolean;
  /** The server's clock, ISO 8601 UTC. */
  readonly now: string;
  readonly startedAt: string;
  readonly maxConnections: number;
  readonly reserved: {
    /** superuser_reserved_connections */
    readonly superuser: number;
    /** rds.rds_superuser_reserved_connections; 0 outside RDS */
    readonly rds: number;
    /** reserved_connections, PostgreSQL 16 and later */
    readonly role: number;
  };
  /** Settings among those above that differ after the next restart. */
  readonly pendingRestart: readonly string[];
  /** Sum of pg_stat_database.numbackends: right even without pg_read_all_stats. */
  readonly totalBackends: number;
  readonly role: {
    readonly name: string;
    /** Can see other roles' sessions (pg_read_all_stats or superuser). */
    readonly seesAllSessions: boolean;
    readonly isIamUser: boolean;
    readonly usesReservedSlots: boolean;
    /** What makes the role stronger than an auditor needs: `superuser`, `createrole`, `createdb`, `replication`, `bypassrls`, or a role name. */
    readonly excessivePrivileges: readonly string[];
    /** Tables of LiteLLM that it may change: `schema.table`. */
    readonly writableTables: readonly string[];
    /** Secret columns it may read: `schema.table.column`. */
    readonly readableSecrets: readonly string[];
  };
  /** The schema that holds LiteLLM's tables; null when none was found. */
  readonly litellmSchema: string | null;
  /** More than one schema with LiteLLM tables: the others, by name. */
  readonly otherLitellmSchemas: readonly string[];
  /** The LiteLLM tables in `litellmSchema` that the checks need, those that exist. */
  readonly tables: readonly TableSource[];
  /** Whether litellm_auditor.global_router_settings() exists and may be executed. */
  readonly globalRowFunction: 'executable' | 'no-right' | 'absent';
}

/** Sessions alike in every named respect. The auditor's own session is left out. */
export interface SessionGroup {
  readonly user: string;
  readonly database: string;
  /** null: a Unix socket, or hidden from the role. */
  readonly clientAddress: string | null;
  readonly application: string;
  /** As pg_stat_activity has it; null when hidden. */
  readonly state: string | null;
  readonly tls: boolean | null;
  readonly iam: boolean;
  readonly count: number;
  readonly oldestBackendStart: string | null;
  readonly oldestStateChange: string | null;
}

/** Sessions of one client that started together: the gap to the next start is over a 24th of tokenRefreshSeconds, so 30 s by default. */
export interface SessionCohort {
  readonly user: string;
  readonly database: string;
  readonly clientAddress: string | null;
  readonly iam: boolean;
  readonly firstStart: string;
  readonly lastStart: string;
  readonly count: number;
  readonly idle: number;
  /** Of the idle ones, the earliest and latest change of state; null when none is idle. */
  readonly oldestIdleSince: string | null;
  readonly newestIdleSince: string | null;
}

export interface IdleTransaction {
  readonly pid: number;
  readonly user: string;
  readonly database: string;
  readonly clientAddress: string | null;
  readonly application: string;
  /** Seconds since the transaction began. */
  readonly transactionSeconds: number;
  /** Seconds since it went idle. */
  readonly idleSeconds: number;
  /** Sessions that wait, directly, for a lock it holds. */
  readonly blocking: number;
}

export interface SessionsSource {
  readonly total: number;
  /** Sessions whose details are hidden from the role. */
  readonly hidden: number;
  /** Largest first; at most 200. `groupCount` tells how many there are in all; likewise below. */
  readonly groups: readonly SessionGroup[];
  readonly groupCount: number;
  readonly cohorts: readonly SessionCohort[];
  readonly cohortCount: number;
  /** Oldest transaction first; at most 20. */
  readonly idleTransactions: readonly IdleTransaction[];
  readonly idleTransactionCount: number;
}
