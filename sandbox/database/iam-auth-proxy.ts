import { createServer, type Socket } from 'node:net';
import type { Credentials } from '../aws/sigv4.ts';
import { listen } from '../loopback.ts';
import { authenticate } from './authenticate.ts';
import type { Certificates } from './certificates.ts';
import type { InjectedConnectionFault } from './injected-fault.ts';
import type { Postgres } from './postgres.ts';

export interface IamAuthProxyOptions {
  readonly postgres: Pick<Postgres, 'host' | 'port'>;
  readonly certificates: Certificates;
  readonly region: string;
  /** Whose tokens are good. */
  readonly credentials: Credentials;
  /** The proxy's clock, milliseconds since 1970. */
  readonly now?: () => number;
}

/** Stands before PostgreSQL and checks IAM tokens, as RDS does. */
export interface IamAuthProxy {
  /** The name that tokens have to be signed for; it is in the certificate. */
  readonly host: 'localhost';
  readonly port: number;
  /** undefined ends the fault. */
  inject(fault: InjectedConnectionFault | undefined): void;
  /** Closes every connection. */
  stop(): Promise<void>;
}

const HOST = 'localhost';
/** PostgreSQL's authentication_timeout is 60 s; nothing on one machine takes so long. */
const LOGIN_TIMEOUT_MS = 10_000;

/**
 * Starts the proxy on a free port of 127.0.0.1. It lets a member of rds_iam in when the password is a good IAM token, sent over TLS; all
 * others PostgreSQL authenticates itself. To PostgreSQL it connects from the client's own address.
 */
export async function startIamAuthProxy({ now = Date.now, ...options }: IamAuthProxyOptions): Promise<IamAuthProxy> {
  const sockets = new Set<Socket>();
  let fault: InjectedConnectionFault | undefined;

  function keep(socket: Socket): void {
    sockets.add(socket);
    // A peer may go away at any time.
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  }

  const server = createServer({ noDelay: true }, (socket) => {
    // The listener itself ends it; each part that waits for its end would be one more.
    socket.on('error', () => {});
    if (fault?.kind === 'silent') return;
    const deadline = setTimeout(() => socket.destroy(), LOGIN_TIMEOUT_MS);
    authenticate(socket, { ...options, host: HOST, port, now, fault, keep })
      .catch(() => socket.destroy())
      .finally(() => clearTimeout(deadline));
  });
  const listening = await listen(server);
  const { port } = listening;

  return {
    host: HOST,
    port,
    inject(next) {
      fault = next;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await listening.stop();
    },
  };
}
