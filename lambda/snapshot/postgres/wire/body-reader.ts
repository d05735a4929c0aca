/** Reads a body that may be shorter than it says. */
export class BodyReader {
  readonly #body: Buffer;
  #at = 0;
  #isShort = false;

  constructor(body: Buffer) {
    this.#body = body;
  }

  /** Whether what was read is all there is, and there was enough of it. */
  isWhole(): boolean {
    return !this.#isShort && this.#at === this.#body.length;
  }

  skip(bytes: number): void {
    this.#at += bytes;
    if (this.#at > this.#body.length) this.#isShort = true;
  }

  /** The next byte; 0, which ends every list, when there is none. */
  letter(): number {
    const at = this.#at;
    this.skip(1);
    return this.#body[at] ?? 0;
  }

  /** Up to and with the next zero. */
  text(): void {
    const end = this.#isShort ? -1 : this.#body.indexOf(0, this.#at);
    if (end === -1) this.#isShort = true;
    else this.#at = end + 1;
  }

  /** A number of entries; 0 when it cannot be one. */
  count(): number {
    const at = this.#at;
    this.skip(2);
    if (this.#isShort) return 0;
    const count = this.#body.readInt16BE(at);
    if (count < 0) this.#isShort = true;
    return Math.max(0, count);
  }

  /** The value of a column, with its length before it; -1 stands for NULL. */
  value(): void {
    const at = this.#at;
    this.skip(4);
    if (this.#isShort) return;
    const length = this.#body.readInt32BE(at);
    if (length < -1) this.#isShort = true;
    else this.skip(Math.max(0, length));
  }
}
