import { type Status, severityOf, worstStatus } from '../../core/finding.ts';
import { counted, listed } from '../../core/text.ts';
import { isBeyondKnowledge, isSecurity, knownIssuesOf } from '../../litellm/known-issues.ts';
import { ABOUT } from '../../litellm/releases/about.ts';
import type { KnownIssue } from '../../litellm/releases/known-issue.ts';
import { upgradeTarget } from '../../litellm/upgrade.ts';
import { type LitellmVersion, parseLitellmVersion } from '../../litellm/version.ts';
import { type IamUse, iamUse } from '../../model/iam-login.ts';
import { type RunningVersion, runningVersion, versionsOf } from '../../model/running-version.ts';
import { type CheckResult, defineCheck } from '../check.ts';
import { result } from '../result.ts';
import { knownIssueAdvice, LEARN_VERSION, UPDATE_AUDITOR } from './advice.ts';
import { knownIssueEvidence } from './evidence.ts';
import { ORIGINS, uncertaintyOf } from './uncertainty.ts';

export const litellmVersion = defineCheck({
  id: 'litellm-version',
  title: 'The LiteLLM version that runs has no known fault.',
  needs: [],
  judge({ snapshot }, { target }) {
    const iam = iamUse(snapshot, target.databaseName);
    const subject = `database ${snapshot.database}`;
    const running = runningVersion(snapshot);
    return [running?.others ? judgeReplicas(running, iam, subject) : judgeVersion(running, iam, subject)];
  },
});

/** Replicas at several versions: the worst of them is told, and all are named. */
function judgeReplicas(running: RunningVersion, iam: IamUse, subject: string): CheckResult {
  const versions = versionsOf(running);
  const worst = versions
    .map((version) => judgeVersion({ ...running, version }, iam, subject))
    .reduce((worse, next) => (severityOf(next.status) > severityOf(worse.status) ? next : worse));
  return { ...worst, evidence: { ...worst.evidence, replicas: versions } };
}

/** The result of a version; `unknown` for one that is not known, no version, newer than the knowledge, or only a lower bound. */
export function judgeVersion(running: RunningVersion | null, iam: IamUse, subject: string): CheckResult {
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
    return unknown(subject, `The LiteLLM version is ${stated} by ${words}: that is no version like 1.81.3.`);
  }
  if (isBeyondKnowledge(version)) {
    const summary = `LiteLLM ${version.text} is newer than what the auditor knows, which ends with ${ABOUT.newest} on ${ABOUT.date}.`;
    return unknown(subject, summary, { version: version.text, statedBy: words }, [UPDATE_AUDITOR]);
  }
  return running.lowerBound ? atLeast(version, words, iam, subject) : judgeKnown(version, running, iam, subject);
}

function judgeKnown(version: LitellmVersion, running: RunningVersion, iam: IamUse, subject: string): CheckResult {
  const faults = knownIssuesOf(version, { iam: iam.use !== 'no' });
  const status = faults.length === 0 ? 'ok' : worstStatus(faults.map(statusOf));
  const decisive = faults.filter((fault) => statusOf(fault) === status);
  const upgrade = upgradeTarget(version);
  return result({
    status,
    subject,
    summary: summaryOf(version, status, faults, decisive),
    evidence: {
      version: version.text,
      statedBy: ORIGINS[running.from].words,
      knowledgeDate: ABOUT.date,
      iamLogin: iam.words,
      ...knownIssueEvidence(version, faults),
    },
    advice: knownIssueAdvice(faults, upgrade),
    uncertainty: uncertaintyOf(version, running, iam, decisive),
  });
}

/** A later version may have mended what a lower bound had: nothing is claimed of the version that runs. */
function atLeast(version: LitellmVersion, words: string, iam: IamUse, subject: string): CheckResult {
  const counts = countsOf(knownIssuesOf(version, { iam: iam.use !== 'no' }));
  return unknown(
    subject,
    `At least LiteLLM ${version.text} has run on this database, by ${words}, but which version runs now is not known; ${version.text} itself has ${counts}.`,
    { atLeast: version.text, statedBy: words },
  );
}

function unknown(
  subject: string,
  summary: string,
  evidence: CheckResult['evidence'] = {},
  advice: CheckResult['advice'] = [LEARN_VERSION],
): CheckResult {
  return result({
    status: 'unknown',
    subject,
    summary,
    evidence: { ...evidence, knowledgeDate: ABOUT.date, newestKnown: ABOUT.newest },
    advice,
  });
}

/** A fault that no version mends is told, but does not warn: nobody could make the warning go away. */
function statusOf({ severity, fixed, lastAffected }: KnownIssue): Status {
  const open = fixed.length === 0 && lastAffected.length === 0;
  return open && severity === 'warning' ? 'info' : severity;
}

function summaryOf(
  version: LitellmVersion,
  status: Status,
  faults: readonly KnownIssue[],
  [worst, ...next]: readonly KnownIssue[],
): string {
  if (worst === undefined) return `LiteLLM ${version.text} has no known fault.`;
  if (status === 'info') {
    return `LiteLLM ${version.text} has no fault that another version mends; ${counted(faults.length, 'minor or open one')} ${faults.length === 1 ? 'is' : 'are'} known.`;
  }
  const others = listed(
    status === 'critical' && !isSecurity(worst) ? next.filter((fault) => !isSecurity(fault)).map(({ id }) => id) : [],
  );
  return `LiteLLM ${version.text} has ${countsOf(faults)}; the worst: ${worst.title} (${nameOf(worst)})${others && `, then ${others}`}.`;
}

function nameOf({ id, setting }: KnownIssue): string {
  return setting === undefined ? id : `${id}; it takes ${setting}`;
}

function countsOf(faults: readonly KnownIssue[]): string {
  const security = faults.filter(isSecurity);
  const critical = security.filter(({ severity }) => severity === 'critical').length;
  const connection = counted(faults.length - security.length, 'known connection fault');
  return `${connection} and ${counted(security.length, 'known security fault')}${critical > 0 ? `, ${critical} of them critical or exploited` : ''}`;
}
