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

/**
 * Every limit and deadline, with unit, default and range. The configuration file has the same names, and the stack hands them to the
 * function as environment variables (`environmentName`). Defaults: docs/checks.
 */
export const tuningSchema = z.strictObject({
  notifyFrom: z
    .enum([...STATUSES, 'never'])
    .default('warning')
    .describe(
      'Publish a message when the report is at least this bad, in the order ok, info, unknown, warning, critical; never publishes nothing.',
    ),
  litellmVersion: z
    .string()
    .min(1)
    .max(60)
    .optional()
    .describe('The LiteLLM version that runs, as 1.81.3; used where the version cannot be seen.'),
  litellmSchema: postgresNameSchema.optional().meta({
    errorMessage: 'text of 1 to 63 printable characters, at most one of them a $',
    description: "The schema that holds LiteLLM's tables; found by itself when there is only one.",
  }),
  headroomWarningPercent: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(80)
    .describe('Used share of the usable connection slots that warns, in percent.'),
  headroomCriticalPercent: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(90)
    .describe('Used share of the usable connection slots that is critical, in percent.'),
  headroomMinimumSlots: z
    .number()
    .int()
    .min(0)
    .max(1000)
    .default(10)
    .describe('Fewer free slots than this is critical, whatever the share.'),
  idleInTransactionWarningSeconds: z
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(300)
    .describe('A transaction idle for longer warns, in seconds.'),
  idleInTransactionCriticalSeconds: z
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(1800)
    .describe('A transaction idle for longer is critical, in seconds.'),
  certificateWarningDays: z
    .number()
    .int()
    .min(1)
    .max(365)
    .default(60)
    .describe('A server certificate or CA that ends sooner warns, in days.'),
  litellmUser: z
    .string()
    .min(1)
    .max(63)
    .optional()
    .describe("LiteLLM's database user; taken from the owner of its tables when left out."),
  poolLimit: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      "database_connection_pool_limit of the proxy, connections per worker; LiteLLM's default of 10 is taken when left out.",
    ),
  workersPerPod: z
    .number()
    .int()
    .min(1)
    .max(256)
    .optional()
    .describe('Worker processes of one proxy pod (num_workers); seen by itself from LiteLLM 1.99.0 on.'),
  pods: z.number().int().min(1).max(1000).optional().describe('Proxy pods; seen by itself from LiteLLM 1.99.0 on.'),
  rollingSurgePercent: z
    .number()
    .int()
    .min(0)
    .max(100)
    .default(100)
    .describe('Pods that a rolling deployment adds before it takes old ones away, in percent of the pods.'),
  tokenLifeSeconds: z
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(900)
    .describe('Life of an IAM token, in seconds; a LiteLLM session by IAM that is older than two is left over.'),
  tokenRefreshSeconds: z
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(720)
    .describe("Time between two of LiteLLM's token refreshes, in seconds; each replaces all connections."),
  growthWarningHours: z
    .number()
    .min(0.1)
    .max(168)
    .default(12)
    .describe('A trend that takes the last slot sooner warns, in hours.'),
  growthCriticalHours: z
    .number()
    .min(0.1)
    .max(168)
    .default(3)
    .describe('A trend that takes the last slot sooner is critical, in hours.'),
  growthWindowHours: z
    .number()
    .int()
    .min(3)
    .max(24)
    .default(12)
    .describe('How far back the trend of the connections is looked at, in hours.'),
  activitySeconds: z
    .number()
    .int()
    .min(1)
    .max(30)
    .default(5)
    .describe(
      'Time between the two readings of table activity, in seconds; they are taken only when router_settings may cost.',
    ),
  proxyTimeoutMs: z
    .number()
    .int()
    .min(100)
    .max(60_000)
    .default(3000)
    .describe('Longest wait for one answer of the proxy, in milliseconds.'),
  connectTimeoutMs: z
    .number()
    .int()
    .min(100)
    .max(60_000)
    .default(5000)
    .describe('Longest wait for a connection, log-in included, in milliseconds.'),
  statementTimeoutMs: z
    .number()
    .int()
    .min(100)
    .max(60_000)
    .default(5000)
    .describe('Longest run of one statement, in milliseconds.'),
  lockTimeoutMs: z
    .number()
    .int()
    .min(10)
    .max(60_000)
    .default(1000)
    .describe('Longest wait of a statement for a lock, in milliseconds.'),
  awsTimeoutMs: z
    .number()
    .int()
    .min(100)
    .max(60_000)
    .default(5000)
    .describe('Longest wait for one AWS call, retries included, in milliseconds.'),
  purge: z
    .enum(['disabled', 'manual', 'automatic'])
    .default('disabled')
    .describe(
      'Whether the global router_settings row may be purged and restored. manual: when asked. automatic: also by the schedule, when the row makes every request slow and holds no routing policy. Run the set-up script again after a change.',
    ),
  docsUrl: z
    .string()
    .min(1)
    .max(500)
    .default('docs/checks')
    .describe("Where the checks' pages are: findings link to <docsUrl>/<check>.md."),
});

export type Tuning = z.infer<typeof tuningSchema>;

/** Tuning as it is saved with a snapshot: a setting that this release does not know is left out, one that it adds has its default. */
export const savedTuningSchema = z.object(tuningSchema.shape);

/** The limits and deadlines alone, of settings that also hold where the database is. */
export function tuningOf(settings: Tuning): Tuning {
  return savedTuningSchema.parse(settings);
}
