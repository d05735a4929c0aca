import type { Advice } from '../core/finding.ts';
import { ABOUT } from '../litellm/releases/about.ts';
import type { KnownIssue } from '../litellm/releases/known-issue.ts';
import type { Upgrade } from '../litellm/upgrade.ts';

/** The upgrade, what to know before it, and what helps until then. */
export function knownIssueAdvice(issues: readonly KnownIssue[], upgrade: Upgrade | null): readonly Advice[] {
  if (issues.length === 0) return [];
  return [...(upgrade === null ? [] : upgradeSteps(upgrade)), ...workarounds(issues, upgrade)];
}

function upgradeSteps({ target, why, breaksOnTheWay }: Upgrade): readonly Advice[] {
  return [
    { text: `Upgrade LiteLLM to ${target}: ${why}.` },
    ...(breaksOnTheWay.length === 0
      ? []
      : [{ text: `Before that, read what changes on the way. ${breaksOnTheWay.join('; ')}.` }]),
    {
      text: 'Take a snapshot of the database first, since the new version migrates it, and replace the pods one by one: old and new ones together hold up to twice the connections.',
    },
  ];
}

function workarounds(issues: readonly KnownIssue[], upgrade: Upgrade | null): readonly Advice[] {
  const known = issues.flatMap(({ id, workaround }) => (workaround === undefined ? [] : `${id}: ${workaround}`));
  if (known.length === 0) return [];
  const when = upgrade === null ? 'Where one of them shows' : 'Until then, where one of them shows';
  return [{ text: `${when}. ${known.join(' ')}` }];
}

export const UPDATE_AUDITOR: Advice = {
  text: `Update the auditor to its newest release, and deploy it: what it knows of LiteLLM is of ${ABOUT.date} and ends with ${ABOUT.newest}. Until then, read LiteLLM's own release notes and advisories.`,
};
