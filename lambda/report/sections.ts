import * as z from 'zod';
import { type Finding, STATUSES, type Status, severityOf } from '../core/finding.ts';

/** One thing to tell: a finding, or several checks that are unknown for the same reason. */
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

/** How the checks' runner says which sources a check lacked. */
const gapsSchema = z.object({ missing: z.array(z.object({ reason: z.string() })).min(1) });

/** What is not ok, worst first. Checks that lacked sources for the same reason are one section: a database that is down makes many. */
export function sectionsOf(findings: readonly Finding[]): Section[] {
  const told = findings.filter((finding) => finding.status !== 'ok');
  const groups = Map.groupBy(told, (finding) => {
    const reason = gapOf(finding);
    // The same reason can ask for another remedy, a GRANT on another table say.
    return reason === undefined ? finding : JSON.stringify([reason, finding.advice]);
  });
  return [...groups.values()].flatMap(sectionOf).sort((a, b) => severityOf(b.status) - severityOf(a.status));
}

function sectionOf(findings: readonly Finding[]): Section[] {
  const [lead] = findings;
  if (lead === undefined) return [];
  const { status, checkId, subject, summary } = lead;
  if (findings.length === 1) return [{ status, headline: summary, about: `${checkId}, ${subject}`, lead, findings }];
  const headline = `${findings.length} checks could not be made: ${gapOf(lead)}`;
  return [{ status, headline, about: checkIdsOf(findings).join(', '), lead, findings }];
}

/** Why a check could not be made; undefined for one that was. */
function gapOf({ status, evidence }: Finding): string | undefined {
  const gaps = gapsSchema.safeParse(evidence);
  if (status !== 'unknown' || !gaps.success) return undefined;
  return [...new Set(gaps.data.missing.map(({ reason }) => reason))].join(' ');
}

/** The checks that found nothing at all to tell, each once. */
export function okChecks(findings: readonly Finding[]): string[] {
  const told = new Set(checkIdsOf(findings.filter((finding) => finding.status !== 'ok')));
  return checkIdsOf(findings).filter((checkId) => !told.has(checkId));
}

/** The checks of the findings in the findings' order, each once. */
export function checkIdsOf(findings: readonly Finding[]): string[] {
  return [...new Set(findings.map((finding) => finding.checkId))];
}

/** `2 critical, 3 warnings, 5 ok`: the findings by status, worst first. */
export function countsOf(findings: readonly Finding[]): string {
  const counts = STATUSES.toReversed()
    .map((status) => ({ status, count: findings.filter((finding) => finding.status === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${count} ${status}${status === 'warning' && count > 1 ? 's' : ''}`);
  return counts.join(', ') || 'no findings';
}
