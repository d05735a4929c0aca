import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { z } from 'zod';
import { portSchema, type Settings, type Target } from '../lambda/settings/settings.ts';
import { type Tuning, tuningSchema } from '../lambda/settings/tuning.ts';
import { targetFromUrl, UsageError } from './target.ts';

/** How the flags below are told of, for every command that has them. */
export const SETTINGS_HELP = `  --url URL               the database; LiteLLM's own DATABASE_URL will do. The password may come from PGPASSWORD instead.
                          sslmode=disable speaks without TLS; otherwise certificate and host name are checked.
  --iam                   log in with an IAM token, made with the AWS credentials of this shell
  --host, --port, --dbname, --user, --region
                          where the database is, with --iam
  --ca-file FILE          PEM file of the certificate authority, beside the public ones
                          (Amazon RDS: https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem)
  --rds-instance ID       also ask the RDS API about this instance
  --rds-cluster ID        also ask the RDS API about this Aurora cluster
  --proxy-url URL         also ask the LiteLLM proxy whether it is ready, and which version runs
  --label NAME            what the report calls the database
  --schema NAME           the schema of LiteLLM's tables
  --litellm-version V     the LiteLLM version that runs, as 1.81.3
  --set NAME=VALUE        a limit or deadline of the configuration, as headroomWarningPercent=70; may be repeated
  --json                  print the report as JSON
  --help                  print this`;

const SETTINGS_FLAGS = {
  url: { type: 'string' },
  iam: { type: 'boolean' },
  host: { type: 'string' },
  port: { type: 'string' },
  dbname: { type: 'string' },
  user: { type: 'string' },
  region: { type: 'string' },
  'ca-file': { type: 'string' },
  'rds-instance': { type: 'string' },
  'rds-cluster': { type: 'string' },
  'proxy-url': { type: 'string' },
  label: { type: 'string' },
  schema: { type: 'string' },
  'litellm-version': { type: 'string' },
  set: { type: 'string', multiple: true },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

type Flags = ReturnType<typeof parseFlags<Record<never, never>>>;
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the flags that every command has, and those of one command.
 * @throws UsageError that names the flag and what is allowed
 */
export function parseFlags<const Own extends ParseArgsOptionsConfig>(args: readonly string[], own: Own) {
  try {
    const options = { ...SETTINGS_FLAGS, ...own };
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    // Its own message would repeat a URL with its password.
    if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') {
      throw new UsageError('There is a value without a flag; a database URL needs --url before it. See --help.');
    }
    throw new UsageError(`${error instanceof Error ? error.message : 'The arguments cannot be read.'} See --help.`);
  }
}

/**
 * The settings that the flags give.
 * @throws UsageError that names the flag and what is allowed
 */
export function settingsOf(flags: Flags, environment: Environment): Settings {
  const { target, litellmSchema } =
    flags.url === undefined ? iamTarget(flags, environment) : urlTarget(flags, environment);
  return {
    ...tuningOf(flags, litellmSchema),
    proxy: proxyOf(flags['proxy-url']),
    target: {
      ...target,
      label: flags.label ?? target.label,
      tls: withCaFile(target.tls, flags['ca-file']),
      rds: rds(flags, environment),
    },
  };
}

function proxyOf(url: string | undefined): Settings['proxy'] {
  if (url === undefined) return undefined;
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new UsageError('--proxy-url is not a URL of the form https://litellm.example.com.');
  }
  return { url };
}

function urlTarget(flags: Flags, environment: Environment) {
  const doubled = (['iam', 'host', 'port', 'dbname', 'user'] as const).filter((name) => flags[name] !== undefined);
  if (doubled.length > 0) throw new UsageError(`--${doubled[0]} does not go with --url, which says it already.`);
  return targetFromUrl(flags.url ?? '', environment.PGPASSWORD);
}

function iamTarget(flags: Flags, environment: Environment) {
  if (!flags.iam)
    throw new UsageError('Which database? Give --url, or --iam with --host, --user and --region. See --help.');
  const parsedPort = portSchema.safeParse(Number(flags.port ?? '5432'));
  if (!parsedPort.success)
    throw new UsageError(`--port is ${JSON.stringify(flags.port)}; allowed is a whole number from 1 to 65535.`);
  const databaseName = flags.dbname ?? 'litellm';
  const target: Target = {
    label: databaseName,
    host: required(flags.host, 'host'),
    port: parsedPort.data,
    databaseName,
    user: required(flags.user, 'user'),
    login: { kind: 'iam', region: regionOf(flags, environment) },
    tls: { mode: 'verify' },
  };
  return { target, litellmSchema: undefined };
}

function required(value: string | undefined, flag: string): string {
  if (!value) throw new UsageError(`--${flag} is missing; --iam needs it.`);
  return value;
}

function regionOf(flags: Flags, environment: Environment): string {
  const region = flags.region || environment.AWS_REGION || environment.AWS_DEFAULT_REGION;
  if (!region)
    throw new UsageError('--region is missing, and AWS_REGION is not set; AWS calls and IAM tokens need one.');
  return region;
}

function withCaFile(tls: Target['tls'], caFile: string | undefined): Target['tls'] {
  if (caFile === undefined) return tls;
  if (tls.mode === 'off') throw new UsageError('--ca-file does not go with sslmode=disable.');
  return { mode: 'verify', caFile };
}

function rds(flags: Flags, environment: Environment): Target['rds'] {
  const { 'rds-instance': instance, 'rds-cluster': cluster } = flags;
  if (instance !== undefined && cluster !== undefined)
    throw new UsageError('Give --rds-instance or --rds-cluster, not both.');
  const identifier = instance ?? cluster;
  if (identifier === undefined) return undefined;
  return { kind: instance === undefined ? 'cluster' : 'instance', identifier, region: regionOf(flags, environment) };
}

/**
 * The limits and deadlines that the flags give.
 * @param base what holds where no flag says otherwise: the limits that a snapshot was saved with; null for the defaults
 * @throws UsageError that names the flag and what is allowed
 */
export function tuningOf(flags: Flags, schemaOfUrl: string | undefined, base: Tuning | null = null): Tuning {
  const given = { ...base, ...Object.fromEntries((flags.set ?? []).map(setting)) };
  const parsed = tuningSchema.safeParse({
    ...given,
    litellmSchema: flags.schema ?? schemaOfUrl ?? given.litellmSchema,
    litellmVersion: flags['litellm-version'] ?? given.litellmVersion,
  });
  if (parsed.success) return parsed.data;
  throw new UsageError(
    parsed.error.issues
      .map(
        (issue) =>
          `--set ${issue.path.join('.')}: ${z.prettifyError({ issues: [{ ...issue, path: [] }] }).replace(/^✖ /, '')}.`,
      )
      .join(' '),
  );
}

function setting(text: string): readonly [string, string | number] {
  const [name = '', ...rest] = text.split('=');
  const value = rest.join('=');
  if (!(name in tuningSchema.shape) || value === '') {
    throw new UsageError(
      `--set ${JSON.stringify(text)} is not NAME=VALUE with one of these names: ${Object.keys(tuningSchema.shape).join(', ')}.`,
    );
  }
  return [name, /^\d+$/.test(value) && name !== 'litellmVersion' && name !== 'litellmSchema' ? Number(value) : value];
}
