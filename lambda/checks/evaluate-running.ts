import { type Advice, type Evidence, severityRank } from '../core/finding.ts';
import { isBeyondKnowledge } from '../litellm/known-issues.ts';
import { ABOUT } from '../litellm/releases/about.ts';
import type { KnownIssue, KnownIssueSeverity } from '../litellm/releases/known-issue.ts';
import { KNOWN_ISSUES } from '../litellm/releases/known-issues.ts';
import { type LitellmVersion, parseLitellmVersion } from '../litellm/version.ts';
import { allVersions, ORIGINS, type RunningVersion } from '../model/running-version.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type CheckResult, type Evaluated, type NotEvaluated, notEvaluated } from './check.ts';
import { UPDATE_AUDITOR } from './known-issue-advice.ts';
import { unreadTable } from './not-evaluated.ts';
import { LEARN_VERSION } from './remediation.ts';

/** What checks of the version find: the issues of one kind that it has. */
export type KnownVersionFacts = {
  readonly version: string;
  readonly statedBy: string;
  readonly knowledgeDate: string;
  /** Worst first. */
  readonly issues: readonly KnownIssue[];
  /** All versions that run, where replicas differ. */
  readonly replicas?: readonly string[];
};

type Evaluate<Facts extends KnownVersionFacts> = (version: LitellmVersion, running: RunningVersion) => Evaluated<Facts>;

/** The result for the version that runs, and for the worst one where replicas run several; `unknown` for one of which nothing is known. */
export function evaluateRunning<Facts extends KnownVersionFacts>(
  snapshot: Snapshot,
  running: RunningVersion | null,
  evaluate: Evaluate<Facts>,
): CheckResult<Facts> {
  const subject = `database ${snapshot.database}`;
  if (running === null) {
    const { litellm } = snapshot.sources;
    if (litellm.status === 'ok' && litellm.value.migrations.state === 'failed') {
      const unread = unreadTable(litellm.value.migrations, 'litellm', snapshot);
      return { ...unread, advice: [...unread.advice, LEARN_VERSION] };
    }
    return unknown(
      subject,
      'The LiteLLM version that runs is not known: "litellmVersion" is not set in the configuration.',
    );
  }
  if (running.others === undefined) return evaluateOne(running, subject, evaluate);
  const replicas = allVersions(running);
  const worst = replicas
    .map((version) => evaluateOne({ ...running, version }, subject, evaluate))
    .reduce((worse, next) => (weightOf(next) > weightOf(worse) ? next : worse));
  return 'evidence' in worst
    ? { ...worst, evidence: { ...worst.evidence, replicas } }
    : { ...worst, facts: { ...worst.facts, replicas } };
}

/** An issue that no version fixes is shown, but does not warn: nobody could make the warning go away. */
export function effectiveSeverity({ severity, fixed, lastAffected }: KnownIssue): KnownIssueSeverity {
  const open = fixed.length === 0 && lastAffected.length === 0;
  return open && severity === 'warning' ? 'info' : severity;
}

/** The worst severity of the issues, and those that have it; null when there is none. */
export function worstOf(issues: readonly KnownIssue[]): {
  readonly severity: KnownIssueSeverity | null;
  readonly decisive: readonly KnownIssue[];
} {
  const severities = issues.map(effectiveSeverity);
  const severity = (['critical', 'warning', 'info'] as const).find((one) => severities.includes(one)) ?? null;
  return { severity, decisive: issues.filter((issue) => effectiveSeverity(issue) === severity) };
}

/** What may happen is never critical: it is evidence beside a symptom. */
export function statusOf(severity: KnownIssueSeverity | null): 'ok' | 'info' | 'warning' {
  if (severity === null) return 'ok';
  return severity === 'info' ? 'info' : 'warning';
}

/** No version is critical by itself, so between two that warn their issues decide: the worst of them, then how many there are. */
function weightOf({ status, facts }: CheckResult<KnownVersionFacts>): number {
  const issues = facts?.issues ?? [];
  const hasCritical = issues.some((issue) => effectiveSeverity(issue) === 'critical');
  return severityRank(hasCritical ? 'critical' : status) + issues.length / KNOWN_ISSUES.length;
}

function evaluateOne<Facts extends KnownVersionFacts>(
  running: RunningVersion,
  subject: string,
  evaluate: Evaluate<Facts>,
): CheckResult<Facts> {
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
  return running.lowerBound ? atLeast(version, running, subject) : evaluate(version, running);
}

/** A later version may have fixed what a lower bound had: nothing is claimed about the version that runs. */
function atLeast(version: LitellmVersion, { from, newerThanKnown }: RunningVersion, subject: string): NotEvaluated {
  const { words } = ORIGINS[from];
  const evidence = { atLeast: version.text, statedBy: words };
  if (newerThanKnown) {
    return unknown(
      subject,
      `The schema is newer than what the auditor knows of ${ABOUT.date}: it has migrations of a LiteLLM after ${version.text} that the auditor does not know.`,
      { ...evidence, migrationsKnownTo: ABOUT.migrations },
      [LEARN_VERSION, UPDATE_AUDITOR],
    );
  }
  return unknown(
    subject,
    `The schema is that of LiteLLM ${version.text} or newer, according to ${words}, but which version runs is not known.`,
    evidence,
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
