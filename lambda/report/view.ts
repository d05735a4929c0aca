import type { Advice, Finding, Status } from '../core/finding.ts';
import { STATUSES, severityRank } from '../core/finding.ts';
import { listed } from '../core/text.ts';
import type { Cause } from '../diagnosis/diagnosis.ts';
import { overallStatus, type RenderableReport } from './report.ts';

/** One thing to show: a finding, or several checks that are unknown for the same reason. */
export interface Section {
  readonly status: Status;
  /** Untrusted text. */
  readonly headline: string;
  /** What it is about: check and subject, or the checks of a group. Untrusted text. */
  readonly about: string;
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
  /** The checks that found nothing to report, each once. */
  readonly okChecks: readonly string[];
  /** `2 critical, 3 warnings, 5 ok` */
  readonly counts: string;
}

export function viewOf(report: RenderableReport): ReportView {
  const { findings } = report;
  const sections = sectionsOf(findings);
  const notOk = new Set(checkIds(sections.flatMap((section) => section.findings)));
  return {
    report,
    status: overallStatus(report),
    causes: causesOf(report),
    sections,
    okChecks: checkIds(findings).filter((checkId) => !notOk.has(checkId)),
    counts: countsOf(findings),
  };
}

/** Checks that lacked sources for the same reason are one section: a database that is down makes many. */
function sectionsOf(findings: readonly Finding[]): Section[] {
  const notOk = findings.filter((finding) => finding.status !== 'ok');
  const groups = Map.groupBy(notOk, (finding) => {
    const reason = missingReason(finding);
    // The same reason can ask for another step, a GRANT on another table say.
    return reason === undefined ? finding : JSON.stringify([reason, finding.advice]);
  });
  return [...groups.values()].flatMap(sectionOf).sort((a, b) => severityRank(b.status) - severityRank(a.status));
}

function sectionOf(findings: readonly Finding[]): Section[] {
  const [lead] = findings;
  if (lead === undefined) return [];
  const { status, checkId, subject, summary } = lead;
  if (findings.length === 1) return [{ status, headline: summary, about: `${checkId}, ${subject}`, lead, findings }];
  const headline = `${findings.length} checks could not be made: ${missingReason(lead)}`;
  return [{ status, headline, about: checkIds(findings).join(', '), lead, findings }];
}

/** Why a check could not be made for want of sources; undefined for one that was made. */
function missingReason({ status, missingSources = [] }: Finding): string | undefined {
  if (status !== 'unknown' || missingSources.length === 0) return undefined;
  return [...new Set(missingSources.map(({ reason }) => reason))].join(' ');
}

/** The checks of the findings in the findings' order, each once. */
export function checkIds(findings: readonly Finding[]): string[] {
  return [...new Set(findings.map((finding) => finding.checkId))];
}

const LABELS = [
  { label: 'Cause', firstLabel: 'First' },
  { label: 'Second problem', firstLabel: 'Then' },
] as const;

function causesOf({ diagnosis, findings }: RenderableReport): CauseView[] {
  return LABELS.flatMap((labels, rank) => {
    const cause = diagnosis.causes[rank];
    if (cause === undefined) return [];
    const { what, first } = cause;
    return [{ ...labels, what, first, confidence: confidenceOf(cause, findings) }];
  });
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
