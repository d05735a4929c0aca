import type { Duplex } from 'node:stream';
import { ProtocolError } from './protocol.ts';

/** The length of the packet whose first bytes are given; undefined while it is not known. It throws when the packet is too long. */
type LengthOf = (head: Buffer) => number | undefined;

/** Reads single packets off a stream, and then gives the stream back with nothing lost. */
export class PacketReader {
  readonly #stream: Duplex;
  readonly #chunks: AsyncIterator<Buffer>;
  #buffered: Buffer = Buffer.alloc(0);

  constructor(stream: Duplex) {
    this.#stream = stream;
    this.#chunks = stream.iterator({ destroyOnReturn: false });
  }

  /**
   * The next packet, whole.
   * @throws ProtocolError when the stream ends before, or `lengthOf` refuses
   */
  async take(lengthOf: LengthOf): Promise<Buffer> {
    for (;;) {
      const length = lengthOf(this.#buffered);
      if (length !== undefined && this.#buffered.length >= length) {
        const packet = this.#buffered.subarray(0, length);
        this.#buffered = this.#buffered.subarray(length);
        return packet;
      }
      const next = await this.#chunks.next();
      if (next.done) throw new ProtocolError('The stream ended in the middle of a packet');
      this.#buffered = Buffer.concat([this.#buffered, next.value]);
    }
  }

  /** Stops reading and puts what was read too much back into the stream; returns how many bytes that were. */
  async release(): Promise<number> {
    await this.#chunks.return?.();
    const { length } = this.#buffered;
    if (length > 0) this.#stream.unshift(this.#buffered);
    return length;
  }
}
