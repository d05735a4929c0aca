import { ge, gt, le, lt } from '@renovatebot/pep440';
import { releaseLine } from './affected.ts';
import { ABOUT } from './releases/about.ts';
import { BREAKING_CHANGES } from './releases/breaking-changes.ts';
import type { LitellmVersion } from './version.ts';

export interface Upgrade {
  readonly target: string;
  readonly why: string;
  /** `1.104.0: what changes`, oldest first. */
  readonly breaksOnTheWay: readonly string[];
}

/** All targets, the best first, for advice that does not depend on the version that runs: `1.108.13, else 1.109.3 or 1.110.2`. */
export function targetWords(): string {
  const [best, ...others] = ABOUT.targets.map(({ version }) => version);
  return others.length === 0 ? `${best}` : `${best}, else ${others.join(' or ')}`;
}

/**
 * Where to upgrade to: the best target that is newer, the LTS line first; none has a known security issue, which the generator of the
 * data ensures. null for a version that is as new as the target of its own line, or newer than all of them.
 */
export function upgradeTarget({ text, release }: LitellmVersion): Upgrade | null {
  if (ABOUT.targets.some((target) => releaseLine(target.version) === releaseLine(release) && ge(text, target.version)))
    return null;
  const best = ABOUT.targets.find((target) => lt(text, target.version));
  if (best === undefined) return null;
  return {
    target: best.version,
    why: best.why,
    breaksOnTheWay: BREAKING_CHANGES.filter(({ version }) => gt(version, text) && le(version, best.version)).map(
      ({ version, change }) => `${version}: ${change}`,
    ),
  };
}
