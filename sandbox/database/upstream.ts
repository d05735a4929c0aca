import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { Certificates } from './certificates.ts';
import { PacketReader } from './packet-reader.ts';
import type { Postgres } from './postgres.ts';
import { ProtocolError, tlsRequest } from './protocol.ts';

export interface Upstream {
  readonly postgres: Pick<Postgres, 'host' | 'port'>;
  readonly certificates: Certificates;
  /** Called with every socket opened. */
  readonly keep: (socket: Socket) => void;
}

/**
 * Opens a connection to PostgreSQL, over TLS with the IAM proxy's client certificate when `secure`.
 * @param localAddress the client's own address, so that PostgreSQL sees it
 * @throws Error when PostgreSQL cannot be reached, and ProtocolError when it refuses TLS
 */
export async function connectUpstream(
  { postgres, certificates, keep }: Upstream,
  localAddress: string | undefined,
  secure: boolean,
): Promise<Duplex> {
  const socket = connect({ host: postgres.host, port: postgres.port, localAddress, noDelay: true });
  keep(socket);
  await once(socket, 'connect');
  if (!secure) return socket;

  socket.write(tlsRequest());
  const reader = new PacketReader(socket);
  const answer = await reader.take(() => 1);
  await reader.release();
  if (answer.toString('latin1') !== 'S') throw new ProtocolError('PostgreSQL refused TLS');
  const { key, certificate } = certificates.proxyClient;
  const tls = connectTls({ socket, servername: 'localhost', ca: certificates.authority, key, cert: certificate });
  keep(tls);
  await once(tls, 'secureConnect');
  return tls;
}

/** Hands a CancelRequest on; PostgreSQL closes the connection without an answer. */
export async function forwardCancel(upstream: Upstream, packet: Buffer): Promise<void> {
  const server = await connectUpstream(upstream, undefined, false);
  server.end(packet);
  server.resume();
  await once(server, 'close');
}
