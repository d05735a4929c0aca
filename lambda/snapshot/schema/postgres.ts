import * as z from 'zod';
import type { DeepReadonly } from '../../core/deep-readonly.ts';
import { count, names, nullableText } from './source.ts';

/** What PostgreSQL reports about itself and its sessions. */

export const connectionSchema = z.object({
  host: z.string(),
  port: count,
  user: z.string(),
  databaseName: z.string(),
  authentication: z.enum(['iam', 'password']),
  tls: z.boolean(),
});
export type ConnectionSource = DeepReadonly<z.infer<typeof connectionSchema>>;

const tableSchema = z.object({
  schema: z.string(),
  name: z.string(),
  owner: z.string(),
  /** pg_class.reltuples; null when never analysed. An estimate. */
  estimatedRows: z.number().nullable(),
  /** Columns that are granted to the auditor, or read where the role may, that exist. */
  columns: names,
  /** Those of `columns` that the role may SELECT. */
  readable: names,
  /** Whether row-level security applies to the auditor's role, so that policies decide which rows it sees. */
  hasRowSecurity: z.boolean().default(false),
});
export type TableSource = DeepReadonly<z.infer<typeof tableSchema>>;

const functionRightSchema = z.enum(['executable', 'no-right', 'absent']);

const excessSchema = z.object({
  /** Privileges such as `SELECT, UPDATE`; an attribute such as `CREATEROLE`; `MEMBER`, `ADMIN` of a role; `OWNER`. */
  right: z.string(),
  /** What it is a right on, or the role that it belongs to; empty for an attribute. Untrusted text. */
  object: z.string(),
  /** LiteLLM's tables and schema, the auditor's own schema, or anything else in the database. */
  place: z.enum(['role', 'litellm', 'auditor', 'elsewhere']),
  /** `group`: a role of the known set that the auditor's role belongs to. `other`: anyone else. */
  holder: z.enum(['role', 'group', 'public', 'other']),
  /** Who has it. */
  name: z.string(),
});
export type ExcessPrivilege = DeepReadonly<z.infer<typeof excessSchema>>;

const roleSchema = z.object({
  name: z.string(),
  /** Can see other roles' sessions (pg_read_all_stats or superuser). */
  seesAllSessions: z.boolean(),
  isIamUser: z.boolean(),
  usesReservedSlots: z.boolean(),
  /** The setup script has left its comment on the role: it is the auditor's, and nobody else's. */
  isMarked: z.boolean().default(false),
  /** All that it may do beyond what the setup script grants; at most 50. null: a snapshot of 0.1.0, which did not look for it. */
  excess: z.array(excessSchema).nullable().default(null),
  excessCount: count.default(0),
});

/** What the auditor's own session has; a pooler can drop what was asked for. */
const ownSessionSchema = z.object({
  readOnly: z.boolean(),
  /** 0: without a limit; likewise below. */
  statementTimeoutMs: count,
  lockTimeoutMs: count,
  idleInTransactionTimeoutMs: count,
  /** On: PostgreSQL leaves out the rows that a policy hides, in place of refusing. */
  rowSecurity: z.boolean(),
});
export type OwnSession = DeepReadonly<z.infer<typeof ownSessionSchema>>;

/** What the setup script has installed. */
const setupSchema = z.object({
  /** The auditor's schema, as configured. */
  schema: z.string(),
  /** `outdated`: it is of another release. */
  state: z.enum(['current', 'outdated', 'absent']),
  functions: z.object({
    globalRow: functionRightSchema,
    team: functionRightSchema,
    key: functionRightSchema,
    userConfig: functionRightSchema,
  }),
});
export type SetupSeen = DeepReadonly<z.infer<typeof setupSchema>>;

export const serverSchema = z.object({
  /** As in server_version_num: 160004. */
  versionNumber: z.number().int(),
  inRecovery: z.boolean(),
  /** Where default_transaction_read_only is set for a database or role; at most 20. null: saved by a release that did not read it. */
  readOnlySettings: z
    .array(
      z.object({
        /** Of this database alone, or of all. */
        inDatabase: z.boolean(),
        /** null: for every role. */
        role: nullableText,
        readOnly: z.boolean(),
      }),
    )
    .nullable()
    .default(null),
  /** The server's clock, ISO 8601 UTC. */
  now: z.string(),
  startedAt: z.string(),
  maxConnections: z.number().int().min(1),
  reserved: z.object({
    /** superuser_reserved_connections */
    superuser: count,
    /** rds.rds_superuser_reserved_connections; 0 outside RDS */
    rds: count,
    /** reserved_connections, PostgreSQL 16 and later */
    role: count,
  }),
  /** Settings among those above that differ after the next restart. */
  pendingRestart: names,
  /** Sum of pg_stat_database.numbackends: right even without pg_read_all_stats. */
  totalBackends: z.number().int(),
  role: roleSchema,
  /** null: saved by a release that did not read it. */
  session: ownSessionSchema.nullable().default(null),
  /** The schema that holds LiteLLM's tables; null when none was found. */
  litellmSchema: nullableText,
  /** More than one schema with LiteLLM tables: the others, by name. */
  otherLitellmSchemas: names,
  /** The LiteLLM tables in `litellmSchema` that the checks need, those that exist. */
  tables: z.array(tableSchema),
  /** null: a snapshot of 0.1.0. */
  setup: setupSchema.nullable().default(null),
});
export type ServerSource = DeepReadonly<z.infer<typeof serverSchema>>;

