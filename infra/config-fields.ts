import { z } from 'zod';
import { DEFAULT_ROLE } from '../database/names.ts';
import { portSchema } from '../lambda/settings/settings.ts';
import { tuningSchema } from '../lambda/settings/tuning.ts';

/** Text of one form. `allowed` is the form in words: errors, the JSON schema and the README's table show it. */
function text(pattern: RegExp, allowed: string, description: string): z.ZodString {
  return z.string().regex(pattern).meta({ errorMessage: allowed, description });
}

/** The pattern of a URL does not bound the port or the numbers of an IPv4 address. */
function isUrlWithPort(url: string): boolean {
  return URL.canParse(url) && new URL(url).port !== '0';
}

/** A list without duplicates. */
function uniqueList<Item extends z.ZodType>(
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
      errorMessage: `a list of ${atLeast === 0 ? 'at most' : '1 to'} ${atMost} ${things} without duplicates`,
      description,
    });
}

/** The key under `databases`: part of the names of the stack and the function, and the metrics' dimension. */
export const labelSchema = text(
  /^[a-z][a-z0-9-]{0,39}$/,
  'a name of 1 to 40 lower-case letters, digits and hyphens, starting with a letter',
  'The name of the database in reports. The stack is called litellm-db-auditor-<name>.',
);

const rdsSchema = z
  .strictObject({
    kind: z
      .enum(['instance', 'cluster'])
      .describe('instance: RDS for PostgreSQL. cluster: Aurora PostgreSQL, or a Multi-AZ DB cluster.'),
    // Strict because both names are part of ARNs in the role's policy, where * and ? would be wildcards.
    identifier: text(
      /^[a-z][a-z0-9-]{0,62}$/,
      '1 to 63 lower-case letters, digits and hyphens, starting with a letter',
      'The DB instance identifier or the DB cluster identifier.',
    ),
    resourceId: text(
      /^(db|cluster)-[A-Z0-9]{10,60}$/,
      'a resource id such as db-ABCDEFGHIJKLMNOPQRSTUVWXYZ or cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ; not the name, not an ARN',
      'DbiResourceId of the instance or DbClusterResourceId of the cluster. The IAM login permission names it.',
    ),
    proxyName: text(
      /^[A-Za-z](?:-?[A-Za-z0-9]){0,62}$/,
      'the name of an RDS Proxy, 1 to 63 letters, digits and single hyphens, starting with a letter; not an endpoint, not an ARN',
      'The RDS Proxy that LiteLLM connects through, if it does: its metrics show how many connections are pinned. The host stays the endpoint of the database.',
    ).optional(),
  })
  .describe('The names of the database in RDS.');

const vpcSchema = z
  .strictObject({
    vpcId: text(/^vpc-[0-9a-f]{8,17}$/, 'a VPC id such as vpc-0123456789abcdef0', 'The VPC the function runs in.'),
    subnetIds: uniqueList(
      text(/^subnet-[0-9a-f]{8,17}$/, 'a subnet id such as subnet-0123456789abcdef0', 'One subnet.'),
      1,
      16,
      'subnet ids',
      'Private subnets with a route to the database and to the AWS APIs (NAT or interface endpoints).',
    ),
    securityGroupIds: uniqueList(
      text(/^sg-[0-9a-f]{8,17}$/, 'a security group id such as sg-0123456789abcdef0', 'One security group.'),
      1,
      5,
      'security group ids',
      'Existing security groups for the function. Without them the stack creates one that allows outbound traffic to the port of the database, HTTPS, and the port of proxy.url only.',
    ).optional(),
    databaseSecurityGroupId: text(
      /^sg-[0-9a-f]{8,17}$/,
      'a security group id such as sg-0123456789abcdef0',
      "The database's security group. The stack adds a rule to it that allows inbound traffic from the function. Without this field, add that rule yourself.",
    ).optional(),
  })
  .describe('Where the function runs.');

const scheduleSchema = z
  .strictObject({
    expression: text(
      /^(rate\([1-9]\d{0,4} (minutes?|hours?|days?)\)|cron\((\S+ ){5}\S+\))$/,
      'rate(15 minutes), or cron(0 6 * * ? *) with six fields',
      'When to audit, in the syntax of EventBridge Scheduler.',
    ).default('rate(15 minutes)'),
    timezone: z.string().min(1).optional().meta({
      errorMessage: 'an IANA time zone such as Europe/Berlin',
      description: 'Time zone of a cron expression. The default is UTC.',
    }),
    flexibleMinutes: z
      .number()
      .int()
      .min(1)
      .max(1440)
      .optional()
      .describe('Start at any time within this number of minutes, so that several auditors do not start at once.'),
    longestGapMinutes: z
      .number()
      .int()
      .min(1)
      .max(7200)
      .optional()
      .describe(
        'Longest time between two audits, in minutes. An alarm is raised after three times as long (at most 7 days) without a completed audit. The default is the rate, or 1440 for cron.',
      ),
  })
  .prefault({})
  .describe('When the function runs.');

