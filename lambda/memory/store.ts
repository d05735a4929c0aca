import type { State } from './state.ts';

/** A state as it is stored. `revision` counts its writes. */
export interface Stored {
  readonly state: State;
  readonly revision: number;
}

/**
 * What a store has of a database. `unreadable`: garbage, or of a release that wrote another form; it can be replaced. `newer`: of a newer release,
 * which may still run, so it is left alone.
 */
export type Loaded =
  | ({ readonly kind: 'stored' } & Stored)
  | { readonly kind: 'empty' }
  | { readonly kind: 'unreadable'; readonly revision: number }
  | { readonly kind: 'newer' };

/** Where states are kept. Both throw when the store does not answer in time, or refuses. */
export interface Store {
  load(): Promise<Loaded>;
  /** `over`: the revision that was loaded, 0 for none. false: somebody else wrote meanwhile, and nothing was written. */
  save(state: State, over: number): Promise<boolean>;
}
