import { compare, ge, lt } from '@renovatebot/pep440';
import { isAffected, releaseLine } from '../../lambda/litellm/affected.ts';
import type { VersionRange } from '../../lambda/litellm/releases/known-issue.ts';
import { parseLitellmVersion } from '../../lambda/litellm/version.ts';

/** One end of a range: a version at which something begins or ends. */
export interface Bound {
  readonly end: 'introduced' | 'fixed' | 'last_affected';
  readonly version: string;
}

/** The published releases on both sides of a bound. */
export interface Neighbours {
  readonly before: string;
  readonly at: string;
}

/** The bounds of a range that packages can show: not `0`, which is before the first, and not one that is unknown. */
export function boundsOf({ introduced, fixed, lastAffected }: VersionRange): readonly Bound[] {
  return [
    ...(introduced === null || introduced === '0' ? [] : [{ end: 'introduced', version: introduced } as const]),
    ...fixed.map((version) => ({ end: 'fixed', version }) as const),
    ...(fixed.length > 0 ? [] : lastAffected.map((version) => ({ end: 'last_affected', version }) as const)),
  ];
}

/**
 * The newest release before the bound and the oldest after it, of which the range holds exactly one; null when none was published there.
 * @param published releases, in any order
 */
export function neighbours(
  range: VersionRange,
  { end, version }: Bound,
  published: readonly string[],
): Neighbours | null {
  const sorted = published.toSorted(compare);
  const holds = (text: string) => {
    const parsed = parseLitellmVersion(text);
    return parsed !== null && isAffected(parsed, range);
  };
  const line = releaseLine(version);
  if (end === 'introduced') {
    const at = sorted.find((release) => ge(release, version) && holds(release));
    const before = sorted.findLast((release) => lt(release, version) && !holds(release));
    return at === undefined || before === undefined ? null : { before, at };
  }
  if (end === 'fixed') {
    const at = sorted.find((release) => ge(release, version) && releaseLine(release) === line);
    const before = sorted.findLast((release) => lt(release, version) && holds(release));
    return at === undefined || before === undefined ? null : { before, at };
  }
  const before = sorted.findLast((release) => releaseLine(release) === line && holds(release));
  const at = sorted.find((release) => before !== undefined && ge(release, before) && !holds(release));
  return at === undefined || before === undefined ? null : { before, at };
}
