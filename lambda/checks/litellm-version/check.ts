import { counted, listed } from '../../core/text.ts';
import { isSecurity, knownIssuesOf } from '../../litellm/known-issues.ts';
import { ABOUT } from '../../litellm/releases/about.ts';
import type { KnownIssue, KnownIssueSeverity } from '../../litellm/releases/known-issue.ts';
import { upgradeTarget } from '../../litellm/upgrade.ts';
import type { LitellmVersion } from '../../litellm/version.ts';
import { ORIGINS } from '../../model/running-version.ts';
import { defineCheck, risk } from '../check.ts';
import { evaluateRunning, statusOf, worstOf } from '../evaluate-running.ts';
import { knownIssueAdvice } from '../known-issue-advice.ts';
import { issueUncertainty } from '../known-issue-uncertainty.ts';
import { type VersionFacts, versionEvidence } from './evidence.ts';
import { cannotBe, fittingFirst, traitsSeen } from './fitting.ts';

export const litellmVersion = defineCheck({
  id: 'litellm-version',
  title: 'The LiteLLM version that runs has no known connection issue.',
  kind: 'risk',
  needs: [],
  evaluate({ snapshot, model }) {
    const { runningVersion, iamLogin } = model;
    const traits = traitsSeen(snapshot, model);
    return [
      evaluateRunning<VersionFacts>(snapshot, runningVersion, (version, running) => {
        const known = knownIssuesOf(version, { iam: iamLogin.use !== 'no' }).filter((issue) => !isSecurity(issue));
        const issues = fittingFirst(known, traits);
        const possible = issues.filter((issue) => !cannotBe(issue, traits));
        const { severity, decisive } = worstOf(possible.length > 0 ? possible : issues);
        return risk({
          status: statusOf(severity),
          subject: `database ${snapshot.database}`,
          summary: summarize(version, severity, issues, decisive),
          facts: {
            version: version.text,
            statedBy: ORIGINS[running.from].words,
            knowledgeDate: ABOUT.date,
            iamLogin: iamLogin.words,
            issues,
          },
          advice: knownIssueAdvice(issues, upgradeTarget(version)),
          uncertainty: issueUncertainty(version, running, iamLogin, decisive),
        });
      }),
    ];
  },
  evidence: versionEvidence,
});

function summarize(
  version: LitellmVersion,
  severity: KnownIssueSeverity | null,
  issues: readonly KnownIssue[],
  [worst, ...next]: readonly KnownIssue[],
): string {
  if (worst === undefined) return `LiteLLM ${version.text} has no known connection issue.`;
  if (severity === 'info') {
    return `LiteLLM ${version.text} has no connection issue that another version fixes; ${counted(issues.length, 'minor or open one')} ${issues.length === 1 ? 'is' : 'are'} known.`;
  }
  const others = listed(severity === 'critical' ? next.map(({ id }) => id) : []);
  return `LiteLLM ${version.text} has ${counted(issues.length, 'known connection issue')}; the worst: ${worst.title} (${issueName(worst)})${others && `, then ${others}`}.`;
}

function issueName({ id, setting }: KnownIssue): string {
  return setting === undefined ? id : `${id}; requires ${setting}`;
}
