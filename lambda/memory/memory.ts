import type { Change } from '../report/change.ts';
import { changesDue, settled, told, type Wishes } from './changes.ts';
import type { Observation } from './observation.ts';
import { remember } from './remember.ts';
import { emptyState, type Mute, type State } from './state.ts';
import type { Loaded, Store } from './store.ts';

/** Others write the same state at most so often while one run does: an audit takes seconds, and so do they. */
const MOST_CONFLICTS = 30;
/** No audit takes longer: AWS Lambda ends it then. An older one that ends later says nothing about now. */
const LONGEST_RUN_MS = 15 * 60_000;
/** How long one run alone may publish. It publishes within its timeout, or not at all. */
const CLAIM_MS = 2 * 60_000;

/** What an audit says, for the memory of it. */
export interface Audited {
  /** Identifies the run. */
  readonly run: string;
  /** When it looked, ISO 8601 UTC. */
  readonly at: string;
  readonly observe: (mutes: readonly Mute[]) => Observation;
  readonly advisories: readonly string[];
  readonly previous: State['previous'];
  /** Milliseconds since 1970, by the clock of the run. */
  readonly clock: () => number;
}

/** What became of an audit. `failed`: there are changes of which nobody could be told; the next audit tells them. */
export type Remembered =
  | { readonly kind: 'quiet' | 'told' | 'failed'; readonly changes: readonly Change[]; readonly state: State }
  /** A later audit has been remembered already. */
  | { readonly kind: 'outdated'; readonly state: State };

/**
 * Remembers an audit, and has people told of what changed: `tell` answers whether they were. Each change is told at least once, and once only unless
 * the run ends between telling and recording it.
 * @throws what the store throws, and MemoryConflict; people were told nothing then
 */
export async function rememberAudit(
  store: Store,
  loaded: Loaded,
  audited: Audited,
  wishes: Wishes,
  tell: (changes: readonly Change[]) => Promise<boolean>,
): Promise<Remembered> {
  let known = loaded;
  for (let attempt = 0; attempt < MOST_CONFLICTS; attempt++) {
    const { state, revision } = stateIn(known, audited.at);
    if (isOutdated(state, audited.at)) return { kind: 'outdated', state };
    const { at } = audited;
    const mutes = state.mutes.filter(({ until }) => until > at);
    const seen = { ...remember({ ...state, mutes }, audited.observe(mutes), at), previous: audited.previous };
    const isClaimed = isClaimedByAnother(state, audited);
    const changes = isClaimed ? [] : changesDue(seen, audited.advisories, wishes, at);
    const next =
      changes.length > 0
        ? { ...seen, claim: { run: audited.run, until: new Date(audited.clock() + CLAIM_MS).toISOString() } }
        : isClaimed
          ? seen
          : { ...settled(seen), claim: null };
    if (!(await store.save(next, revision))) {
      known = await store.load();
      continue;
    }
    if (changes.length === 0) return { kind: 'quiet', changes, state: next };
    const wereTold = await tell(changes);
    const kept = await recordTold(store, { state: next, revision: revision + 1 }, wereTold ? changes : [], at);
    return { kind: wereTold ? 'told' : 'failed', changes, state: kept };
  }
  throw new MemoryConflict('Others wrote the same state in between, again and again.');
}

/** Somebody else always wrote first. */
export class MemoryConflict extends Error {
  override readonly name = 'MemoryConflict';
}

/** Ends the claim, and notes what was told. Never throws: a repeated message is better than a report that is lost. */
async function recordTold(
  store: Store,
  mine: { readonly state: State; readonly revision: number },
  changes: readonly Change[],
  at: string,
): Promise<State> {
  let { state, revision } = mine;
  try {
    for (let attempt = 0; attempt < MOST_CONFLICTS; attempt++) {
      const next = { ...(changes.length === 0 ? state : told(state, changes, at)), claim: null };
      if (await store.save(next, revision)) return next;
      ({ state, revision } = stateIn(await store.load(), at));
    }
  } catch {
    // The claim ends by itself, and the next audit tells it again.
  }
  return state;
}

function stateIn(loaded: Loaded, at: string): { readonly state: State; readonly revision: number } {
  switch (loaded.kind) {
    case 'stored':
      return loaded;
    case 'unreadable':
      return { state: emptyState(at), revision: loaded.revision };
    case 'empty':
      return { state: emptyState(at), revision: 0 };
    case 'newer':
      throw new MemoryConflict('It is of a newer release of the auditor.');
  }
}

/** A clock that was set back further than an audit can take counts as right. */
function isOutdated({ lastRun }: State, at: string): boolean {
  const behind = Date.parse(lastRun) - Date.parse(at);
  return behind > 0 && behind <= LONGEST_RUN_MS;
}

/** A claim that ends later than any can is of a clock that was set back. */
function isClaimedByAnother({ claim }: State, { run, clock }: Audited): boolean {
  if (claim === null || claim.run === run) return false;
  const left = Date.parse(claim.until) - clock();
  return left > 0 && left <= CLAIM_MS;
}
