import { isAuthenticationOk, typeOf } from '../database/protocol.ts';
import type { WireFault, WirePhase } from './fault.ts';

/** The statements that have a phase of their own. */
const STATEMENTS = ['statement-1', 'statement-2', 'statement-3'] as const;

/** Follows the messages of one connection, from the startup packet on, and says which phase each belongs to. */
export class Phases {
  #phase: WirePhase | undefined = 'startup';
  #statements = 0;
  readonly #seen = { server: 0, client: 0 };

  /** The phase of a message, and which of its side's it is; undefined after the last phase that is told apart. */
  placeOf(message: Buffer, from: WireFault['from']): Pick<WireFault, 'phase' | 'from' | 'message'> | undefined {
    this.#enter(this.#next(message, from));
    if (this.#phase === undefined) return undefined;
    return { phase: this.#phase, from, message: this.#seen[from]++ };
  }

  #next(message: Buffer, from: 'server' | 'client'): WirePhase | undefined {
    const letter = typeOf(message);
    if (from === 'client') {
      if (letter === 'X') return 'terminate';
      if (letter === 'p') return 'authentication';
      // Parse, or Query where nothing is bound.
      if (letter === 'P' || letter === 'Q') return STATEMENTS[this.#statements++];
      return this.#phase;
    }
    return isAuthenticationOk(message) ? 'parameters' : this.#phase;
  }

  #enter(phase: WirePhase | undefined): void {
    if (phase === this.#phase) return;
    this.#phase = phase;
    this.#seen.server = 0;
    this.#seen.client = 0;
  }
}
