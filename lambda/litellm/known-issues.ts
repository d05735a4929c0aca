import { gt } from '@renovatebot/pep440';
import { isAffected } from './affected.ts';
import { ABOUT } from './releases/about.ts';
import type { Certainty, KnownIssue, KnownIssueKind, KnownIssueSeverity } from './releases/known-issue.ts';
import { KNOWN_ISSUES } from './releases/known-issues.ts';
import type { LitellmVersion } from './version.ts';

const KINDS: readonly KnownIssueKind[] = ['leak', 'regression', 'availability', 'security'];
const SEVERITIES: readonly KnownIssueSeverity[] = ['critical', 'warning', 'info'];
const CERTAINTIES: readonly Certainty[] = ['V', 'I', '?'];
const RATINGS: readonly string[] = ['critical (malware)', 'critical', 'high', 'medium', 'low'];

/**
 * Worst first; connection issues before security ones, and what always holds before what requires a setting. The order of the tables
 * decides between equals.
 */
const RANKED: readonly KnownIssue[] = KNOWN_ISSUES.toSorted(
  (a, b) =>
    Number(isSecurity(a)) - Number(isSecurity(b)) ||
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    Number(b.advisory?.exploited ?? false) - Number(a.advisory?.exploited ?? false) ||
    ratingRank(a) - ratingRank(b) ||
    CERTAINTIES.indexOf(a.certainty) - CERTAINTIES.indexOf(b.certainty) ||
    Number(a.setting !== undefined) - Number(b.setting !== undefined) ||
    KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind),
);

/**
 * The known issues of a version, worst first, connection issues before security ones. `iam`: LiteLLM logs in with IAM tokens. Nothing
 * is known of a version for which `isBeyondKnowledge` holds: an empty list does not clear it.
 */
export function knownIssuesOf(version: LitellmVersion, context: { readonly iam: boolean }): readonly KnownIssue[] {
  return RANKED.filter((issue) => (context.iam || !issue.iam) && isAffected(version, issue));
}

/** Whether a version is newer than all that the knowledge covers. A rebuild of the newest release is not. */
export function isBeyondKnowledge({ text }: LitellmVersion): boolean {
  return gt(text, ABOUT.newest) && !text.startsWith(`${ABOUT.newest}.post`);
}

export function isSecurity({ kind }: KnownIssue): boolean {
  return kind === 'security';
}

function ratingRank({ advisory }: KnownIssue): number {
  const rank = RATINGS.findIndex((rating) => advisory?.rating.startsWith(rating));
  return rank === -1 ? RATINGS.length : rank;
}
