import type { Socket } from 'node:net';
import { type Duplex, pipeline } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { type TokenPurpose, verifyToken } from './iam-token.ts';
import { type InjectedConnectionFault, spoilQuery } from './injected-fault.ts';
import { PacketReader } from './packet-reader.ts';
import {
  fatal,
  isAuthenticationOk,
  messageLength,
  ProtocolError,
  parseStartup,
  passwordOf,
  passwordRequest,
  type StartupPacket,
  sqlStateOf,
  startupLength,
  typeOf,
} from './protocol.ts';
import { connectUpstream, forwardCancel, type Upstream } from './upstream.ts';

/** What the proxy knows when a connection arrives. */
export interface ProxyContext extends Upstream, Omit<TokenPurpose, 'user'> {
  readonly fault: InjectedConnectionFault | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** SQLSTATE invalid_authorization_specification */
const INVALID_AUTHORIZATION = '28000';

/**
 * Authenticates one connection, and then passes bytes both ways.
 * @throws ProtocolError, or the error of a socket, when the client cannot be answered any more
 */
export async function authenticate(socket: Socket, context: ProxyContext): Promise<void> {
  const { client, packet, startup } = await receive(socket, context);
  if (startup.kind === 'cancel-request') {
    await forwardCancel(context, packet);
    client.end();
  } else if (startup.kind === 'startup') {
    await logIn(socket, client, packet, startup, context);
  }
}

interface Arrival {
  /** The socket, or TLS on it. */
  readonly client: Duplex;
  readonly packet: Buffer;
  readonly startup: StartupPacket;
}

async function receive(socket: Socket, context: ProxyContext): Promise<Arrival> {
  let client: Duplex = socket;
  for (;;) {
    const reader = new PacketReader(client);
    const packet = await reader.take(startupLength);
    const surplus = await reader.release();
    const startup = parseStartup(packet);
    if (startup.kind === 'tls-request' && client === socket) {
      // As in PostgreSQL: what came in clear text must not be taken for part of the TLS session (CVE-2021-23214).
      if (surplus > 0) throw new ProtocolError('Bytes between the request for TLS and TLS');
      client = await startTls(socket, context);
    } else if (startup.kind === 'gss-request') {
      client.write('N');
    } else {
      return { client, packet, startup };
    }
  }
}

async function startTls(socket: Socket, { certificates, fault, keep }: ProxyContext): Promise<Duplex> {
  const { key, certificate } = await certificates.server(fault?.kind === 'certificate' ? fault.certificate : 'good');
  socket.write('S');
  const tls = new TLSSocket(socket, { isServer: true, key, cert: certificate });
  keep(tls);
  return tls;
}

async function logIn(
  socket: Socket,
  client: Duplex,
  packet: Buffer,
  { user, database }: Extract<StartupPacket, { kind: 'startup' }>,
  context: ProxyContext,
): Promise<void> {
  const secure = client !== socket;
  const server = await connectUpstream(context, socket.remoteAddress, secure);
  socket.once('close', () => server.destroy());
  server.write(packet);
  const { messages, last } = await firstAnswer(server);

  if (!secure && sqlStateOf(last) === INVALID_AUTHORIZATION) {
    const who = `host "${socket.remoteAddress}", user "${user}", database "${database}"`;
    client.end(fatal(INVALID_AUTHORIZATION, `no pg_hba.conf entry for ${who}, no encryption`, 'ClientAuthentication'));
    return;
  }
  // PostgreSQL takes the proxy's certificate for members of rds_iam only; it asks the others for their password.
  if (isAuthenticationOk(last) && !(await hasGoodToken(client, user, context))) {
    client.end(fatal(INVALID_AUTHORIZATION, `PAM authentication failed for user "${user}"`, 'auth_failed'));
    return;
  }
  client.write(messages);
  join(socket, client, server, context.fault);
}

/** Up to and with the first message that is not NegotiateProtocolVersion. */
async function firstAnswer(server: Duplex): Promise<{ messages: Buffer; last: Buffer }> {
  const reader = new PacketReader(server);
  const messages: Buffer[] = [];
  for (;;) {
    const last = await reader.take(messageLength);
    messages.push(last);
    if (typeOf(last) === 'v') continue;
    await reader.release();
    return { messages: Buffer.concat(messages), last };
  }
}

async function hasGoodToken(client: Duplex, user: string, context: ProxyContext): Promise<boolean> {
  client.write(passwordRequest());
  const reader = new PacketReader(client);
  const token = passwordOf(await reader.take(messageLength));
  await reader.release();
  return token !== undefined && verifyToken(token, { ...context, user }, context.now()) === 'valid';
}

function join(socket: Socket, client: Duplex, server: Duplex, fault: InjectedConnectionFault | undefined): void {
  // Either side may go at any time, with or without an error; pipeline closes the other.
  const ended = () => {};
  if (fault?.kind === 'at-query') {
    const { toServer, toClient } = spoilQuery(fault, () => socket.resetAndDestroy());
    pipeline(client, toServer, server, ended);
    pipeline(server, toClient, client, ended);
  } else {
    pipeline(client, server, ended);
    pipeline(server, client, ended);
  }
}
