import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { type Certificates, createCertificates } from './certificates.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import { installedPostgres, type PostgresBinaries } from './postgres-binaries.ts';
import { MASTER_USER, rdsRolesSql } from './rds-roles.sql.ts';

export interface ClusterOptions {
  /** Default 60. */
  readonly maxConnections?: number;
  /** Default true: the master user may act as the owner of LiteLLM's tables. */
  readonly masterIsMember?: boolean;
  /** Default: the PostgreSQL that is installed. */
  readonly binaries?: PostgresBinaries;
}

/** A PostgreSQL with the roles of RDS and of LiteLLM. */
export interface Cluster {
  readonly postgres: Postgres;
  readonly certificates: Certificates;
  /** Of the master user and the password user. */
  readonly password: string;
}

/** LiteLLM's database. */
export const DATABASE_NAME = 'litellm';
/** Exists in every cluster, and holds nothing of ours. */
const MAINTENANCE = 'postgres';

/** @throws Error when PostgreSQL does not start or refuses the SQL; nothing is left behind then */
export async function startCluster({
  maxConnections = 60,
  masterIsMember = true,
  binaries = installedPostgres(),
}: ClusterOptions): Promise<Cluster> {
  const certificates = await createCertificates();
  const postgres = await startPostgres({ certificates, maxConnections, binaries });
  const cluster = { postgres, certificates, password: randomBytes(18).toString('base64url') };
  try {
    const { major } = binaries;
    await runSql(superuserOf(cluster.postgres), rdsRolesSql({ password: cluster.password, masterIsMember, major }));
    return cluster;
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

interface Login {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** The superuser, past the IAM proxy. */
export function superuserOf({ host, port, user, password }: Postgres, database: string = MAINTENANCE): Login {
  return { host, port, user, password, database };
}

/** The master user, past the IAM proxy. */
export function masterOf(cluster: Cluster, database: string): Login {
  return { ...superuserOf(cluster.postgres, database), user: MASTER_USER, password: cluster.password };
}

export type Row = Record<string, unknown>;

/** Runs SQL on a connection of its own, which takes a slot only meanwhile. */
export async function runSql(login: Login, sql: string, values?: readonly unknown[]): Promise<readonly Row[]> {
  const client = new pg.Client(login);
  await client.connect();
  try {
    return (await client.query<Row>(sql, values && [...values])).rows;
  } finally {
    await client.end();
  }
}
