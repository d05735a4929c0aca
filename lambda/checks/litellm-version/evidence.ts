import { lt } from '@renovatebot/pep440';
import type { Finding } from '../../core/finding.ts';
import type { Json } from '../../core/json.ts';
import { isSecurity } from '../../litellm/known-issues.ts';
import { ABOUT } from '../../litellm/releases/about.ts';
import type { Certainty, KnownIssue } from '../../litellm/releases/known-issue.ts';
import type { LitellmVersion } from '../../litellm/version.ts';

const CERTAINTY_WORDS: Readonly<Record<Certainty, string>> = { V: 'verified', I: 'reported', '?': 'inferred' };

/** Connection faults in full, security ones in short, and LiteLLM's own guide where it and the evidence differ. */
export function knownIssueEvidence(version: LitellmVersion, faults: readonly KnownIssue[]): Finding['evidence'] {
  const security = faults.filter(isSecurity);
  const connection = faults.filter((fault) => !isSecurity(fault));
  const { says, evidence, source, until } = ABOUT.guide;
  return {
    ...(connection.length > 0 && { connectionIssues: connection.map(inFull) }),
    ...(security.length > 0 && { securityIssues: security.map(inShort) }),
    ...(lt(version.text, until) && { guide: { says, evidence, source } }),
  };
}

function inFull(fault: KnownIssue): Json {
  const { id, title, severity, kind, certainty, introduced, lastAffected, source, note } = fault;
  return {
    id,
    title,
    severity,
    kind,
    certainty: CERTAINTY_WORDS[certainty],
    ...needsOf(fault),
    introduced: introduced ?? 'not known',
    ...(lastAffected.length > 0 && { lastAffected: lastAffected.join(', ') }),
    ...fixedOf(fault),
    source,
    ...(note !== undefined && { note }),
  };
}

function inShort(fault: KnownIssue): Json {
  const { id, title, advisory, severity, certainty, note } = fault;
  return {
    id,
    severity: `${advisory?.rating ?? severity}${advisory?.exploited ? ', exploited' : ''}`,
    title,
    ...needsOf(fault),
    certainty: CERTAINTY_WORDS[certainty],
    ...fixedOf(fault),
    ...(note !== undefined && { note }),
  };
}

function needsOf({ iam, setting }: KnownIssue): { readonly needs?: string } {
  const needs = [...(iam ? ['log-in with IAM tokens'] : []), ...(setting === undefined ? [] : [setting])];
  return needs.length === 0 ? {} : { needs: needs.join('; ') };
}

function fixedOf({ fixed }: KnownIssue): { readonly fixed: string } | { readonly open: string } {
  return fixed.length === 0 ? { open: 'no fixed version known' } : { fixed: fixed.join(', ') };
}
