import { lt } from '@renovatebot/pep440';
import type { Evidence } from '../../core/finding.ts';
import { isSecurity } from '../../litellm/known-issues.ts';
import { ABOUT } from '../../litellm/releases/about.ts';
import type { Certainty, KnownIssue } from '../../litellm/releases/known-issue.ts';

/** What is known of the version that runs. */
export type VersionFacts = {
  readonly version: string;
  readonly statedBy: string;
  readonly knowledgeDate: string;
  readonly iamLogin: string;
  /** Worst first, connection issues before security ones. */
  readonly issues: readonly KnownIssue[];
  /** All versions that run, where replicas differ. */
  readonly replicas?: readonly string[];
};

const CERTAINTY_WORDS: Readonly<Record<Certainty, string>> = { V: 'verified', I: 'reported', '?': 'inferred' };

/** Connection issues in full, security ones in short, and LiteLLM's own guide where it and the evidence differ. */
export function versionEvidence({ issues, replicas, ...facts }: VersionFacts): Evidence {
  const security = issues.filter(isSecurity);
  const connection = issues.filter((issue) => !isSecurity(issue));
  const { says, evidence, source, until } = ABOUT.guide;
  return {
    ...facts,
    ...(connection.length > 0 && { connectionIssues: connection.map(inFull) }),
    ...(security.length > 0 && { securityIssues: security.map(inShort) }),
    ...(lt(facts.version, until) && { guide: { says, evidence, source } }),
    ...(replicas !== undefined && { replicas }),
  };
}

function inFull(issue: KnownIssue): Evidence {
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

function inShort(issue: KnownIssue): Evidence {
  const { id, title, advisory, severity, certainty, note } = issue;
  return {
    id,
    severity: `${advisory?.rating ?? severity}${advisory?.exploited ? ', exploited' : ''}`,
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
