import pg from 'pg';
import { type Budget, withDeadline } from '../../core/deadline.ts';
import type { Target } from '../../settings/settings.ts';
import type { Tuning } from '../../settings/tuning.ts';
import { awsFailure } from '../aws/aws-failure.ts';
import { SourceError } from '../failure.ts';
import { postgresFailure } from './failure.ts';
import { trustFor } from './trust.ts';
import { PostgresStream } from './wire/stream.ts';

/** One connection of a guest: named, read-only unless asked otherwise, every statement with a deadline on both sides. */
export interface DatabaseConnection {
  /**
   * The one value of the one row that `sql` gives.
   * @throws DeadlineError after which the connection is destroyed; pg's DatabaseError.
   */
  value(sql: string, values: readonly unknown[]): Promise<unknown>;
  /** False once the connection was lost, or destroyed at a deadline. */
  usable(): boolean;
  close(): Promise<void>;
}

/** How much longer than the server's own statement_timeout we wait before the server counts as silent. */
const CLIENT_GRACE_MS = 500;
const CLOSE_MS = 500;
/** What a session of the auditor asks for; the other limits are settings. */
export const IDLE_IN_TRANSACTION_MS = 10_000;

/** What PostgreSQL may be asked to do on a connection; only a purge or restore writes, and it needs to see what others committed meanwhile. */
const ACCESS = {
  read: '-c default_transaction_read_only=on',
  write: '-c default_transaction_read_only=off -c default_transaction_isolation=read\\ committed',
} as const;

/** `row_security=off`: PostgreSQL refuses a query that a policy would filter, in place of giving a part for the whole. */
const SESSION = '-c row_security=off -c search_path=pg_catalog -c timezone=UTC -c jit=off';

/**
 * Logs in, with a fresh IAM token where the target says so. What PostgreSQL enforces goes into the startup packet: no round trip.
 * @throws SourceError
 */
export async function connect(
  target: Target,
  tuning: Tuning,
  budget: Budget,
  access: keyof typeof ACCESS = 'read',
): Promise<DatabaseConnection> {
  let stream: PostgresStream | undefined;
  let lost = false;
  const destroy = () => {
    lost = true;
    stream?.destroy();
  };
  const login = async (): Promise<pg.Client> => {
    const [password, tls] = await Promise.all([passwordFor(target), trustFor(target)]);
    const opened = new PostgresStream(tls);
    stream = opened;
    const client = new pg.Client({
      host: target.host,
      port: target.port,
      database: target.databaseName,
      user: target.user,
      password,
      // The stream speaks it.
      ssl: false,
      stream: () => opened,
      application_name: 'litellm-db-auditor',
      statement_timeout: tuning.statementTimeoutMs,
      lock_timeout: tuning.lockTimeoutMs,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      options: `${ACCESS[access]} ${SESSION}`,
    });
    await new Promise<void>((resolve, reject) => {
      client.on('error', (error) => {
        lost = true;
        // Some errors of the login end up here alone.
        reject(error);
      });
      client.connect().then(() => resolve(), reject);
    });
    return client;
  };
  const client = await withDeadline(login(), budget.atMost(tuning.connectTimeoutMs), destroy).catch(
    (error: unknown) => {
      const reached = stream?.phase ?? 'signing';
      // The server was ready, and the login failed nevertheless.
      const phase = reached === 'statement' ? 'parameters' : reached;
      destroy();
      const { login: kind } = target;
      const withoutPassword = kind.kind === 'password' && kind.password === '';
      throw new SourceError(postgresFailure(error, { iam: kind.kind === 'iam', phase, withoutPassword }));
    },
  );
  return {
    async value(sql, values) {
      const wait = budget.atMost(tuning.statementTimeoutMs + CLIENT_GRACE_MS);
      const { rows } = await withDeadline(
        client.query({ text: sql, values: [...values], rowMode: 'array' }),
        wait,
        destroy,
      );
      return rows[0]?.[0];
    },
    usable: () => !lost,
    async close() {
      await withDeadline(client.end(), CLOSE_MS, destroy).catch(destroy);
    },
  };
}

async function passwordFor(target: Target): Promise<string> {
  if (target.login.kind === 'password') return target.login.password;
  // Loaded here, because only an IAM login needs it and it is a third of the start.
  const { Signer } = await import('@aws-sdk/rds-signer');
  // A new Signer each time: a kept one can sign with credentials that have expired meanwhile.
  const signer = new Signer({
    hostname: target.host,
    port: target.port,
    username: target.user,
    region: target.login.region,
  });
  // Made here, without a call; only finding the credentials can fail.
  return signer.getAuthToken().catch((error: unknown) => {
    throw new SourceError(awsFailure(error, 'rds-db:connect'));
  });
}
