import * as z from 'zod';
import { STATUSES } from '../core/finding.ts';

/** The name of a schema or role. The setup script has it inside a dollar quote, which a second $ could end; otherwise as PostgreSQL. */
export const postgresNameSchema = z
  .string()
  .min(1)
  .max(63)
  .regex(/^(?![^$]*\$[^$]*\$)[ -~\u00a0-\uffff]+$/, {
    error: 'Allowed are printable characters, at most one of them a $',
  });

/** The schema of the auditor's own functions, unless the configuration names another. */
export const DEFAULT_AUDITOR_SCHEMA = 'litellm_auditor';

/** All rights on it are the setup script's, so it is no schema that anyone else uses. */
export const auditorSchemaSchema = z
  .string()
  .regex(/^(?!pg_|public$|information_schema$)[a-z_][a-z0-9_]{0,62}$/)
  .meta({
    errorMessage:
      'a name of 1 to 63 lower-case letters, digits and underscores that does not start with a digit or pg_, and is not public',
  });

function reminderSchema(what: string) {
  return z
    .number()
    .int()
    .min(1)
    .max(720)
    .default(24)
    .describe(`Time after which people are reminded of an incident that lasts, in hours, if it is ${what}.`);
}

/**
 * Every limit and deadline, with unit, default and range. The configuration file has the same names, and the stack hands them to the
 * function as environment variables (`environmentName`). Defaults: docs/checks.
 */
