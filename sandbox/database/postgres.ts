import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, chmod, chown, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Certificates, PROXY_COMMON_NAME } from './certificates.ts';
import {
  type Account,
  installedPostgres,
  type PostgresBinaries,
  runnablePostgres,
  serverAccount,
} from './postgres-binaries.ts';
import { type Program, serve } from './postgres-process.ts';
import { startReaper } from './reaper.ts';

export interface PostgresOptions {
  readonly certificates: Certificates;
  readonly maxConnections: number;
  /** Default: those of the npm package that is installed. */
  readonly binaries?: PostgresBinaries;
}

export interface Postgres {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** The superuser, who logs in with a password, with or without TLS. */
  readonly user: 'postgres';
  readonly password: string;
  /** PEM file of the CA that signed the server's certificate. */
  readonly caFile: string;
  /** Starts the server again with another limit, on another port, with the same data; this one is gone then. */
  restart(maxConnections: number): Promise<Postgres>;
  /** Stops the server and removes its folder. */
  stop(): Promise<void>;
}

/**
 * Members of rds_iam come in with the IAM proxy's client certificate only, as on RDS their passwords stop working; the others with a password.
 * The master user is named first: PostgreSQL counts a role that may grant rds_iam, or that made a member of it, among the members too.
 */
const CLIENT_RULES = `
host    all master      127.0.0.0/8 scram-sha-256
hostssl all +rds_iam    127.0.0.0/8 cert map=iam-auth-proxy
host    all +rds_iam    all         reject
host    all all         127.0.0.0/8 scram-sha-256
`;

/** Whom the IAM proxy may log in: anybody, or before PostgreSQL 16, which has no word for that, the IAM users of the sandbox. */
function userMap(major: number): string {
  const users = major >= 16 ? ['all'] : ['litellm', 'litellm_auditor'];
  return users.map((user) => `iam-auth-proxy ${PROXY_COMMON_NAME} ${user}\n`).join('');
}

/** Durability is off: the data is thrown away. */
const SERVER_SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  ssl: 'on',
  ssl_cert_file: 'server.crt',
  ssl_key_file: 'server.key',
  ssl_ca_file: 'ca.crt',
  // RDS's own setting. Nothing enforces it here, and pg_settings does not list a setting without its extension; current_setting() has it.
  'rds.rds_superuser_reserved_connections': '2',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  // Filling a new file of the log with zeros only protects against a crash.
  wal_init_zero: 'off',
  max_wal_senders: '0',
  // Shared memory in the data folder: nothing stays in /dev/shm after a crash.
  dynamic_shared_memory_type: 'mmap',
};

/**
 * Starts a PostgreSQL of its own in a temporary folder, on a free port of 127.0.0.1.
 * It is stopped and removed when this process ends, however it ends.
 *
 * @throws Error with the last lines of the server's log when it does not start
 */
export async function startPostgres({
  certificates,
  maxConnections,
  binaries = installedPostgres(),
}: PostgresOptions): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), 'litellm-sandbox-'));
  const stop = startReaper(folder);
  try {
    const password = randomBytes(18).toString('base64url');
    const account = await serverAccount();
    const data = join(folder, 'data');
    const caFile = join(folder, 'ca.pem');
    await mkdir(data, { mode: 0o700 });
    await changeOwner(data, account);
    // The server's account has to pass through; it cannot list.
    await chmod(folder, 0o711);
    await writeFile(caFile, certificates.authority);

    const native = await runnablePostgres(binaries.native, account, folder);
    const { major } = binaries;
    await initialise(join(native, 'bin', 'initdb'), { data, account, password, major });
    const server = await certificates.server('good');
    await writeFiles(data, account, {
      'server.crt': server.certificate,
      'server.key': server.key,
      'ca.crt': certificates.authority,
      'pg_hba.conf': CLIENT_RULES,
      'pg_ident.conf': userMap(major),
    });
    const program = { postgres: join(native, 'bin', 'postgres'), data, account };
    return await running(program, { host: '127.0.0.1', user: 'postgres', password, caFile, stop }, maxConnections);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function running(
  program: Program,
  fixed: Omit<Postgres, 'port' | 'restart'>,
  maxConnections: number,
): Promise<Postgres> {
  const { port, server } = await serve(program, maxConnections);
  return {
    ...fixed,
    port,
    async restart(changed) {
      const exited = once(server, 'exit');
      server.kill('SIGINT');
      await exited;
      return running(program, fixed, changed);
    },
  };
}

interface Initialisation {
  readonly data: string;
  readonly account: Account | undefined;
  readonly password: string;
  readonly major: number;
}

async function initialise(initdb: string, { data, account, password, major }: Initialisation): Promise<void> {
  const passwordFile = `${data}-password`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  await changeOwner(passwordFile, account);
  await promisify(execFile)(
    initdb,
    [
      `--pgdata=${data}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
      '--wal-segsize=1',
      ...(major >= 14 ? ['--no-instructions'] : []),
      ...(major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : []),
      ...(major >= 16 ? Object.entries(SERVER_SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]) : []),
    ],
    { ...account, cwd: '/' },
  );
  if (major < 16) {
    const lines = Object.entries(SERVER_SETTINGS).map(([name, value]) => `${name} = '${value}'\n`);
    await appendFile(join(data, 'postgresql.conf'), lines.join(''));
  }
}

async function writeFiles(data: string, account: Account | undefined, files: Record<string, string>): Promise<void> {
  await Promise.all(
    Object.entries(files).map(async ([name, text]) => {
      const path = join(data, name);
      await writeFile(path, text);
      await chmod(path, 0o600);
      await changeOwner(path, account);
    }),
  );
}

async function changeOwner(path: string, account: Account | undefined): Promise<void> {
  if (account) await chown(path, account.uid, account.gid);
}
