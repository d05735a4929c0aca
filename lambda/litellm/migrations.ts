import { gt } from '@renovatebot/pep440';
import { FIRST_VERSIONS } from './releases/first-versions.ts';

export interface MigrationVersion {
  /** A lower bound of the highest LiteLLM version that ever migrated the database. */
  readonly version: string;
  /** How many applied migrations no known version ships. */
  readonly unknownNames: number;
  /** Some are unknown: a version later than the table's last, 1.81.13, or a migration that LiteLLM did not ship. */
  readonly newerThanKnown: boolean;
}

const FIRST_VERSION_OF: ReadonlyMap<string, string> = new Map(Object.entries(FIRST_VERSIONS));

/**
 * What the names in "_prisma_migrations" show, those that were applied: `finished_at` set, `rolled_back_at` not. Names do not sort by
 * version, so the newest known one counts, wherever it stands. null when no name is known.
 */
export function migrationVersion(applied: readonly string[]): MigrationVersion | null {
  const names = new Set(applied);
  const versions = [...names].flatMap((name) => FIRST_VERSION_OF.get(name) ?? []);
  const [first, ...rest] = versions;
  if (first === undefined) return null;
  const unknownNames = names.size - versions.length;
  return {
    version: rest.reduce((highest, next) => (gt(next, highest) ? next : highest), first),
    unknownNames,
    newerThanKnown: unknownNames > 0,
  };
}
