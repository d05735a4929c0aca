import { type Advice, type Evidence, severityRank } from '../../core/finding.ts';
import { counted, listed } from '../../core/text.ts';
import { isBeyondKnowledge, isSecurity, knownIssuesOf } from '../../litellm/known-issues.ts';
import { ABOUT } from '../../litellm/releases/about.ts';
import type { KnownIssue, KnownIssueSeverity } from '../../litellm/releases/known-issue.ts';
import { upgradeTarget } from '../../litellm/upgrade.ts';
import { type LitellmVersion, parseLitellmVersion } from '../../litellm/version.ts';
import type { IamLogin } from '../../model/iam-login.ts';
import { allVersions, ORIGINS, type RunningVersion } from '../../model/running-version.ts';
import { type CheckResult, defineCheck, type NotEvaluated, notEvaluated, risk } from '../check.ts';
import { LEARN_VERSION } from '../remediation.ts';
import { knownIssueAdvice, UPDATE_AUDITOR } from './advice.ts';
import { type VersionFacts, versionEvidence } from './evidence.ts';
import { uncertaintyOf } from './uncertainty.ts';

export const litellmVersion = defineCheck({
  id: 'litellm-version',
  title: 'The LiteLLM version that runs has no known issue.',
  kind: 'risk',
  needs: [],
  evaluate({ snapshot, model: { runningVersion: running, iamLogin } }) {
    const subject = `database ${snapshot.database}`;
    return [
      running?.others ? evaluateReplicas(running, iamLogin, subject) : evaluateVersion(running, iamLogin, subject),
    ];
  },
  evidence: versionEvidence,
});

/** Replicas at several versions: the worst of them is shown, and all are named. */
function evaluateReplicas(running: RunningVersion, iam: IamLogin, subject: string): CheckResult<VersionFacts> {
  const replicas = allVersions(running);
  const worst = replicas
    .map((version) => evaluateVersion({ ...running, version }, iam, subject))
    .reduce((worse, next) => (weightOf(next) > weightOf(worse) ? next : worse));
  return worst.facts === null
    ? { ...worst, evidence: { ...worst.evidence, replicas } }
    : { ...worst, facts: { ...worst.facts, replicas } };
}

/** No version is critical by itself, so between two that warn their issues decide. */
function weightOf({ status, facts }: CheckResult<VersionFacts>): number {
  const hasCritical = facts?.issues.some((issue) => effectiveSeverity(issue) === 'critical') ?? false;
  return severityRank(hasCritical ? 'critical' : status);
}

/** The result of a version; `unknown` for one that is not known, no version, newer than the knowledge, or only a lower bound. */
export function evaluateVersion(
  running: RunningVersion | null,
  iam: IamLogin,
  subject: string,
): CheckResult<VersionFacts> {
  if (running === null) {
    return unknown(
      subject,
      'The LiteLLM version that runs is not known: "litellmVersion" is not set in the configuration.',
    );
  }
  const { words } = ORIGINS[running.from];
  const version = parseLitellmVersion(running.version);
  if (version === null) {
    const stated = JSON.stringify(running.version.slice(0, 60));
    return unknown(
      subject,
      `The LiteLLM version is ${stated} according to ${words}, which is not a version such as 1.81.3.`,
    );
  }
  if (isBeyondKnowledge(version)) {
    const summary = `LiteLLM ${version.text} is newer than what the auditor knows, which ends with ${ABOUT.newest} on ${ABOUT.date}.`;
    return unknown(subject, summary, { version: version.text, statedBy: words }, [UPDATE_AUDITOR]);
  }
  return running.lowerBound ? atLeast(version, words, iam, subject) : evaluateKnown(version, running, iam, subject);
}

function evaluateKnown(
  version: LitellmVersion,
  running: RunningVersion,
  iam: IamLogin,
  subject: string,
): CheckResult<VersionFacts> {
  const issues = knownIssuesOf(version, { iam: iam.use !== 'no' });
  const severities = issues.map(effectiveSeverity);
  const worst = (['critical', 'warning', 'info'] as const).find((severity) => severities.includes(severity)) ?? null;
  const decisive = issues.filter((issue) => effectiveSeverity(issue) === worst);
  return risk({
    // What may happen is never critical: it is evidence beside a symptom.
    status: worst === null ? 'ok' : worst === 'info' ? 'info' : 'warning',
    subject,
    summary: summarize(version, worst, issues, decisive),
    facts: {
      version: version.text,
      statedBy: ORIGINS[running.from].words,
      knowledgeDate: ABOUT.date,
      iamLogin: iam.words,
      issues,
    },
    advice: knownIssueAdvice(issues, upgradeTarget(version)),
    uncertainty: uncertaintyOf(version, running, iam, decisive),
  });
}

/** A later version may have fixed what a lower bound had: nothing is claimed about the version that runs. */
function atLeast(version: LitellmVersion, words: string, iam: IamLogin, subject: string): NotEvaluated {
  const counts = countIssues(knownIssuesOf(version, { iam: iam.use !== 'no' }));
  return unknown(
    subject,
    `At least LiteLLM ${version.text} has run on this database, according to ${words}, but which version runs now is not known; ${version.text} itself has ${counts}.`,
    { atLeast: version.text, statedBy: words },
  );
}

function unknown(
  subject: string,
  summary: string,
  evidence: Evidence = {},
  advice: readonly Advice[] = [LEARN_VERSION],
): NotEvaluated {
  return notEvaluated({
    subject,
    summary,
    evidence: { ...evidence, knowledgeDate: ABOUT.date, newestKnown: ABOUT.newest },
    advice,
  });
}

/** An issue that no version fixes is shown, but does not warn: nobody could make the warning go away. */
function effectiveSeverity({ severity, fixed, lastAffected }: KnownIssue): KnownIssueSeverity {
  const open = fixed.length === 0 && lastAffected.length === 0;
  return open && severity === 'warning' ? 'info' : severity;
}

function summarize(
  version: LitellmVersion,
  severity: KnownIssueSeverity | null,
  issues: readonly KnownIssue[],
  [worst, ...next]: readonly KnownIssue[],
): string {
  if (worst === undefined) return `LiteLLM ${version.text} has no known issue.`;
  if (severity === 'info') {
    return `LiteLLM ${version.text} has no issue that another version fixes; ${counted(issues.length, 'minor or open one')} ${issues.length === 1 ? 'is' : 'are'} known.`;
  }
  const others = listed(
    severity === 'critical' && !isSecurity(worst) ? next.filter((issue) => !isSecurity(issue)).map(({ id }) => id) : [],
  );
  return `LiteLLM ${version.text} has ${countIssues(issues)}; the worst: ${worst.title} (${issueName(worst)})${others && `, then ${others}`}.`;
}

function issueName({ id, setting }: KnownIssue): string {
  return setting === undefined ? id : `${id}; requires ${setting}`;
}

function countIssues(issues: readonly KnownIssue[]): string {
  const security = issues.filter(isSecurity);
  const critical = security.filter(({ severity }) => severity === 'critical').length;
  const connection = counted(issues.length - security.length, 'known connection issue');
  return `${connection} and ${counted(security.length, 'known security issue')}${critical > 0 ? `, ${critical} of them critical or exploited` : ''}`;
}
