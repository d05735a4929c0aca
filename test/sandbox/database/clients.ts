import { readFile } from 'node:fs/promises';
import { Signer } from '@aws-sdk/rds-signer';
import pg from 'pg';
import type { SandboxDatabase } from '../../../sandbox/database/database.ts';

/** A token as the auditor makes it, or one for something else. */
export function token(
  database: SandboxDatabase,
  change: { user?: string; host?: string; secret?: string } = {},
): Promise<string> {
  const { host, port, region, credentials } = database;
  return new Signer({
    hostname: change.host ?? host,
    port,
    region,
    username: change.user ?? 'litellm_auditor',
    credentials: change.secret ? { ...credentials, secretAccessKey: change.secret } : credentials,
  }).getAuthToken();
}

/** Settings of a client that logs in at the IAM proxy as the auditor does. */
export async function auditor(database: SandboxDatabase): Promise<pg.ClientConfig> {
  return {
    host: database.host,
    port: database.port,
    user: database.auditorUser,
    database: database.databaseName,
    password: await token(database),
    ssl: { ca: await readFile(database.caFile, 'utf8') },
  };
}

/** Logs in and hands the client over; it is closed afterwards. */
export async function withClient<Result>(
  config: pg.ClientConfig,
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client(config);
  client.on('error', () => {});
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end();
  }
}

/** What a login is refused with: SQLSTATE or the error's code, and the message. 'let in' when it is not refused. */
export function refusal(config: pg.ClientConfig): Promise<{ code?: string; message: string } | 'let in'> {
  return withClient(config, async () => 'let in' as const).catch((error) => ({
    code: error.code,
    message: error.message,
  }));
}
