import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { listen } from '../loopback.ts';
import { type Certificates, PROXY_COMMON_NAME } from './certificates.ts';
import { type Account, installedPostgres, runnablePostgres, serverAccount } from './postgres-binaries.ts';
import { startReaper } from './reaper.ts';

export interface PostgresOptions {
  readonly certificates: Certificates;
  readonly maxConnections: number;
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
export async function startPostgres({ certificates, maxConnections }: PostgresOptions): Promise<Postgres> {
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

    const native = await runnablePostgres(installedPostgres(), account, folder);
    await initialise(join(native, 'bin', 'initdb'), { data, account, password });
    const server = await certificates.server('good');
    await writeFiles(data, account, {
      'server.crt': server.certificate,
      'server.key': server.key,
      'ca.crt': certificates.authority,
      'pg_hba.conf': CLIENT_RULES,
      'pg_ident.conf': `iam-auth-proxy ${PROXY_COMMON_NAME} all\n`,
    });
    const program = { postgres: join(native, 'bin', 'postgres'), data, account };
    return await running(program, { host: '127.0.0.1', user: 'postgres', password, caFile, stop }, maxConnections);
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The server's program and what it runs on. */
interface Program {
  readonly postgres: string;
  readonly data: string;
  readonly account: Account | undefined;
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
}

async function initialise(initdb: string, { data, account, password }: Initialisation): Promise<void> {
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
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
      '--wal-segsize=1',
      '--no-instructions',
      ...Object.entries(SERVER_SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    { ...account, cwd: '/' },
  );
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

/** Another process can take a free port before the server does: three attempts. */
async function serve(
  { postgres, data, account }: Program,
  maxConnections: number,
): Promise<{ port: number; server: ChildProcess }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    // Detached: Ctrl-C is for the process that started it; the reaper stops the server.
    const server = spawn(postgres, ['-D', data, '-p', String(port), '-N', String(maxConnections)], {
      ...account,
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const failure = await startUp(server);
    if (failure === undefined) return { port, server };
    if (attempt === 3 || !failure.includes('could not bind')) throw new Error(`PostgreSQL did not start: ${failure}`);
  }
}

/** undefined when the server is ready; the last lines of its log when it ended. */
function startUp(server: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const last: string[] = [];
    server.once('error', reject);
    server.once('exit', () => resolve(last.join('\n')));
    if (!server.stderr) return;
    createInterface(server.stderr).on('line', (line) => {
      last.push(line);
      if (last.length > 10) last.shift();
      if (line.includes('ready to accept connections')) resolve(undefined);
    });
  });
}

async function freePort(): Promise<number> {
  const { port, stop } = await listen(createServer());
  await stop();
  return port;
}