export const tuningSchema = z.strictObject({
  notifyFrom: z
    .enum([...STATUSES, 'never'])
    .default('warning')
    .describe(
      'Incidents that are reported when they begin, get worse or end: critical ones only (critical), warnings too (ok, info, unknown, warning), or none (never).',
    ),
  reminderCriticalHours: reminderSchema('critical'),
  reminderWarningHours: reminderSchema('a warning'),
  reminderUnknownHours: reminderSchema('that the auditor itself cannot look'),
  litellmVersion: z
    .string()
    .min(1)
    .max(60)
    .optional()
    .describe('The LiteLLM version that runs, such as 1.81.3. It is used if the version cannot be detected.'),
  litellmSchema: postgresNameSchema.optional().meta({
    errorMessage: 'text of 1 to 63 printable characters, at most one of them a $',
    description: "The schema of LiteLLM's tables. Detected if there is only one.",
  }),
  auditorSchema: auditorSchemaSchema
    .default(DEFAULT_AUDITOR_SCHEMA)
    .describe(
      "The schema of the auditor's functions, created by the setup script. It serves one LiteLLM schema: two in one database require two entries, each with its own auditorSchema, user and litellmSchema.",
    ),
  headroomWarningPercent: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(80)
    .describe('Warning threshold for the used connection slots, in percent of the usable slots.'),
  headroomCriticalPercent: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(90)
    .describe('Critical threshold for the used connection slots, in percent of the usable slots.'),
  headroomMinimumSlots: z
    .number()
    .int()
    .min(0)
    .max(1000)
    .default(10)
    .describe('Critical if fewer slots than this are free, whatever the percentage.'),
  cpuWarningPercent: z
    .number()
    .int()
    .min(50)
    .max(100)
    .default(90)
    .describe('Warning threshold for the CPU use of the last 15 minutes, in percent.'),
  storageWarningPercent: z
    .number()
    .int()
    .min(1)
    .max(50)
    .default(10)
    .describe('Warning threshold for the free storage of an RDS instance, in percent of the allocated storage.'),
  idleInTransactionWarningSeconds: z
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(300)
    .describe('Warning threshold for the idle time of a transaction, in seconds.'),
  idleInTransactionCriticalSeconds: z
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(1800)
    .describe('Critical threshold for the idle time of a transaction, in seconds.'),
  lockWaitWarningSeconds: z
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(5)
    .describe('Warning threshold for the time that a session waits for a lock, in seconds.'),
  lockWaitCriticalSeconds: z
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(30)
    .describe('Critical threshold for the time that a session waits for a lock, in seconds.'),
  recentStartSeconds: z
    .number()
    .int()
    .min(0)
    .max(86_400)
    .default(3900)
    .describe(
      "How long a start or failover of the database explains connections that were closed, in seconds: the hour of the proxy's log that is counted, and the time until the lines are in.",
    ),
  tableWarningRows: z
    .number()
    .int()
    .min(1)
    .max(1_000_000_000_000)
    .default(100_000_000)
    .describe('Number of rows from which a table of LiteLLM is large. A hundredth of it in dead rows is a burden.'),
  certificateWarningDays: z
    .number()
    .int()
    .min(1)
    .max(365)
    .default(60)
    .describe('Warning threshold for the time until a server certificate or CA expires, in days.'),
  knowledgeWarningDays: z
    .number()
    .int()
    .min(1)
    .max(3650)
    .default(90)
    .describe('Warning threshold for the age of what the auditor knows about LiteLLM, in days.'),
  litellmUser: z
    .string()
    .min(1)
    .max(63)
    .optional()
    .describe("LiteLLM's database user. The default is the owner of its tables."),
  poolLimit: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      "database_connection_pool_limit of the proxy, in connections per worker. The default is LiteLLM's own, 10. Twice as many if DATABASE_URL_READ_REPLICA leads to the same server.",
    ),
  workersPerPod: z
    .number()
    .int()
    .min(1)
    .max(256)
    .optional()
    .describe('Worker processes per proxy pod (num_workers). Detected from LiteLLM 1.99.0 on.'),
  pods: z.number().int().min(1).max(1000).optional().describe('Number of proxy pods. Detected from LiteLLM 1.99.0 on.'),
  rollingSurgePercent: z
    .number()
    .int()
    .min(0)
    .max(100)
    .default(100)
    .describe('Pods that a rolling deployment adds before it removes old ones, in percent of the pods.'),
  tokenLifeSeconds: z
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(900)
    .describe(
      'Lifetime of an IAM token, in seconds. An idle LiteLLM session with IAM can count as leaked once it is older than two lifetimes.',
    ),
  tokenRefreshSeconds: z
    .number()
    .int()
    .min(1)
    .max(86_400)
    .optional()
    .describe(
      "Interval of LiteLLM's token refreshes, in seconds. The default follows the version of LiteLLM: 900, from 1.80.15 on 720.",
    ),
  growthWarningHours: z
    .number()
    .min(0.1)
    .max(168)
    .default(12)
    .describe('Warning threshold for the time until the trend uses the last slot, in hours.'),
  growthCriticalHours: z
    .number()
    .min(0.1)
    .max(168)
    .default(3)
    .describe('Critical threshold for the time until the trend uses the last slot, in hours.'),
  growthWindowHours: z
    .number()
    .int()
    .min(3)
    .max(24)
    .default(12)
    .describe('Period that the trend of the connections is based on, in hours.'),
  proxyTimeoutMs: z
    .number()
    .int()
    .min(100)
    .max(60_000)
    .default(3000)
    .describe('Timeout of one request to the proxy, in milliseconds.'),
  connectTimeoutMs: z
    .number()
    .int()
    .min(100)
    .max(60_000)
    .default(5000)
    .describe('Timeout of a connection including the login, in milliseconds.'),
  statementTimeoutMs: z
    .number()
    .int()
    .min(100)
    .max(60_000)
    .default(5000)
    .describe('Timeout of one SQL statement, in milliseconds.'),
  lockTimeoutMs: z
    .number()
    .int()
    .min(10)
    .max(60_000)
    .default(1000)
    .describe('Timeout of an SQL statement that waits for a lock, in milliseconds.'),
  awsTimeoutMs: z
    .number()
    .int()
    .min(100)
    .max(60_000)
    .default(5000)
    .describe('Timeout of one AWS call including its retries, in milliseconds.'),
  purge: z
    .enum(['disabled', 'manual', 'automatic'])
    .default('disabled')
    .describe(
      'Whether the global router_settings row may be purged and restored. manual: on request. automatic: also on schedule, if the row slows down every request and holds no routing policy. After a change, run the setup script again.',
    ),
  docsUrl: z
    .string()
    .min(1)
    .max(500)
    .default('docs/checks')
    .describe("Location of the checks' pages. Findings link to <docsUrl>/<check>.md."),
});

export type Tuning = z.infer<typeof tuningSchema>;

/** Settings of earlier releases that are gone, and what to do with them: a sentence for those who still have one. */
export const REMOVED_SETTINGS: Readonly<Record<string, string>> = {
  activitySeconds:
    'is no longer a setting: an audit does not wait between two readings, two audits are the two readings. Delete it.',
};

/** Tuning as it is saved with a snapshot: a setting that this release does not know is left out, one that it adds has its default. */
export const savedTuningSchema = z.object(tuningSchema.shape);

/** The limits and deadlines alone, of settings that also hold where the database is. */
export function tuningOf(settings: Tuning): Tuning {
  return savedTuningSchema.parse(settings);
}
