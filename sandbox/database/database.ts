import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { databaseSetupSql } from '../../database/setup/script.ts';
import type { Credentials } from '../aws/sigv4.ts';
import { createCertificates } from './certificates.ts';
import { startIamAuthProxy } from './iam-auth-proxy.ts';
import type { InjectedConnectionFault } from './injected-fault.ts';
import { type LitellmOptions, litellmSchemaSql } from './litellm-schema.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import { LITELLM_USER, MASTER_USER, PASSWORD_USER, rdsRolesSql } from './rds-roles.sql.ts';

export interface DatabaseOptions {
  /** Default 60. */
  readonly maxConnections?: number;
  readonly litellm?: LitellmOptions;
  /** Default true: the master user may act as the owner of LiteLLM's tables. */
  readonly masterIsMember?: boolean;
  /** Default true: the master user has run the auditor's setup script. */
  readonly setUp?: boolean;
  /** Whose IAM tokens are good; made up when not given. */
  readonly credentials?: Credentials;
  /** The IAM proxy's clock, milliseconds since 1970. */
  readonly now?: () => number;
}

type Row = Record<string, unknown>;

/** A LiteLLM database like one on RDS: it accepts IAM tokens, and its master user is no superuser. */
export interface SandboxDatabase {
  /** Of the IAM proxy; its certificate is for this name and tokens are signed for it. */
  readonly host: 'localhost';
  readonly port: number;
  /** PEM file with the CA of the IAM proxy's certificate. */
  readonly caFile: string;
  readonly databaseName: 'litellm';
  /** The schema of LiteLLM's tables. */
  readonly schema: string;
  readonly region: 'eu-central-1';
  readonly credentials: Credentials;
  readonly auditorUser: 'litellm_auditor';
  readonly litellmUser: typeof LITELLM_USER;
  /** Users with a password, with or without TLS. */
  readonly masterUser: typeof MASTER_USER;
  readonly passwordUser: typeof PASSWORD_USER;
  readonly password: string;
  /** PostgreSQL itself, behind the IAM proxy, and its superuser. */
  readonly postgres: Postgres;
  /** Makes the IAM proxy fail on purpose, for connections opened from now on; undefined ends it. */
  inject(fault: InjectedConnectionFault | undefined): void;
  /** Runs one statement as superuser, on a connection of its own that takes a slot only meanwhile. */
  query(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Runs a script as the master user. */
  runAsMaster(sql: string): Promise<void>;
  /** Closes every connection, and leaves nothing behind. */
  stop(): Promise<void>;
}

const DATABASE_NAME = 'litellm';
const REGION = 'eu-central-1';
const AUDITOR_USER = 'litellm_auditor';

/**
 * Starts the database side of the sandbox; it takes one to three seconds.
 * @throws Error when PostgreSQL does not start or refuses the SQL; nothing is left behind then
 */
export async function startDatabase(options: DatabaseOptions = {}): Promise<SandboxDatabase> {
  const certificates = await createCertificates();
  const postgres = await startPostgres({ certificates, maxConnections: options.maxConnections ?? 60 });
  const password = randomBytes(18).toString('base64url');
  const superuser = { ...postgres, database: DATABASE_NAME };
  const master = { ...superuser, user: MASTER_USER, password };
  try {
    const { masterIsMember = true, setUp = true, litellm } = options;
    const maintenance = { ...postgres, database: 'postgres' };
    await run(maintenance, rdsRolesSql({ password, masterIsMember }));
    await run(maintenance, `CREATE DATABASE ${DATABASE_NAME} OWNER ${LITELLM_USER}`);
    await run(superuser, litellmSchemaSql(litellm));
    if (setUp) await run(master, databaseSetupSql({ role: AUDITOR_USER }));

    const credentials = options.credentials ?? madeUpCredentials();
    const iamProxy = await startIamAuthProxy({ postgres, certificates, region: REGION, credentials, now: options.now });
    return {
      host: iamProxy.host,
      port: iamProxy.port,
      caFile: postgres.caFile,
      databaseName: DATABASE_NAME,
      schema: litellm?.schema ?? 'public',
      region: REGION,
      credentials,
      auditorUser: AUDITOR_USER,
      litellmUser: LITELLM_USER,
      masterUser: MASTER_USER,
      passwordUser: PASSWORD_USER,
      password,
      postgres,
      inject: iamProxy.inject,
      query: (sql, values) => run(superuser, sql, values),
      async runAsMaster(sql) {
        await run(master, sql);
      },
      async stop() {
        await iamProxy.stop();
        await postgres.stop();
      },
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

async function run(
  {
    host,
    port,
    user,
    password,
    database,
  }: Pick<Postgres, 'host' | 'port' | 'password'> & { user: string; database: string },
  sql: string,
  values?: readonly unknown[],
): Promise<readonly Row[]> {
  const client = new pg.Client({ host, port, user, password, database });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values && [...values])).rows;
  } finally {
    await client.end();
  }
}

/** Temporary ones, as a Lambda function has them. */
function madeUpCredentials(): Credentials {
  return {
    accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    sessionToken: randomBytes(300).toString('base64'),
  };
}
