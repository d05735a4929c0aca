import { ge, gt, lt } from '@renovatebot/pep440';
import type { VersionRange } from './releases/known-issue.ts';
import type { LitellmVersion } from './version.ts';

/**
 * Whether a version is inside a range. A build that leads to the first affected release counts as affected; one that leads to the fix is
 * not fixed yet.
 */
export function isAffected(version: LitellmVersion, { introduced, fixed, lastAffected }: VersionRange): boolean {
  return (
    (introduced === null || ge(version.release, introduced)) &&
    !isPast(version, fixed, (entry) => ge(version.text, entry)) &&
    !isPast(version, lastAffected, (entry) => !entry.endsWith('.x') && gt(version.release, entry))
  );
}

/** `1.81` for 1.81.3: the line that fixes are ported back on. */
export function releaseLine(release: string): string {
  return release.split('.').slice(0, 2).join('.');
}

/** Past the entry of the version's own line, or on a later line than all entries. */
function isPast(version: LitellmVersion, entries: readonly string[], isPastEntry: (entry: string) => boolean): boolean {
  const line = releaseLine(version.release);
  const own = entries.find((entry) => releaseLine(entry) === line);
  if (own !== undefined) return isPastEntry(own);
  return entries.length > 0 && entries.every((entry) => lt(releaseLine(entry), line));
}
