import type { Readable } from 'node:stream';

/** Reads the output of a function, one invocation at a time. */
export class LogReader {
  #text = '';
  #look: () => void = () => {};

  constructor(stream: Readable) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      this.#text += chunk;
      this.#look();
    });
  }

  /** Resolves with the text before the line when the line has arrived. The line itself is dropped. */
  until(line: string): Promise<string> {
    return new Promise((resolve) => {
      this.#look = () => {
        const end = this.#text.indexOf(line);
        if (end < 0) return;
        const before = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + line.length);
        this.#look = () => {};
        resolve(before);
      };
      this.#look();
    });
  }

  /** All that has arrived and was not read yet. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}
