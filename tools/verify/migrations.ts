import { compare, gt } from '@renovatebot/pep440';
import { PackageError, type Packages } from './packages.ts';

/** What the releases after the newest one in the table of migrations bring. */
export interface NewMigrations {
  /** By the first release that has it. */
  readonly missing: readonly { readonly name: string; readonly version: string }[];
  /** Releases whose migrations could not be fetched. */
  readonly notFetched: readonly string[];
}

/** The migrations of the releases after `newest` that are not among `known`. */
export async function newMigrations(
  packages: Packages,
  newest: string,
  known: ReadonlySet<string>,
): Promise<NewMigrations> {
  const releases = (await packages.published()).filter((version) => gt(version, newest)).toSorted(compare);
  const missing = new Map<string, string>();
  const notFetched: string[] = [];
  for (const version of releases) {
    try {
      for (const name of await packages.migrations(version)) {
        if (!known.has(name) && !missing.has(name)) missing.set(name, version);
      }
    } catch (error) {
      if (!(error instanceof PackageError)) throw error;
      notFetched.push(version);
    }
  }
  return { missing: [...missing].map(([name, version]) => ({ name, version })), notFetched };
}
