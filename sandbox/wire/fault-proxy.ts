import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Certificates } from '../database/certificates.ts';
import { PacketReader } from '../database/packet-reader.ts';
import type { Postgres } from '../database/postgres.ts';
import { startupLength } from '../database/protocol.ts';
import { connectUpstream } from '../database/upstream.ts';
import { listen } from '../loopback.ts';
import { type Injection, type OddTls, passOrSpoil, type SeenMessage, type WireFault } from './fault.ts';
import { START_UP } from './framing.ts';
import { startTls } from './handshake.ts';
import { relayMessages, send } from './relay.ts';

/** Stands before PostgreSQL, speaks TLS, and spoils one message of each connection that is opened while a fault is injected. */
export interface FaultProxy {
  readonly host: 'localhost';
  readonly port: number;
  /** undefined ends the fault; connections that are open keep theirs. */
  inject(fault: WireFault | undefined, tls?: OddTls): void;
  /** Whether a message has met the fault and was changed by it. */
  wasMet(): boolean;
  /** The messages that came since the last fault was injected or ended. */
  seen(): readonly SeenMessage[];
  /** Closes every connection. */
  stop(): Promise<void>;
}

/** Starts the proxy on a free port of 127.0.0.1. Users log in with their passwords. */
export async function startFaultProxy(
  postgres: Pick<Postgres, 'host' | 'port'>,
  certificates: Certificates,
): Promise<FaultProxy> {
  let injection: Injection = { fault: undefined, tls: {}, seen: [], wasMet: false };
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {});
    serve(socket, postgres, certificates, injection).catch(() => socket.destroy());
  });
  const listening = await listen(server);
  return {
    host: 'localhost',
    port: listening.port,
    inject(fault, tls = {}) {
      injection = { fault, tls, seen: [], wasMet: false };
    },
    wasMet: () => injection.wasMet,
    seen: () => injection.seen,
    stop: () => listening.stop(),
  };
}

/** A peer may go away at any time. */
function keep(socket: Socket): void {
  socket.on('error', () => {});
}

async function serve(
  socket: Socket,
  postgres: Pick<Postgres, 'host' | 'port'>,
  certificates: Certificates,
  injection: Injection,
): Promise<void> {
  const ways = { reset: () => socket.resetAndDestroy(), end: () => socket.end() };
  /** Whether all goes on as it should. */
  const answer = (phase: 'connect' | 'tls-request', bytes: Buffer): boolean => {
    const ended = send(socket, passOrSpoil(bytes, { phase, from: 'server', message: 0 }, START_UP, injection), ways);
    if (ended) socket.resume();
    return !ended;
  };
  if (!answer('connect', Buffer.alloc(0))) return;
  const reader = new PacketReader(socket);
  await reader.take(startupLength);
  await reader.release();
  if (!answer('tls-request', Buffer.from('S'))) return;
  const client = await startTls(socket, certificates, injection);
  await once(client, 'secure');
  const upstream = await connectUpstream({ postgres, certificates, keep }, undefined, true);
  socket.once('close', () => upstream.destroy());
  relayMessages({ client, socket, server: upstream }, injection);
}
