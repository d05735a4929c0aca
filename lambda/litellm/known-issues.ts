import { gt } from '@renovatebot/pep440';
import { listed } from '../core/text.ts';
import { isAffected } from './affected.ts';
import { ABOUT } from './releases/about.ts';
import type { Certainty, KnownIssue, KnownIssueKind, KnownIssueSeverity } from './releases/known-issue.ts';
import type { KNOWN_ISSUE_IDS } from './releases/known-issue-ids.ts';
import { KNOWN_ISSUES } from './releases/known-issues.ts';
import type { LitellmVersion } from './version.ts';

const KINDS: readonly KnownIssueKind[] = ['leak', 'regression', 'availability', 'security'];
const SEVERITIES: readonly KnownIssueSeverity[] = ['critical', 'warning', 'info'];
const CERTAINTIES: readonly Certainty[] = ['V', 'I', '?'];
const RATINGS: readonly string[] = ['critical (malware)', 'critical', 'high', 'medium', 'low'];

/**
 * Worst first; connection issues before security ones, what is exploited without a login before all other security issues, and what always
 * holds before what requires a setting. The order of the tables decides between equals.
 */
const RANKED: readonly KnownIssue[] = KNOWN_ISSUES.toSorted(
  (a, b) =>
    Number(isSecurity(a)) - Number(isSecurity(b)) ||
    exploitRank(a) - exploitRank(b) ||
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    Number(b.advisory?.withoutLogin ?? false) - Number(a.advisory?.withoutLogin ?? false) ||
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

/** An id of knowledge/known-issues.tsv or advisories.tsv: a misspelled one does not compile. */
export type KnownIssueId = (typeof KNOWN_ISSUE_IDS)[number];

/** The ends of an issue's range in words: its first version, the last affected and the first fixed one. */
export function rangeOf(name: KnownIssueId): Readonly<Record<'introduced' | 'lastAffected' | 'fixed', string>> {
  const issue = KNOWN_ISSUES.find(({ id }) => id === name);
  return {
    introduced: issue?.introduced ?? '0',
    lastAffected: listed(issue?.lastAffected ?? []),
    fixed: fixedIn(name),
  };
}

/** The versions that fix an issue or advisory: `1.83.9`; `no version known` where none does. */
export function fixedIn(name: KnownIssueId): string {
  const issue = KNOWN_ISSUES.find(({ id }) => id === name);
  return issue === undefined || issue.fixed.length === 0 ? 'no version known' : listed(issue.fixed);
}

/** Whether a version is newer than all that the knowledge covers. A rebuild of the newest release is not. */
export function isBeyondKnowledge({ text }: LitellmVersion): boolean {
  return gt(text, ABOUT.newest) && !text.startsWith(`${ABOUT.newest}.post`);
}

export function isSecurity({ kind }: KnownIssue): boolean {
  return kind === 'security';
}

/** The name that people search for: the CVE, else the id. */
export function publicName({ id, advisory }: KnownIssue): string {
  return [id, ...(advisory?.aliases ?? [])].find((name) => name.startsWith('CVE-')) ?? id;
}

function exploitRank({ advisory }: KnownIssue): number {
  if (!advisory?.exploited) return 2;
  return advisory.withoutLogin ? 0 : 1;
}

function ratingRank({ advisory }: KnownIssue): number {
  const rank = RATINGS.findIndex((rating) => advisory?.rating.startsWith(rating));
  return rank === -1 ? RATINGS.length : rank;
}
