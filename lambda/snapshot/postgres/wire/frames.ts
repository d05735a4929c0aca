import { failureOf, SourceError } from '../../failure.ts';
import type { ConnectionPhase } from '../../snapshot.ts';
import { type Flaw, flawOf } from './message.ts';

/** A letter and a length. */
const HEAD_BYTES = 5;
/** What an answer may have at most; the longest that the auditor's own statements give has some hundred kilobytes. */
const MOST_BYTES = 16 * 1024 * 1024;
/** The login of a server with long notices has some kilobytes. */
const MOST_LOGIN_BYTES = 256 * 1024;

/** Takes the bytes of a server apart into messages that are known to be whole and well-formed. */
export class Frames {
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #neededBytes = HEAD_BYTES;
  #bytes = 0;
  phase: Extract<ConnectionPhase, 'startup' | 'authentication' | 'parameters' | 'statement'> = 'startup';

  /** A new statement was sent: the next bytes are its answer. */
  startAnswer(): void {
    this.#bytes = 0;
  }

  /**
   * The messages that are complete with this chunk, one after the other as they came; empty while none is.
   * @throws SourceError when the bytes are not a server's, or too many
   */
  take(chunk: Buffer): Buffer {
    this.#bytes += chunk.length;
    this.#requireAtMost(this.#bytes);
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    // Joined once per message rather than once per chunk: a long answer comes in many.
    if (this.#waitingBytes < this.#neededBytes) return Buffer.alloc(0);
    const bytes = this.#waiting.length === 1 ? chunk : Buffer.concat(this.#waiting);
    const end = this.#wholeMessages(bytes);
    const rest = bytes.subarray(end);
    this.#waiting = rest.length === 0 ? [] : [rest];
    this.#waitingBytes = rest.length;
    return bytes.subarray(0, end);
  }

  #wholeMessages(bytes: Buffer): number {
    let at = 0;
    this.#neededBytes = HEAD_BYTES;
    while (at + HEAD_BYTES <= bytes.length) {
      const length = bytes.readUInt32BE(at + 1) + 1;
      if (length < HEAD_BYTES) throw notTheProtocol();
      this.#requireAtMost(length);
      if (at + length > bytes.length) {
        this.#neededBytes = length;
        break;
      }
      this.#see(String.fromCharCode(bytes[at] ?? 0), bytes.subarray(at + HEAD_BYTES, at + length));
      at += length;
    }
    return at;
  }

  #see(type: string, body: Buffer): void {
    const flaw = flawOf(type, body);
    if (flaw !== null) throw flawError(flaw);
    if (type === 'R') this.phase = body.readInt32BE(0) === 0 ? 'parameters' : 'authentication';
    else if (type === 'Z') this.phase = 'statement';
  }

  #requireAtMost(bytes: number): void {
    const most = this.phase === 'statement' ? MOST_BYTES : MOST_LOGIN_BYTES;
    if (bytes <= most) return;
    throw new SourceError(
      failureOf('protocol-violation', { message: `The server sent more than ${most / 1024} kB in one answer.` }),
    );
  }
}

/** The error for bytes that no PostgreSQL sends. */
export function notTheProtocol(): SourceError {
  return new SourceError(failureOf('protocol-violation'));
}

function flawError(flaw: Flaw): SourceError {
  if (flaw.flaw === 'malformed') return notTheProtocol();
  return new SourceError(
    failureOf('login-unsupported', {
      message: `The server asks for authentication by ${flaw.method}, which the auditor does not have.`,
    }),
  );
}
