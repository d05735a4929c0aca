import type { Target } from '../lambda/settings/settings.ts';

/** A flag or URL that cannot be used; the message names it and what is allowed. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Prisma's own parameters, found in LiteLLM's DATABASE_URL; they mean nothing to an audit. */
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

/** What a database URL says: the target, and the schema of LiteLLM's tables when it names one. */
export interface UrlTarget {
  readonly target: Target;
  readonly litellmSchema?: string;
}

/**
 * Reads `postgres://user:password@host:port/database?sslmode=...`, LiteLLM's own DATABASE_URL included.
 * @param fallbackPassword used when the URL has none (PGPASSWORD)
 * @throws UsageError, which never repeats the URL: it holds a password
 */
export function targetFromUrl(text: string, fallbackPassword: string | undefined): UrlTarget {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new UsageError('--url is not of the form postgres://user:password@host:port/database.');
  }
  const databaseName = part(url.pathname.slice(1), 'the database');
  const user = part(url.username, 'a user');
  const host = part(url.hostname, 'a host').replace(/^\[(.*)\]$/, '$1');
  let tls: Target['tls'] = { mode: 'verify' };
  let litellmSchema: string | undefined;
  let caFile: string | undefined;
  for (const [name, value] of url.searchParams) {
    if (name === 'sslmode') tls = tlsMode(value);
    else if (name === 'sslrootcert') caFile = value;
    else if (name === 'schema') litellmSchema = value;
    else if (!PRISMA_PARAMETERS.has(name)) {
      throw new UsageError(
        `--url has the parameter ${JSON.stringify(name)}; allowed are sslmode, sslrootcert, schema and those of Prisma.`,
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
      login: { kind: 'password', password: decode(url.password, 'the password') || (fallbackPassword ?? '') },
      tls: tls.mode === 'verify' ? { mode: 'verify', caFile } : tls,
    },
  };
}

function part(text: string, what: string): string {
  if (text === '') throw new UsageError(`--url does not name ${what}: postgres://user:password@host:port/database.`);
  return decode(text, what);
}

function decode(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UsageError(
      `--url has a % in the part for ${what} that is not followed by two hex digits; write it as %25.`,
    );
  }
}

function tlsMode(value: string): Target['tls'] {
  if (value === 'disable') return { mode: 'off' };
  if (value === 'require' || value === 'verify-ca' || value === 'verify-full') return { mode: 'verify' };
  throw new UsageError(
    `sslmode is ${JSON.stringify(value)}; allowed are disable, and require, verify-ca, verify-full, which all check certificate and host name here.`,
  );
}
