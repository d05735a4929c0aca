import type { Evidence } from '../../core/finding.ts';
import { counted, listed } from '../../core/text.ts';
import { isSecurity, knownIssuesOf, publicName } from '../../litellm/known-issues.ts';
import { ABOUT } from '../../litellm/releases/about.ts';
import type { KnownIssue, KnownIssueSeverity } from '../../litellm/releases/known-issue.ts';
import { upgradeTarget } from '../../litellm/upgrade.ts';
import type { LitellmVersion } from '../../litellm/version.ts';
import { ORIGINS } from '../../model/running-version.ts';
import { defineCheck, risk } from '../check.ts';
import { evaluateRunning, type KnownVersionFacts, statusOf, worstOf } from '../evaluate-running.ts';
import { knownIssueAdvice } from '../known-issue-advice.ts';
import { inShort } from '../known-issue-evidence.ts';
import { issueUncertainty } from '../known-issue-uncertainty.ts';

/** More would make the summary a list: the evidence has all. */
const MOST_NAMED = 3;

export const litellmSecurity = defineCheck({
  id: 'litellm-security',
  title: 'The LiteLLM version that runs has no known security issue.',
  kind: 'risk',
  needs: [],
  evaluate({ snapshot, model: { runningVersion, iamLogin } }) {
    const subject = `database ${snapshot.database}`;
    return [
      evaluateRunning<KnownVersionFacts>(snapshot, runningVersion, (version, running) => {
        const issues = knownIssuesOf(version, { iam: iamLogin.use !== 'no' }).filter(isSecurity);
        const { severity, decisive } = worstOf(issues);
        return risk({
          status: statusOf(severity),
          subject,
          summary: summarize(version, severity, issues),
          facts: {
            version: version.text,
            statedBy: ORIGINS[running.from].words,
            knowledgeDate: ABOUT.date,
            issues,
          },
          advice: knownIssueAdvice(issues, upgradeTarget(version)),
          uncertainty: issueUncertainty(version, running, iamLogin, decisive),
        });
      }),
    ];
  },
  evidence: securityEvidence,
});

function securityEvidence({ issues, replicas, ...facts }: KnownVersionFacts): Evidence {
  return {
    ...facts,
    ...(issues.length > 0 && { securityIssues: issues.map(inShort) }),
    ...(replicas !== undefined && { replicas }),
  };
}

function summarize(
  { text }: LitellmVersion,
  severity: KnownIssueSeverity | null,
  issues: readonly KnownIssue[],
): string {
  const [worst] = issues;
  if (worst === undefined) return `LiteLLM ${text} has no known security issue.`;
  const total = `LiteLLM ${text} has ${counted(issues.length, severity === 'info' ? 'minor or open security issue' : 'known security issue')}`;
  const exploited = issues.filter(({ advisory }) => advisory?.exploited);
  if (exploited.length > 0) return `${total}, ${exploited.length} of them exploited: ${named(exploited)}.`;
  return `${total}; the worst: ${worst.title} (${requirement(worst)}).`;
}

function named(issues: readonly KnownIssue[]): string {
  const shown = issues.slice(0, MOST_NAMED).map((issue) => `${publicName(issue)}, ${described(issue)}`);
  const more = issues.length - shown.length;
  return `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

function described(issue: KnownIssue): string {
  const { advisory, title, setting } = issue;
  const details = [
    ...(advisory?.withoutLogin ? ['without a login'] : []),
    ...(setting === undefined ? [] : [`requires ${setting}`]),
  ];
  return `${title}${details.length === 0 ? '' : ` (${details.join('; ')})`}`;
}

function requirement(issue: KnownIssue): string {
  return listed([publicName(issue), ...(issue.setting === undefined ? [] : [`requires ${issue.setting}`])]);
}
