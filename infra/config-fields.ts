import { z } from 'zod';
import { DEFAULT_ROLE } from '../database/names.ts';
import { portSchema } from '../lambda/settings/settings.ts';
import { tuningSchema } from '../lambda/settings/tuning.ts';

/** Text of one form. `allowed` says the form in words: errors, the JSON schema and the README's table all show it. */
function text(pattern: RegExp, allowed: string, description: string): z.ZodString {
  return z.string().regex(pattern).meta({ errorMessage: allowed, description });
}

/** A list that holds nothing twice. */
function listOf<Item extends z.ZodType>(
  item: Item,
  atLeast: 0 | 1,
  atMost: number,
  things: string,
  description: string,
) {
  return z
    .array(item)
    .min(atLeast)
    .max(atMost)
    .refine((list) => new Set(list).size === list.length)
    .meta({
      uniqueItems: true,
      errorMessage: `a list of ${atLeast === 0 ? 'at most' : '1 to'} ${atMost} ${things}, each once`,
      description,
    });
}

/** The key under `databases`. Names the stack, the function and the metrics' dimension. */
export const labelSchema = text(
  /^[a-z][a-z0-9-]{0,39}$/,
  'a name of 1 to 40 lower-case letters, digits and hyphens that starts with a letter',
  'The name people know the database by. The stack is called litellm-db-auditor-<name>.',
);

const rdsSchema = z
  .strictObject({
    kind: z
      .enum(['instance', 'cluster'])
      .describe('instance: RDS for PostgreSQL. cluster: Aurora PostgreSQL, or a Multi-AZ DB cluster.'),
    // Strict on purpose: both names stand in ARNs of the role, where * and ? would be wildcards.
    identifier: text(
      /^[a-z][a-z0-9-]{0,62}$/,
      'lower-case letters, digits and hyphens, 1 to 63 of them, starting with a letter',
      'DB instance identifier or DB cluster identifier.',
    ),
    resourceId: text(
      /^(db|cluster)-[A-Z0-9]{10,60}$/,
      'a resource id as db-ABCDEFGHIJKLMNOPQRSTUVWXYZ or cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ; not the name, not an ARN',
      'DbiResourceId of the instance or DbClusterResourceId of the cluster: the log-in permission names it.',
    ),
  })
  .describe('What RDS calls the database.');

const vpcSchema = z
  .strictObject({
    vpcId: text(/^vpc-[0-9a-f]{8,17}$/, 'a VPC id as vpc-0123456789abcdef0', 'The VPC the function runs in.'),
    subnetIds: listOf(
      text(/^subnet-[0-9a-f]{8,17}$/, 'a subnet id as subnet-0123456789abcdef0', 'One subnet.'),
      1,
      16,
      'subnet ids',
      'Private subnets with a route to the database and to SNS (NAT or interface endpoints).',
    ),
    securityGroupIds: listOf(
      text(/^sg-[0-9a-f]{8,17}$/, 'a security group id as sg-0123456789abcdef0', 'One security group.'),
      1,
      5,
      'security group ids',
      'Existing security groups of the function. Without them the stack makes one that lets out only the port of the database, HTTPS, and the port of proxy.url.',
    ).optional(),
    databaseSecurityGroupId: text(
      /^sg-[0-9a-f]{8,17}$/,
      'a security group id as sg-0123456789abcdef0',
      "The database's security group: the stack adds a rule to it that lets the function's own group in. Without it that rule is yours to add.",
    ).optional(),
  })
  .describe('Where the function runs.');

const scheduleSchema = z
  .strictObject({
    expression: text(
      /^(rate\([1-9]\d{0,4} (minutes?|hours?|days?)\)|cron\((\S+ ){5}\S+\))$/,
      'rate(15 minutes), or cron(0 6 * * ? *) with six fields',
      'When to audit, as EventBridge Scheduler has it.',
    ).default('rate(15 minutes)'),
    timezone: z.string().min(1).optional().meta({
      errorMessage: 'an IANA time zone as Europe/Berlin',
      description: 'Time zone of a cron expression. UTC when left out.',
    }),
    flexibleMinutes: z
      .number()
      .int()
      .min(1)
      .max(1440)
      .optional()
      .describe('Start at any time within so many minutes, so that many auditors do not start at once.'),
    longestGapMinutes: z
      .number()
      .int()
      .min(1)
      .max(7200)
      .optional()
      .describe(
        'Longest time between two audits, in minutes. An alarm tells when three such times (at most 7 days) pass without a completed audit. Left out: the rate, or 1440 for cron.',
      ),
  })
  .prefault({})
  .describe('When the function runs.');

