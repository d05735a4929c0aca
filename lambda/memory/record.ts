import { STATE_VERSION, type State, stateSchema } from './state.ts';
import type { Loaded } from './store.ts';

/** DESIGN: the state of one database has to stay within it, in bytes. */
export const LARGEST_STATE = 16_384;

const MOST_HOLDERS = [30, 10, 0] as const;
const SHORT_HEADLINE = 60;

/** A state as one line of JSON of at most 16 KB: what is too much for it is cut, the holders of slots first. */
export function serialized(state: State): string {
  for (const holders of MOST_HOLDERS) {
    const json = JSON.stringify(withHolders(state, holders));
    if (fits(json)) return json;
  }
  return JSON.stringify(bare(state));
}

/** What a store holds; `revision` is that of the record. */
export function parseRecord(json: string, revision: number): Loaded {
  const data = parsed(json);
  const state = stateSchema.safeParse(data);
  if (state.success) return { kind: 'stored', state: state.data, revision };
  const version = typeof data === 'object' && data !== null && 'version' in data ? data.version : undefined;
  return typeof version === 'number' && version > STATE_VERSION ? { kind: 'newer' } : { kind: 'unreadable', revision };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function withHolders(state: State, most: number): State {
  const { previous } = state;
  return previous === null ? state : { ...state, previous: { ...previous, holders: previous.holders.slice(0, most) } };
}

function bare(state: State): State {
  const problems = Object.entries(state.problems).map(([id, problem]) => [
    id,
    { ...problem, headline: problem.headline.slice(0, SHORT_HEADLINE), members: {} },
  ]);
  return { ...withHolders(state, 0), problems: Object.fromEntries(problems) };
}

function fits(json: string): boolean {
  return Buffer.byteLength(json) <= LARGEST_STATE;
}
