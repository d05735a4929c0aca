import { gt } from '@renovatebot/pep440';
import { FIRST_VERSIONS } from './releases/first-versions.ts';
import { SINCE } from './releases/since.ts';

export interface MigrationVersion {
  /** A lower bound: the schema is that of this LiteLLM version or of a newer one. */
  readonly version: string;
  /** How many applied migrations no known version ships. */
  readonly unknownNames: number;
  /** Some of them are dated after all that is known: a LiteLLM that the table does not know has migrated the database. */
  readonly newerThanKnown: boolean;
}

const FIRST_VERSION_OF: ReadonlyMap<string, string> = new Map(Object.entries(FIRST_VERSIONS));
/** A migration's name begins with its date. */
const DATE = /^\d{8}/;
const NEWEST_DATE = highest([...FIRST_VERSION_OF.keys()].map(dateOf), (date, other) => date > other) ?? '';

/** The first version that makes the table of the workers' heartbeats. */
export const FIRST_WITH_HEARTBEATS = SINCE.heartbeats;

/**
 * What the names in "_prisma_migrations" show, those that were applied: `finished_at` set, `rolled_back_at` not. Names do not sort by
 * version, so the newest known one counts, wherever it stands. null when no name is known.
 */
export function migrationVersion(applied: readonly string[]): MigrationVersion | null {
  const names = new Set(applied);
  const versions = [...names].flatMap((name) => FIRST_VERSION_OF.get(name) ?? []);
  const unknown = [...names].filter((name) => !FIRST_VERSION_OF.has(name));
  const newerThanKnown = unknown.some((name) => dateOf(name) > NEWEST_DATE);
  const version = highest(versions, gt);
  return version === null ? null : { version, unknownNames: unknown.length, newerThanKnown };
}

/** Empty for a name without a date, which is no migration of LiteLLM. */
function dateOf(name: string): string {
  return DATE.exec(name)?.[0] ?? '';
}

function highest<Item>(items: readonly Item[], isHigher: (item: Item, other: Item) => boolean): Item | null {
  const [first, ...rest] = items;
  return first === undefined ? null : rest.reduce((best, next) => (isHigher(next, best) ? next : best), first);
}
