import { Transform } from 'node:stream';
import type { ServerCertificateKind } from './certificates.ts';

/** What the IAM proxy does wrong on purpose, for connections opened from then on. */
export type InjectedConnectionFault =
  /** Accepts a connection and never answers. */
  | { readonly kind: 'silent' }
  /** Shows another certificate. */
  | { readonly kind: 'certificate'; readonly certificate: ServerCertificateKind }
  /** Lets the login and n - 1 queries through; then the answer breaks off in the middle, or does not come. n counts from 1. */
  | { readonly kind: 'at-query'; readonly query: number; readonly answer: 'reset' | 'none' };

type QueryFault = Extract<InjectedConnectionFault, { kind: 'at-query' }>;

/**
 * Two streams to put between client and server: `toServer` counts the queries as they pass, `toClient` spoils the answer to the n-th.
 * @param reset breaks the client's connection
 */
export function spoilQuery(fault: QueryFault, reset: () => void): { toServer: Transform; toClient: Transform } {
  const counter = new QueryCounter();
  return {
    toServer: new Transform({
      transform(chunk: Buffer, _encoding, done) {
        counter.see(chunk);
        done(null, chunk);
      },
    }),
    toClient: new Transform({
      transform(chunk: Buffer, _encoding, done) {
        if (counter.queries < fault.query) {
          done(null, chunk);
        } else if (fault.answer === 'none') {
          done();
        } else {
          done(null, chunk.subarray(0, chunk.length / 2));
          setImmediate(reset);
        }
      },
    }),
  };
}

/** Counts Query and Parse messages in a client's bytes, however they are cut. */
class QueryCounter {
  queries = 0;
  #head: Buffer = Buffer.alloc(0);
  #bodyLeft = 0;

  see(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      const skipped = Math.min(this.#bodyLeft, rest.length);
      this.#bodyLeft -= skipped;
      rest = rest.subarray(skipped);
      const taken = 5 - this.#head.length;
      this.#head = Buffer.concat([this.#head, rest.subarray(0, taken)]);
      rest = rest.subarray(taken);
      if (this.#head.length < 5) continue;
      const type = this.#head.toString('latin1', 0, 1);
      if (type === 'Q' || type === 'P') this.queries++;
      this.#bodyLeft = Math.max(0, this.#head.readUInt32BE(1) - 4);
      this.#head = Buffer.alloc(0);
    }
  }
}
