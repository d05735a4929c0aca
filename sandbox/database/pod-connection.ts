import { readFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { Signer } from '@aws-sdk/rds-signer';
import pg from 'pg';
import { listen } from '../loopback.ts';
import type { SandboxDatabase } from './database.ts';
import { RDS_PROXY_USER } from './rds-roles.sql.ts';

/** What a client needs to know of the database. */
export type PodDatabase = Omit<SandboxDatabase, 'stop' | 'inject' | 'postgres' | 'runAsMaster'>;

/**
 * Connects from `address` as LiteLLM does, without an application_name: as `litellm` with an IAM token over TLS, or with a password in the clear; or
 * as RDS Proxy does for itself.
 * @throws the server's error when it refuses
 */
export async function connectFrom(
  address: string,
  login: 'iam' | 'password' | 'rds-proxy',
  database: PodDatabase,
): Promise<pg.Client> {
  const { host, port, databaseName, caFile } = database;
  const client = new pg.Client({
    host,
    port,
    database: databaseName,
    stream: () => socketFrom(address, port),
    ...(login === 'iam'
      ? { user: database.litellmUser, password: await token(database), ssl: { ca: await readFile(caFile, 'utf8') } }
      : { user: login === 'password' ? database.passwordUser : RDS_PROXY_USER, password: database.password }),
  });
  // The server may end a session at any time, as when it stops.
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** 127.0.10.11 and up, one for each pod; 127.0.0.1 for all where the system has no other loopback address (macOS). */
export async function podAddresses(count: number): Promise<string[]> {
  const own = await canBind(podAddress(0));
  return Array.from({ length: count }, (_, index) => (own ? podAddress(index) : '127.0.0.1'));
}

function podAddress(index: number): string {
  return `127.0.${10 + Math.floor(index / 200)}.${11 + (index % 200)}`;
}

async function canBind(address: string): Promise<boolean> {
  const probe = createServer();
  try {
    await listen(probe, address);
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}

function socketFrom(localAddress: string, port: number): Socket {
  const socket = connect({ host: '127.0.0.1', port, localAddress });
  // pg connects the socket it is given, but could not give it a local address.
  return Object.assign(socket, { connect: () => socket });
}

/** A fresh signer for each token: a long-lived one can sign with expired credentials. */
function token({ host, port, region, litellmUser, credentials }: PodDatabase): Promise<string> {
  return new Signer({ hostname: host, port, region, username: litellmUser, credentials }).getAuthToken();
}
