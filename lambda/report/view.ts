import type { Advice, Finding, Status } from '../core/finding.ts';
import { STATUSES, severityRank } from '../core/finding.ts';
import { listed } from '../core/text.ts';
import type { Cause } from '../diagnosis/diagnosis.ts';
import { overallStatus, type RenderableReport } from './report.ts';

/** A step as each rendering shows it. The texts are untrusted. */
export interface StepView extends Advice {
  /** It, or its command, stands with a cause already: the text refers to it, and there is no command. */
  readonly isRepeated: boolean;
}

/** One thing to show: a finding, or several checks that are unknown for the same reason. */
export interface Section {
  readonly status: Status;
  /** Untrusted text. */
  readonly headline: string;
  /** What it is about: check and subject, or the checks of a group. Untrusted text. */
  readonly about: string;
  /** The confidence with its reason; null when it is high. Untrusted text. */
  readonly confidence: string | null;
  readonly steps: readonly StepView[];
  /** The finding, or the first of the group. */
  readonly lead: Finding;
  /** More than one for a group. */
  readonly findings: readonly Finding[];
}

/** A cause as each rendering shows it. The texts are untrusted. */
export interface CauseView {
  readonly label: string;
  readonly what: string;
  readonly first: Advice;
  readonly firstLabel: string;
  readonly confidence: string;
}

/** What every rendering of a report shows, derived once. */
export interface ReportView {
  readonly report: RenderableReport;
  /** The worse of incident and risk. */
  readonly status: Status;
  readonly causes: readonly CauseView[];
  /** What is not ok, worst first. */
  readonly sections: readonly Section[];
  /** The checks that are not ok, worst first, each once. */
  readonly notOkChecks: readonly string[];
  /** The checks that found nothing to report, each once. */
  readonly okChecks: readonly string[];
  /** `2 critical, 3 warnings, 5 ok` */
  readonly counts: string;
}

export function viewOf(report: RenderableReport): ReportView {
  const { findings } = report;
  const causes = causesOf(report);
  const sections = sectionsOf(findings, causes);
  const notOkChecks = checkIds(sections.flatMap((section) => section.findings));
  return {
    report,
    status: overallStatus(report),
    causes,
    sections,
    notOkChecks,
    okChecks: checkIds(findings).filter((checkId) => !notOkChecks.includes(checkId)),
    counts: countsOf(findings),
  };
}

/** Checks that lacked sources for the same reason are one section: a database that is down makes many. */
function sectionsOf(findings: readonly Finding[], causes: readonly CauseView[]): Section[] {
  const notOk = findings.filter((finding) => finding.status !== 'ok');
  const groups = Map.groupBy(notOk, (finding) => {
    const reason = missingReason(finding);
    // The same reason can ask for another step, a GRANT on another table say.
    return reason === undefined ? finding : JSON.stringify([reason, finding.advice]);
  });
  return [...groups.values()]
    .flatMap((group) => sectionOf(group, causes))
    .sort((a, b) => severityRank(b.status) - severityRank(a.status));
}

function sectionOf(findings: readonly Finding[], causes: readonly CauseView[]): Section[] {
  const [lead] = findings;
  if (lead === undefined) return [];
  const { status, checkId, subject, summary, advice, confidence, confidenceReason = '' } = lead;
  const isGroup = findings.length > 1;
  return [
    {
      status,
      headline: isGroup ? `${findings.length} checks could not be made: ${missingReason(lead)}` : summary,
      about: isGroup ? checkIds(findings).join(', ') : `${checkId}, ${subject}`,
      confidence: confidence === 'high' ? null : `${confidence}. ${confidenceReason}`.trim(),
      steps: advice.map((step) => stepView(step, causes)),
      lead,
      findings,
    },
  ];
}

/** Why a check could not be made for want of sources; undefined for one that was made. */
function missingReason({ status, missingSources = [] }: Finding): string | undefined {
  if (status !== 'unknown' || missingSources.length === 0) return undefined;
  return [...new Set(missingSources.map(({ reason }) => reason))].join(' ');
}

/** The checks of the findings in the findings' order, each once. */
function checkIds(findings: readonly Finding[]): string[] {
  return [...new Set(findings.map((finding) => finding.checkId))];
}

const LABELS = [
  { label: 'Cause', firstLabel: 'First' },
  { label: 'Second problem', firstLabel: 'Then' },
] as const;

function causesOf({ diagnosis, findings }: RenderableReport): CauseView[] {
  const causes: CauseView[] = [];
  for (const [rank, labels] of LABELS.entries()) {
    const cause = diagnosis.causes[rank];
    if (cause === undefined) continue;
    const { isRepeated: _, ...first } = stepView(cause.first, causes);
    causes.push({ ...labels, what: cause.what, first, confidence: confidenceOf(cause, findings) });
  }
  return causes;
}

/** A step below these causes. A command that stands with one of them is not shown again. */
function stepView(step: Advice, causes: readonly CauseView[]): StepView {
  const { text, command } = step;
  const same = causes.find(({ first }) => first.text === text && first.command === command);
  if (same !== undefined) return { text: `As under "${same.firstLabel}" above.`, isRepeated: true };
  const alike = command === undefined ? undefined : causes.find(({ first }) => first.command === command);
  if (alike === undefined) return { ...step, isRepeated: false };
  const see = text.endsWith(':') ? 'see' : 'See';
  return { text: `${text} ${see} the command under "${alike.firstLabel}" above.`, isRepeated: true };
}

/** A message that is too large leaves findings out, so only those that are there are named. */
function confidenceOf({ confidence, fingerprints }: Cause, findings: readonly Finding[]): string {
  const shown = checkIds(findings.filter(({ fingerprint }) => fingerprints.includes(fingerprint)));
  return shown.length > 0 ? `${confidence}; based on ${listed(shown)}.` : `${confidence}.`;
}

function countsOf(findings: readonly Finding[]): string {
  const counts = STATUSES.toReversed()
    .map((status) => ({ status, count: findings.filter((finding) => finding.status === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${count} ${status}${status === 'warning' && count > 1 ? 's' : ''}`);
  return counts.join(', ') || 'no findings';
}
