import type { Evidence } from '../core/finding.ts';
import { publicName } from '../litellm/known-issues.ts';
import type { Certainty, KnownIssue } from '../litellm/releases/known-issue.ts';

const CERTAINTY_WORDS: Readonly<Record<Certainty, string>> = { V: 'verified', I: 'reported', '?': 'inferred' };

/** All that is known of an issue. */
export function inFull(issue: KnownIssue): Evidence {
  const { id, title, severity, kind, certainty, introduced, lastAffected, source, note } = issue;
  return {
    id,
    title,
    severity,
    kind,
    certainty: CERTAINTY_WORDS[certainty],
    ...requirements(issue),
    introduced: introduced ?? 'not known',
    ...(lastAffected.length > 0 && { lastAffected: lastAffected.join(', ') }),
    ...fix(issue),
    source,
    ...(note !== undefined && { note }),
  };
}

/** What matters of a security issue, by the name that people search for. */
export function inShort(issue: KnownIssue): Evidence {
  const { title, advisory, severity, certainty, note } = issue;
  return {
    id: publicName(issue),
    severity: [
      advisory?.rating ?? severity,
      ...(advisory?.exploited ? ['exploited'] : []),
      ...(advisory?.withoutLogin ? ['without a login'] : []),
    ].join(', '),
    title,
    ...requirements(issue),
    certainty: CERTAINTY_WORDS[certainty],
    ...fix(issue),
    ...(note !== undefined && { note }),
  };
}

function requirements({ iam, setting }: KnownIssue): { readonly requires?: string } {
  const all = [...(iam ? ['login with IAM tokens'] : []), ...(setting === undefined ? [] : [setting])];
  return all.length === 0 ? {} : { requires: all.join('; ') };
}

function fix({ fixed }: KnownIssue): { readonly fixed: string } | { readonly open: string } {
  return fixed.length === 0 ? { open: 'no fixed version known' } : { fixed: fixed.join(', ') };
}