const client = {
  user: z.string(),
  database: z.string(),
  /** null: a Unix socket, or hidden from the role. */
  clientAddress: nullableText,
};

/** Sessions alike in every named respect. The auditor's own session is left out. */
const sessionGroupSchema = z.object({
  ...client,
  application: z.string(),
  /** As pg_stat_activity has it; null when hidden. */
  state: nullableText,
  tls: z.boolean().nullable(),
  iam: z.boolean(),
  count,
  oldestBackendStart: nullableText,
  oldestStateChange: nullableText,
});
export type SessionGroup = DeepReadonly<z.infer<typeof sessionGroupSchema>>;

/** Sessions of one client that started together: the gap to the next start is over 30 s, or over a 24th of tokenRefreshSeconds where that is configured. */
const sessionCohortSchema = z.object({
  ...client,
  iam: z.boolean(),
  firstStart: z.string(),
  lastStart: z.string(),
  count,
  idle: count,
  /** Of the idle ones, the earliest and latest change of state; null when none is idle. */
  oldestIdleSince: nullableText,
  newestIdleSince: nullableText,
});
export type SessionCohort = DeepReadonly<z.infer<typeof sessionCohortSchema>>;

const idleTransactionSchema = z.object({
  ...client,
  pid: z.number().int(),
  application: z.string(),
  /** Seconds since the transaction began. */
  transactionSeconds: z.number(),
  /** Seconds since it became idle. */
  idleSeconds: z.number(),
  /** Sessions that wait, directly, for a lock it holds. */
  blocking: count,
});
export type IdleTransaction = DeepReadonly<z.infer<typeof idleTransactionSchema>>;

const connectionLimitSchema = z.object({
  name: z.string(),
  /** Of the database, who may change it; null for a role. */
  owner: nullableText,
  limit: z.number().int().min(0),
  /** Sessions that count against it, without the auditor's own. */
  sessions: count,
  /** The auditor's own session counts against it too. */
  withAuditor: z.boolean(),
});
export type ConnectionLimit = DeepReadonly<z.infer<typeof connectionLimitSchema>>;
const longStatementSchema = z.object({
  ...client,
  pid: z.number().int(),
  application: z.string(),
  /** Since it began. */
  seconds: z.number(),
  /** What it waits for, by PostgreSQL's name for the type; null: nothing, so that it runs. */
  waitsFor: nullableText,
});

/** Sessions in a statement, at the time of the audit. */
const statementsSchema = z.object({
  /** By what they wait for, PostgreSQL's name for the type of event; null: they run. Most first. */
  active: z.array(
    z.object({
      waitsFor: nullableText,
      count,
      /** Those whose statement has lasted a second or longer: the others may be done in a moment. */
      lasting: count,
    }),
  ),
  /** Those that have lasted a minute or longer, oldest first; at most 20. */
  long: z.array(longStatementSchema),
  longCount: count,
});
export type StatementsSeen = DeepReadonly<z.infer<typeof statementsSchema>>;

export const sessionsSchema = z.object({
  total: count,
  /** Sessions whose details are hidden from the role. */
  hidden: count,
  /** The CONNECTION LIMITs of the audited database, where it has one, and of at most 50 roles. null: a release that did not read them. */
  limits: z
    .object({ database: connectionLimitSchema.nullable(), roles: z.array(connectionLimitSchema) })
    .nullable()
    .default(null),
  /** Largest first; at most 200. `groupCount` is how many there are in all; likewise below. */
  groups: z.array(sessionGroupSchema),
  groupCount: count,
  cohorts: z.array(sessionCohortSchema),
  cohortCount: count,
  /** Oldest transaction first; at most 20. */
  idleTransactions: z.array(idleTransactionSchema),
  idleTransactionCount: count,
  /** null: saved by a release that did not read them. */
  statements: statementsSchema.nullable().default(null),
});
export type SessionsSource = DeepReadonly<z.infer<typeof sessionsSchema>>;
