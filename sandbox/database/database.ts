import { randomBytes } from 'node:crypto';
import { databaseSetupSql } from '../../database/setup/script.ts';
import type { Credentials } from '../aws/sigv4.ts';
import type { Certificates } from './certificates.ts';
import {
  type Cluster,
  type ClusterOptions,
  DATABASE_NAME,
  masterOf,
  type Row,
  runSql,
  startCluster,
  superuserOf,
} from './cluster.ts';
import { startIamAuthProxy } from './iam-auth-proxy.ts';
import type { InjectedConnectionFault } from './injected-fault.ts';
import { type LitellmOptions, litellmSchemaSql } from './litellm-schema.ts';
import type { Postgres } from './postgres.ts';
import { LITELLM_USER, MASTER_USER, PASSWORD_USER } from './rds-roles.sql.ts';

export interface DatabaseOptions extends ClusterOptions {
  readonly litellm?: LitellmOptions;
  /** Default true: the master user has run the auditor's setup script. */
  readonly setUp?: boolean;
  /** Whose IAM tokens are good; made up when not given. */
  readonly credentials?: Credentials;
  /** The IAM proxy's clock, milliseconds since 1970. */
  readonly now?: () => number;
}

/** A LiteLLM database like one on RDS: it accepts IAM tokens, and its master user is no superuser. */
export interface SandboxDatabase {
  /** Of the IAM proxy; its certificate is for this name and tokens are signed for it. */
  readonly host: 'localhost';
  readonly port: number;
  /** PEM file with the CA of the IAM proxy's certificate. */
  readonly caFile: string;
  readonly databaseName: typeof DATABASE_NAME;
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
  readonly certificates: Certificates;
  /** Makes the IAM proxy fail on purpose, for connections opened from now on; undefined ends it. */
  inject(fault: InjectedConnectionFault | undefined): void;
  /** Runs one statement as superuser, on a connection of its own that takes a slot only meanwhile. */
  query(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Runs a script as the master user. */
  runAsMaster(sql: string): Promise<void>;
  /** Closes every connection, and leaves nothing behind. */
  stop(): Promise<void>;
}

const REGION = 'eu-central-1';
const AUDITOR_USER = 'litellm_auditor';

/**
 * Starts the database side of the sandbox; it takes one to three seconds.
 * @throws Error when PostgreSQL does not start or refuses the SQL; nothing is left behind then
 */
export async function startDatabase(options: DatabaseOptions = {}): Promise<SandboxDatabase> {
  const cluster = await startCluster(options);
  try {
    await createDatabase(cluster, DATABASE_NAME, options);
    return await openDatabase(cluster, options, () => cluster.postgres.stop());
  } catch (error) {
    await cluster.postgres.stop();
    throw error;
  }
}

/** Creates a database with LiteLLM's tables and data, and what the auditor's setup script adds. */
export async function createDatabase(
  cluster: Cluster,
  database: string,
  { litellm, setUp = true }: DatabaseOptions,
): Promise<void> {
  await runSql(superuserOf(cluster.postgres), `CREATE DATABASE ${database} OWNER ${LITELLM_USER} TEMPLATE template0`);
  await runSql(superuserOf(cluster.postgres, database), litellmSchemaSql(litellm));
  if (setUp) await runSql(masterOf(cluster, database), databaseSetupSql({ role: AUDITOR_USER }));
}

/**
 * Starts the IAM proxy before the database `litellm` of the cluster.
 * @param release deals with the cluster when the database is stopped
 */
export async function openDatabase(
  cluster: Cluster,
  options: DatabaseOptions,
  release: () => Promise<void>,
): Promise<SandboxDatabase> {
  const { postgres, certificates, password } = cluster;
  const superuser = superuserOf(cluster.postgres, DATABASE_NAME);
  const credentials = options.credentials ?? madeUpCredentials();
  const iamProxy = await startIamAuthProxy({ postgres, certificates, region: REGION, credentials, now: options.now });
  return {
    host: iamProxy.host,
    port: iamProxy.port,
    caFile: postgres.caFile,
    databaseName: DATABASE_NAME,
    schema: options.litellm?.schema ?? 'public',
    region: REGION,
    credentials,
    auditorUser: AUDITOR_USER,
    litellmUser: LITELLM_USER,
    masterUser: MASTER_USER,
    passwordUser: PASSWORD_USER,
    password,
    postgres,
    certificates,
    inject: iamProxy.inject,
    query: (sql, values) => runSql(superuser, sql, values),
    async runAsMaster(sql) {
      await runSql(masterOf(cluster, DATABASE_NAME), sql);
    },
    async stop() {
      await iamProxy.stop();
      await release();
    },
  };
}

/** Temporary ones, as a Lambda function has them. */
function madeUpCredentials(): Credentials {
  return {
    accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    sessionToken: randomBytes(300).toString('base64'),
  };
}