const notificationsSchema = z
  .strictObject({
    topicArn: text(
      /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/,
      'the ARN of a standard SNS topic, as arn:aws:sns:eu-central-1:111122223333:alerts',
      'An existing topic, so that several databases share its confirmed subscribers. Without it the stack makes an encrypted one, named like the stack.',
    ).optional(),
    topicKeyArn: text(
      /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]{1,64}$/,
      'the ARN of a KMS key, as arn:aws:kms:eu-central-1:111122223333:key/...; not an alias',
      'The customer-managed key of the existing topic, when it has one.',
    ).optional(),
    emails: listOf(
      z
        .email()
        .meta({ errorMessage: 'an e-mail address', description: 'One address; it has to confirm once, by a link.' }),
      0,
      50,
      'e-mail addresses',
      'Addresses to subscribe to the own topic.',
    ).default([]),
    slack: z
      .strictObject({
        workspaceId: text(
          /^T[A-Z0-9]{5,20}$/,
          'a workspace id as T0123ABCD',
          'The Slack workspace, authorised once in the console of Amazon Q Developer in chat applications.',
        ),
        channelId: text(/^[CG][A-Z0-9]{5,20}$/, 'a channel id as C0123ABCD', 'The Slack channel.'),
      })
      .optional()
      .describe('A Slack channel to subscribe to the own topic.'),
  })
  .prefault({})
  .describe('Who is told.');

const proxySchema = z
  .strictObject({
    // It stands in the function's environment for people to see, so that it can have no user, password or query.
    url: text(
      /^https?:\/\/[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:\d{1,5})?(\/[A-Za-z0-9._~/-]{0,200})?$/,
      'a URL as https://litellm.example.com, without user, query or fragment',
      'Where the proxy answers inside the VPC. Its /health/readiness is asked, and where that tells no version, /public/model_hub/info.',
    ),
    keySecretArn: text(
      /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]{1,512}-[A-Za-z0-9]{6}$/,
      'the whole ARN of a secret with its last six characters, as arn:aws:secretsmanager:eu-central-1:111122223333:secret:litellm-key-AbCdEf',
      "A secret with a key of the proxy, for /health/readiness/details where nothing else tells the version: the key alone, or a JSON object with the field key. Encrypted with AWS's own key, or with one whose policy lets the function decrypt.",
    ).optional(),
    logGroupName: text(
      /^[A-Za-z0-9_/.#-]{1,512}$/,
      'the name of a log group, as /ecs/litellm; not an ARN',
      "The log group that the proxy writes to, in the stack's account and region: the stack counts failed connections in it.",
    ).optional(),
  })
  .describe('The LiteLLM proxy, when the function may ask it.');

/** What CloudWatch Logs offers, in days. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** One database, after `defaults` were merged under it. */
export const databaseSchema = z
  .strictObject({
    account: text(
      /^\d{12}$/,
      'an AWS account number of 12 digits, in quotes',
      'The AWS account. Left out: that of the credentials at deploy time.',
    ).optional(),
    region: text(/^[a-z]{2,3}(-[a-z]+)+-\d$/, 'an AWS region as eu-central-1', 'The region of the database.'),
    host: text(
      /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$/,
      'a host name, without scheme, user or port',
      'Endpoint of the database: the instance endpoint, or the writer endpoint of the cluster.',
    ),
    port: portSchema.default(5432).describe('Port of the database.'),
    databaseName: z.string().min(1).max(63).default('litellm').describe("Name of LiteLLM's database on that server."),
    user: text(
      /^[A-Za-z_][A-Za-z0-9_-]{0,62}$/,
      'a role name of 1 to 63 letters, digits, hyphens and underscores',
      "The auditor's database role, made by the set-up script.",
    ).default(DEFAULT_ROLE),
    rds: rdsSchema,
    proxy: proxySchema.optional(),
    vpc: vpcSchema,
    schedule: scheduleSchema,
    notifications: notificationsSchema,
    logRetentionDays: z.literal(RETENTION_DAYS).default(90).describe("How long the function's log is kept, in days."),
    memoryMb: z
      .number()
      .int()
      .min(256)
      .max(10_240)
      .default(512)
      .describe('Memory of the function, in MB; its share of the processor grows with it.'),
    timeoutSeconds: z
      .number()
      .int()
      .min(15)
      .max(900)
      .default(60)
      .describe(
        'Longest run of the function, in seconds. It has to be longer than all deadlines of one audit together.',
      ),
    reserveConcurrency: z
      .boolean()
      .default(true)
      .describe(
        'Reserve one concurrent execution, so that two audits never overlap. false: for accounts whose limit leaves none to reserve (a quota of 10 in a new account).',
      ),
    caFile: z.string().min(1).optional().meta({
      errorMessage: 'a path, relative to the configuration file',
      description: "PEM file of the CAs that sign the server's certificate. Left out: the region's RDS CAs.",
    }),
    tuning: tuningSchema.prefault({}).describe('Limits and deadlines of the audit.'),
  })
  .describe('One database.');

/** The whole file. `defaults` has the same fields as a database; every one may be left out there. */
export const configFileSchema = z
  .strictObject({
    $schema: z.string().optional().describe('For editors: ./auditor.config.schema.json.'),
    defaults: databaseSchema.optional().describe('Merged under each database; lists are replaced, not joined.'),
    databases: z
      .record(labelSchema, databaseSchema)
      .refine((databases) => Object.keys(databases).length > 0)
      .meta({ minProperties: 1, description: 'The databases by name: one stack each.' }),
  })
  .describe('Configuration of litellm-db-auditor.');

export type DatabaseConfig = z.infer<typeof databaseSchema>;
