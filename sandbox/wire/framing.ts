/** How a stream of bytes is divided: each message has a head of so many bytes, and in it the length. */
export interface Framing {
  readonly headBytes: number;
  /** Bytes of the body, by a whole head. */
  bodyLength(head: Buffer): number;
  setBodyLength(message: Buffer, bytes: number): void;
}

/** PostgreSQL's typed messages: a letter, and a length that counts itself. */
export const MESSAGE: Framing = {
  headBytes: 5,
  bodyLength: (head) => head.readUInt32BE(1) - 4,
  setBodyLength: (message, bytes) => message.writeInt32BE(bytes + 4, 1),
};

/** PostgreSQL's startup packet: a length that counts itself. */
export const START_UP: Framing = {
  headBytes: 4,
  bodyLength: (head) => head.readUInt32BE(0) - 4,
  setBodyLength: (message, bytes) => message.writeInt32BE(bytes + 4, 0),
};

/** RFC 8446, section 5.1: type, version, and a length of two bytes. */
export const TLS_RECORD: Framing = {
  headBytes: 5,
  bodyLength: (head) => head.readUInt16BE(3),
  setBodyLength: (message, bytes) => message.writeUInt16BE(bytes < 0 ? 0 : Math.min(bytes, 0xff_ff), 3),
};

/** Divides chunks into whole messages, however they were cut. */
export class Splitter {
  framing: Framing;
  #rest: Buffer = Buffer.alloc(0);

  constructor(framing: Framing) {
    this.framing = framing;
  }

  /** Each message that is complete now; the framing may be changed between two of them. */
  *take(chunk: Buffer): Generator<Buffer> {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const { headBytes } = this.framing;
      if (this.#rest.length < headBytes) return;
      const length = headBytes + this.framing.bodyLength(this.#rest);
      if (this.#rest.length < length) return;
      const message = this.#rest.subarray(0, length);
      this.#rest = this.#rest.subarray(length);
      yield message;
    }
  }
}
