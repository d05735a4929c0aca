import type { Target } from '../lambda/settings/settings.ts';
import { UsageError } from './usage-error.ts';

/** Prisma's own parameters, found in LiteLLM's DATABASE_URL; an audit ignores them. */
const PRISMA_PARAMETERS = new Set([
  'connection_limit',
  'pool_timeout',
  'connect_timeout',
  'socket_timeout',
  'max_connection_lifetime',
  'max_idle_connection_lifetime',
  'pgbouncer',
  'statement_cache_size',
  'sslaccept',
  'application_name',
]);

const URL_FORM = 'postgres://USER:PASSWORD@HOST:PORT/DATABASE, with a port from 1 to 65535';

/** What a database URL names: the target, and the schema of LiteLLM's tables when it is given. */
export interface UrlTarget {
  readonly target: Target;
  readonly litellmSchema?: string;
}

/**
 * Reads `postgres://user:password@host:port/database?sslmode=...`, LiteLLM's own DATABASE_URL included.
 * @param fallbackPassword PGPASSWORD, for a URL without a password
 * @throws UsageError, which never shows the URL: it holds a password
 */
export function targetFromUrl(text: string, fallbackPassword: string | undefined): UrlTarget {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol) || url.port === '0') {
    throw new UsageError(`--url is not a database URL. Allowed: ${URL_FORM}.`);
  }
  const databaseName = requiredPart(url.pathname.slice(1), 'database');
  const user = requiredPart(url.username, 'user');
  const host = requiredPart(url.hostname, 'host').replace(/^\[(.*)\]$/, '$1');
  let tls: Target['tls'] = { mode: 'verify' };
  let litellmSchema: string | undefined;
  let caFile: string | undefined;
  for (const [name, value] of url.searchParams) {
    if (name === 'sslmode') tls = parseSslMode(value);
    else if (name === 'sslrootcert') caFile = value;
    else if (name === 'schema') litellmSchema = value;
    else if (!PRISMA_PARAMETERS.has(name)) {
      throw new UsageError(
        `--url has the parameter ${JSON.stringify(name)}. Allowed: sslmode, sslrootcert, schema and the parameters of Prisma.`,
      );
    }
  }
  return {
    litellmSchema,
    target: {
      label: databaseName,
      host,
      port: url.port === '' ? 5432 : Number(url.port),
      databaseName,
      user,
      login: { kind: 'password', password: decode(url.password, 'password') || (fallbackPassword ?? '') },
      tls: tls.mode === 'verify' ? { mode: 'verify', caFile } : tls,
    },
  };
}

function requiredPart(text: string, what: string): string {
  if (text === '') throw new UsageError(`--url has no ${what}. Allowed: ${URL_FORM}.`);
  return decode(text, what);
}

function decode(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UsageError(
      `--url has a "%" in the ${what} that is not followed by two hexadecimal digits. Write it as "%25".`,
    );
  }
}

function parseSslMode(value: string): Target['tls'] {
  if (value === 'disable') return { mode: 'off' };
  if (value === 'require' || value === 'verify-ca' || value === 'verify-full') return { mode: 'verify' };
  throw new UsageError(
    `sslmode is ${JSON.stringify(value)}. Allowed: disable, require, verify-ca, verify-full. All but disable verify the certificate and the host name.`,
  );
}
