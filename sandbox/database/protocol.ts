/**
 * The few messages of PostgreSQL's frontend/backend protocol that are exchanged before a session begins.
 * Source: PostgreSQL documentation, "Message Formats".
 */

/** Bytes that do not form a message of the protocol. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** MAX_STARTUP_PACKET_LENGTH of PostgreSQL. */
const LONGEST_STARTUP = 10_000;
/** An IAM token with a session token has 1 to 3 kB; PostgreSQL's own limit for a password message is 64 kB. */
const LONGEST_MESSAGE = 65_536;

const TLS_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;
const CANCEL_REQUEST = 80_877_102;

export type StartupPacket =
  | { readonly kind: 'tls-request' | 'gss-request' | 'cancel-request' }
  | { readonly kind: 'startup'; readonly user: string; readonly database: string };

/**
 * Total length in bytes of the untyped packet that starts with `head`; undefined while it is not known.
 * @throws ProtocolError when no packet can have that length
 */
export function startupLength(head: Buffer): number | undefined {
  if (head.length < 4) return undefined;
  const length = head.readUInt32BE(0);
  if (length < 8 || length > LONGEST_STARTUP) throw new ProtocolError(`A startup packet of ${length} bytes`);
  return length;
}

/**
 * Total length in bytes of the typed message that starts with `head`; undefined while it is not known.
 * @throws ProtocolError when it is longer than any message of a login
 */
export function messageLength(head: Buffer): number | undefined {
  if (head.length < 5) return undefined;
  const length = head.readUInt32BE(1) + 1;
  if (length < 5 || length > LONGEST_MESSAGE) throw new ProtocolError(`A message of ${length} bytes`);
  return length;
}

/**
 * Takes a complete untyped packet apart. As in PostgreSQL, a missing database is the user's name.
 * @throws ProtocolError when it names no user, or is of no known kind
 */
export function parseStartup(packet: Buffer): StartupPacket {
  const code = packet.readUInt32BE(4);
  if (code === TLS_REQUEST) return { kind: 'tls-request' };
  if (code === GSS_REQUEST) return { kind: 'gss-request' };
  if (code === CANCEL_REQUEST) return { kind: 'cancel-request' };
  if (code >>> 16 !== 3) throw new ProtocolError(`Protocol version ${code >>> 16}`);
  const texts = packet.toString('utf8', 8).split('\0');
  const parameters = new Map<string, string>();
  for (let index = 0; index + 1 < texts.length && texts[index]; index += 2) {
    parameters.set(texts[index] ?? '', texts[index + 1] ?? '');
  }
  const user = parameters.get('user');
  if (!user) throw new ProtocolError('A startup packet without a user');
  return { kind: 'startup', user, database: parameters.get('database') || user };
}

/** The untyped packet that asks for TLS. */
export function tlsRequest(): Buffer {
  const packet = Buffer.alloc(8);
  packet.writeUInt32BE(8, 0);
  packet.writeUInt32BE(TLS_REQUEST, 4);
  return packet;
}

/** AuthenticationCleartextPassword. */
export function passwordRequest(): Buffer {
  return Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]);
}

/** True for AuthenticationOk. */
export function isAuthenticationOk(message: Buffer): boolean {
  return typeOf(message) === 'R' && message.length === 9 && message.readUInt32BE(5) === 0;
}

/** The letter of a typed message. */
export function typeOf(message: Buffer): string {
  return message.toString('latin1', 0, 1);
}

/** The text of a PasswordMessage; undefined when the message is another. */
export function passwordOf(message: Buffer): string | undefined {
  return typeOf(message) === 'p' && message.at(-1) === 0 ? message.toString('utf8', 5, message.length - 1) : undefined;
}

/** The SQLSTATE of an ErrorResponse; undefined when the message is another, or has none. */
export function sqlStateOf(message: Buffer): string | undefined {
  if (typeOf(message) !== 'E') return undefined;
  return message
    .toString('utf8', 5)
    .split('\0')
    .find((field) => field.startsWith('C'))
    ?.slice(1);
}

/** An ErrorResponse of severity FATAL, as the server sends it when it refuses a login. `routine` is PostgreSQL's own; a pooler has none. */
export function fatal(sqlState: string, message: string, routine?: string): Buffer {
  const reported = routine === undefined ? '' : `R${routine}\0`;
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${sqlState}\0M${message}\0${reported}\0`);
  const head = Buffer.from([0x45, 0, 0, 0, 0]);
  head.writeUInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
