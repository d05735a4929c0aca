import { createServer, type Socket } from 'node:net';
import type { Credentials } from '../aws/sigv4.ts';
import { listen } from '../loopback.ts';
import { admit } from './admission.ts';
import type { Certificates } from './certificates.ts';
import type { GateFault } from './gate-fault.ts';
import type { Postgres } from './postgres.ts';

export interface GateOptions {
  readonly postgres: Pick<Postgres, 'host' | 'port'>;
  readonly certificates: Certificates;
  readonly region: string;
  /** Whose tokens are good. */
  readonly credentials: Credentials;
  /** The gate's clock, milliseconds since 1970. */
  readonly now?: () => number;
}

/** The front of the database, as RDS has one. */
export interface Gate {
  /** The name that tokens have to be signed for; it is in the certificate. */
  readonly host: 'localhost';
  readonly port: number;
  /** undefined ends the fault. */
  inject(fault: GateFault | undefined): void;
  /** Closes every connection. */
  stop(): Promise<void>;
}

const HOST = 'localhost';
/** PostgreSQL's authentication_timeout is 60 s; nothing on one machine needs so long. */
const LOGIN_TIMEOUT_MS = 10_000;

/**
 * Starts the gate on a free port of 127.0.0.1. It lets a member of rds_iam in when the password is a good IAM token, sent over TLS, and has
 * PostgreSQL deal with everybody else. To PostgreSQL it connects from the client's own address.
 */
export async function startGate({ now = Date.now, ...options }: GateOptions): Promise<Gate> {
  const sockets = new Set<Socket>();
  let fault: GateFault | undefined;

  function keep(socket: Socket): void {
    sockets.add(socket);
    // Nobody is left to tell when a peer goes away.
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  }

  const server = createServer({ noDelay: true }, (socket) => {
    // The listener itself ends it; each part that waits for its end would be one more.
    socket.on('error', () => {});
    if (fault?.kind === 'silent') return;
    const deadline = setTimeout(() => socket.destroy(), LOGIN_TIMEOUT_MS);
    admit(socket, { ...options, host: HOST, port, now, fault, keep })
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
