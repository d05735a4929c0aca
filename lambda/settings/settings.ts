import * as z from 'zod';
import { type Tuning, tuningSchema } from './tuning.ts';

export const portSchema = z.number().int().min(1).max(65_535);

/** The RDS Proxy between LiteLLM and the database, where there is one. */
const rdsProxyName = z.string().min(1).max(63).optional();

/** Why the auditor cannot go through RDS Proxy. */
export const NO_RDS_PROXY =
  "RDS Proxy refuses the startup options that make the auditor's session read-only and bound its statements, and its sessions are not the database's own";

/** Whether a host is an endpoint of RDS Proxy: name.proxy-id.region.rds.amazonaws.com, also name.endpoint.proxy-id... */
export function isRdsProxyHost(host: string): boolean {
  return /\.proxy-/i.test(host);
}

export const rdsTargetSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('instance'), identifier: z.string().min(1).max(63), proxyName: rdsProxyName }),
  z.strictObject({ kind: z.literal('cluster'), identifier: z.string().min(1).max(63), proxyName: rdsProxyName }),
]);

/** Where the database is and how to log in to it. Only the shell uses passwords; the function has none. */
export interface Target {
  /** The name of the database in reports. */
  readonly label: string;
  readonly host: string;
  readonly port: number;
  readonly databaseName: string;
  readonly user: string;
  readonly login:
    | { readonly kind: 'iam'; readonly region: string }
    | { readonly kind: 'password'; readonly password: string };
  readonly tls:
    | {
        readonly mode: 'verify';
        /** PEM file in addition to the public roots. */
        readonly caFile?: string;
        /** PEM texts in addition to both. */
        readonly authorities?: readonly string[];
      }
    /** The shell's sslmode=disable, for a database on this machine. */
    | { readonly mode: 'off' };
  /** undefined: the RDS API is not queried. */
  readonly rds?: z.infer<typeof rdsTargetSchema> & { readonly region: string };
}

export interface Settings extends Tuning {
  readonly target: Target;
  /** undefined: nothing is published (the shell). */
  readonly topicArn?: string;
  /** The table in DynamoDB that remembers earlier audits. undefined: there is none. */
  readonly memoryTable?: string;
  /** The longest time between two audits of the schedule, in minutes. */
  readonly longestGapMinutes?: number;
  /** undefined: the proxy is not queried. */
  readonly proxy?: {
    readonly url: string /** Secrets Manager; a key for /health/readiness/details. */;
    readonly keySecretArn?: string;
  };
  /** Whether the stack counts error lines in the proxy's log. */
  readonly proxyLogMetrics?: boolean;
}

/** AUDITOR_HEADROOM_WARNING_PERCENT for headroomWarningPercent. */
export function environmentName(setting: string): string {
  return `AUDITOR_${setting.replaceAll(/[A-Z]/g, (capital) => `_${capital}`).toUpperCase()}`;
}

/** What the stack sets besides the tuning. Lambda itself sets AWS_REGION. */
const placeSchema = z.object({
  database: z.string().min(1).max(63),
  host: z.string().min(1).max(253),
  port: portSchema.default(5432),
  databaseName: z.string().min(1).max(63),
  user: z.string().min(1).max(63),
  caFile: z.string().min(1).optional(),
  rdsKind: z.enum(['instance', 'cluster']).optional(),
  rdsIdentifier: z.string().min(1).max(63).optional(),
  rdsProxyName: z.string().min(1).max(63).optional(),
  topicArn: z.string().startsWith('arn:').optional(),
  memoryTable: z.string().min(3).max(255).optional(),
  longestGapMinutes: z.number().int().min(1).optional(),
  proxyUrl: z.url().optional(),
  proxyKeySecretArn: z.string().startsWith('arn:').optional(),
  proxyLogMetrics: z.literal('true').optional(),
});

/** A setting that cannot be used; the message names it, what was found and what is allowed. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Reads the function's settings. An empty variable counts as not set.
 * @throws SettingsError naming every bad variable.
 */
export function settingsFromEnvironment(environment: Readonly<Record<string, string | undefined>>): Settings {
  const place = read(placeSchema, environment);
  const region = environment.AWS_REGION;
  if (!region)
    throw new SettingsError('AWS_REGION is not set. Allowed: the region of the database, such as eu-central-1.');
  return {
    ...read(tuningSchema, environment),
    topicArn: place.topicArn,
    memoryTable: place.memoryTable,
    longestGapMinutes: place.longestGapMinutes,
    proxy: place.proxyUrl === undefined ? undefined : { url: place.proxyUrl, keySecretArn: place.proxyKeySecretArn },
    proxyLogMetrics: place.proxyLogMetrics === 'true',
    target: {
      label: place.database,
      host: place.host,
      port: place.port,
      databaseName: place.databaseName,
      user: place.user,
      login: { kind: 'iam', region },
      tls: { mode: 'verify', caFile: place.caFile },
      rds:
        place.rdsKind && place.rdsIdentifier
          ? { kind: place.rdsKind, identifier: place.rdsIdentifier, proxyName: place.rdsProxyName, region }
          : undefined,
    },
  };
}

function read<Shape extends z.ZodObject>(
  schema: Shape,
  environment: Readonly<Record<string, string | undefined>>,
): z.infer<Shape> {
  const raw = Object.fromEntries(
    Object.entries(schema.shape).map(([name, field]) => {
      const text = environment[environmentName(name)] || undefined;
      return [name, valueFromText(field, text)];
    }),
  );
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new SettingsError(
    parsed.error.issues
      .map((issue) => {
        const name = environmentName(String(issue.path[0]));
        const found = environment[name] ? JSON.stringify(environment[name]) : 'not set';
        return `${name} is ${found}. ${issue.message}.`;
      })
      .join(' '),
  );
}

/** The value that a schema's field expects of a text: NaN, which no schema accepts, for a text that is no number. */
export function valueFromText(
  field: z.core.$ZodType | undefined,
  text: string | undefined,
): string | number | undefined {
  if (text === undefined) return undefined;
  const inner = field instanceof z.ZodDefault || field instanceof z.ZodOptional ? field.unwrap() : field;
  if (!(inner instanceof z.ZodNumber)) return text;
  return text.trim() === '' ? Number.NaN : Number(text);
}
