import { lt } from '@renovatebot/pep440';
import type { Evidence } from '../../core/finding.ts';
import { ABOUT } from '../../litellm/releases/about.ts';
import type { KnownVersionFacts } from '../evaluate-running.ts';
import { inFull } from '../known-issue-evidence.ts';

/** What is known of the version that runs, besides its security. */
export type VersionFacts = KnownVersionFacts & { readonly iamLogin: string };

/** All issues in full, and LiteLLM's own guide where it and the evidence differ. */
export function versionEvidence({ issues, replicas, ...facts }: VersionFacts): Evidence {
  const { says, evidence, source, until } = ABOUT.guide;
  return {
    ...facts,
    ...(issues.length > 0 && { connectionIssues: issues.map(inFull) }),
    ...(lt(facts.version, until) && { guide: { says, evidence, source } }),
    ...(replicas !== undefined && { replicas }),
  };
}
