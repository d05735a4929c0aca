import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { failureOf, SourceError } from '../../failure.ts';
import type { ConnectionPhase } from '../../snapshot.ts';
import { Frames, notTheProtocol } from './frames.ts';

/** The untyped packet that asks for TLS. */
const TLS_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/** The peer closed the connection without an error of its own. */
class ClosedError extends Error {
  override readonly name = 'ClosedError';
  readonly code = 'ECONNRESET';
}

/**
 * A connection to PostgreSQL as node-postgres expects its socket, with two differences: it negotiates TLS itself, and gives on only
 * messages that are whole and well-formed. Whatever else comes destroys it with an error, which node-postgres hands to whoever waits.
 */
export class PostgresStream extends Duplex {
  readonly #tls: ConnectionOptions | false;
  readonly #socket = new Socket();
  readonly #frames = new Frames();
  #inner: Socket = this.#socket;
  #early: 'connect' | 'tls-request' | 'tls-handshake' | 'logged-in' = 'connect';

  /** @param tls how to check the server; false: no TLS */
  constructor(tls: ConnectionOptions | false) {
    super();
    this.#tls = tls;
  }

  /** How far it has come. */
  get phase(): ConnectionPhase {
    return this.#early === 'logged-in' ? this.#frames.phase : this.#early;
  }

  /** node-postgres calls it once, and waits for the event `connect`, after which it sends the startup packet. */
  connect(port: number, host: string): this {
    const socket = this.#socket;
    socket.setNoDelay(true);
    this.#watch(socket);
    socket.connect(port, host, () => {
      if (this.#tls === false) this.#ready(socket);
      else this.#requestTls(this.#tls);
    });
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  override _read(): void {
    // Before the login begins, what comes is not for node-postgres.
    if (this.#early === 'logged-in') this.#inner.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#frames.startAnswer();
    this.#inner.write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#inner.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#inner.destroy();
    this.#socket.destroy();
    done(error);
  }

  #requestTls(tls: ConnectionOptions): void {
    const socket = this.#socket;
    this.#early = 'tls-request';
    socket.write(TLS_REQUEST);
    socket.once('data', (answer: Buffer) => {
      const [letter] = answer.toString('latin1');
      if (letter === 'N' && answer.length === 1) this.destroy(new SourceError(failureOf('tls-unavailable')));
      // PostgreSQL that cannot start a process for the connection says so in clear text, in the protocol before 3.0.
      else if (letter === 'E') this.destroy(new SourceError(failureOf('server-error', { message: NO_PROCESS })));
      // What follows the letter in clear text must not be taken for part of the TLS session (CVE-2021-23222).
      else if (letter !== 'S' || answer.length > 1) this.destroy(notTheProtocol());
      else this.#startTls(tls);
    });
  }

  #startTls(tls: ConnectionOptions): void {
    this.#early = 'tls-handshake';
    const secure = connectTls({ ...tls, socket: this.#socket });
    this.#inner = secure;
    this.#watch(secure);
    secure.once('secureConnect', () => this.#ready(secure));
  }

  #ready(inner: Socket): void {
    this.#early = 'logged-in';
    inner.on('data', (chunk: Buffer) => this.#accept(chunk));
    this.emit('connect');
  }

  #accept(chunk: Buffer): void {
    if (this.destroyed) return;
    try {
      const messages = this.#frames.take(chunk);
      if (messages.length > 0 && !this.push(messages)) this.#inner.pause();
    } catch (error) {
      this.destroy(error instanceof Error ? error : notTheProtocol());
    }
  }

  #watch(socket: Socket): void {
    socket.on('error', (error) => this.#lose(socket, error));
    socket.on('close', () => this.#lose(socket, new ClosedError('The server closed the connection.')));
  }

  #lose(socket: Socket, error: Error): void {
    // Under TLS, it is TLS that knows why.
    if (this.destroyed || socket !== this.#inner) return;
    // We said goodbye ourselves.
    if (this.writableEnded) this.destroy();
    else if (this.readableLength === 0) this.destroy(error);
    else {
      // What came before is read first: a refusal comes right before the end.
      this.once('end', () => this.destroy(error));
      this.push(null);
    }
  }
}

const NO_PROCESS = 'The server could not start a process for the connection: it is out of memory or of processes.';