const notificationsSchema = z
  .strictObject({
    topicArn: text(
      /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/,
      'the ARN of a standard SNS topic, such as arn:aws:sns:eu-central-1:111122223333:alerts',
      'An existing SNS topic, to share its confirmed subscribers between several databases. Without it the stack creates an encrypted topic with the name of the stack.',
    ).optional(),
    topicKeyArn: text(
      /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]{1,64}$/,
      'the ARN of a KMS key, such as arn:aws:kms:eu-central-1:111122223333:key/...; not an alias',
      'The customer-managed key of the existing topic, if it has one.',
    ).optional(),
    emails: uniqueList(
      z
        .email()
        .meta({ errorMessage: 'an email address', description: 'One address. It must confirm once, with a link.' }),
      0,
      50,
      'email addresses',
      "Email addresses to subscribe to the stack's topic.",
    ).default([]),
    slack: z
      .strictObject({
        workspaceId: text(
          /^T[A-Z0-9]{5,20}$/,
          'a workspace id such as T0123ABCD',
          'The Slack workspace. Authorize it once in the console of Amazon Q Developer in chat applications.',
        ),
        channelId: text(/^[CG][A-Z0-9]{5,20}$/, 'a channel id such as C0123ABCD', 'The Slack channel.'),
      })
      .optional()
      .describe("A Slack channel to subscribe to the stack's topic."),
  })
  .prefault({})
  .describe('Who receives the messages.');

const proxySchema = z
  .strictObject({
    // It is visible in the function's environment, so that it must not have a user, password or query.
    url: text(
      /^https?:\/\/[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:\d{1,5})?(\/[A-Za-z0-9._~/-]{0,200})?$/,
      'a URL such as https://litellm.example.com:4000, with a port from 1 to 65535, without user, query or fragment',
      'The URL of the proxy inside the VPC. The auditor requests /health/readiness, and /public/model_hub/info if that shows no version.',
    ).refine(isUrlWithPort),
    keySecretArn: text(
      /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]{1,512}-[A-Za-z0-9]{6}$/,
      'the complete ARN of a secret with its last six characters, such as arn:aws:secretsmanager:eu-central-1:111122223333:secret:litellm-key-AbCdEf',
      "A secret with a key of the proxy, for /health/readiness/details if nothing else shows the version. It holds the key alone, or a JSON object with the field key. It is encrypted with AWS's own key, or with a key whose policy lets the function decrypt.",
    ).optional(),
    logGroupName: text(
      /^[A-Za-z0-9_/.#-]{1,512}$/,
      'the name of a log group, such as /ecs/litellm; not an ARN',
      "The log group of the proxy, in the stack's account and region. The stack counts lines that show failed connections (docs/checks/proxy-errors.md).",
    ).optional(),
  })
  .describe('The LiteLLM proxy, if the function may query it.');

/** The retention periods that CloudWatch Logs has, in days. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** One database, with `defaults` merged under it. */
export const databaseSchema = z
  .strictObject({
    account: text(
      /^\d{12}$/,
      'an AWS account number of 12 digits, in quotes',
      'The AWS account. The default is the account of the credentials at deployment.',
    ).optional(),
    region: text(/^[a-z]{2,3}(-[a-z]+)+-\d$/, 'an AWS region such as eu-central-1', 'The region of the database.'),
    host: text(
      /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$/,
      'a host name, without scheme, user or port',
      'The endpoint of the database: the instance endpoint, or the writer endpoint of the cluster.',
    ),
    port: portSchema.default(5432).describe('The port of the database.'),
    databaseName: z
      .string()
      .min(1)
      .max(63)
      .default('litellm')
      .describe("The name of LiteLLM's database on that server."),
    user: text(
      /^(?![Pp][Gg]_|[Rr][Dd][Ss]|postgres$)[A-Za-z_][A-Za-z0-9_-]{0,62}$/,
      'a role name of 1 to 63 letters, digits, hyphens and underscores that does not start with pg_ or rds and is not postgres',
      "The auditor's database role, created by the setup script. It must be no role that anyone else uses.",
    ).default(DEFAULT_ROLE),
    rds: rdsSchema,
    proxy: proxySchema.optional(),
    vpc: vpcSchema,
    schedule: scheduleSchema,
    notifications: notificationsSchema,
    logRetentionDays: z.literal(RETENTION_DAYS).default(90).describe("Retention of the function's log, in days."),
    memoryMb: z
      .number()
      .int()
      .min(256)
      .max(10_240)
      .default(512)
      .describe('Memory of the function, in MB. Its share of the CPU grows with it.'),
    timeoutSeconds: z
      .number()
      .int()
      .min(15)
      .max(900)
      .default(60)
      .describe('Timeout of the function, in seconds. It must be longer than all timeouts of one audit together.'),
    reserveConcurrency: z
      .boolean()
      .default(true)
      .describe(
        'Reserve one concurrent execution, so that two audits never overlap. false: for an account whose quota leaves none to reserve (10 in a new account).',
      ),
    caFile: z.string().min(1).optional().meta({
      errorMessage: 'a path, relative to the configuration file',
      description: "PEM file of the CAs that sign the server's certificate. The default is the RDS CAs of the region.",
    }),
    tuning: tuningSchema.prefault({}).describe('Limits and timeouts of the audit.'),
  })
  .describe('One database.');

/** The whole file. `defaults` has the same fields as a database, none of them required. */
export const configFileSchema = z
  .strictObject({
    $schema: z.string().optional().describe('For editors: ./auditor.config.schema.json.'),
    defaults: databaseSchema
      .optional()
      .describe(
        'Values for every database that does not set them itself. A list of the database replaces the list here.',
      ),
    databases: z
      .record(labelSchema, databaseSchema)
      .refine((databases) => Object.keys(databases).length > 0)
      .meta({ minProperties: 1, description: 'The databases by name. Each has its own stack.' }),
  })
  .describe('Configuration of litellm-db-auditor.');

export type DatabaseConfig = z.infer<typeof databaseSchema>;
