import { isAuthenticationOk, typeOf } from '../database/protocol.ts';
import type { WirePhase, WirePlace } from './fault.ts';

/** Follows the messages of one connection, from the startup packet on, and says which phase each belongs to. */
export class Phases {
  #phase: WirePhase = 'startup';
  #statements = 0;
  readonly #seen = { server: 0, client: 0 };

  /** The phase of a message, and which of its side's it is. */
  placeOf(message: Buffer, from: WirePlace['from']): WirePlace {
    this.#enter(this.#next(message, from));
    return { phase: this.#phase, from, message: this.#seen[from]++ };
  }

  #next(message: Buffer, from: WirePlace['from']): WirePhase {
    const letter = typeOf(message);
    if (from === 'client') {
      if (letter === 'X') return 'terminate';
      if (letter === 'p') return 'authentication';
      // Parse, or Query where nothing is bound.
      if (letter === 'P' || letter === 'Q') return `statement-${++this.#statements}`;
      return this.#phase;
    }
    return isAuthenticationOk(message) ? 'parameters' : this.#phase;
  }

  #enter(phase: WirePhase): void {
    if (phase === this.#phase) return;
    this.#phase = phase;
    this.#seen.server = 0;
    this.#seen.client = 0;
  }
}
