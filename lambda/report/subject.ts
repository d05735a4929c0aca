import type { RenderableReport } from './renderable.ts';
import { sectionsOf } from './sections.ts';
import { asciiLine } from './text.ts';

/** SNS wants fewer than 100 characters (knowledge/aws.md, SNS). */
const LONGEST_SUBJECT = 99;
/** Characters that a cause leaves for what is wrong: enough for the numbers it begins with. */
const LEAST_WORST = 20;

/** The verdict in one line of at most 99 printable ASCII characters: `CRITICAL litellm prod: <cause>: <worst finding> (+3 findings)`. */
export function subjectOf(report: RenderableReport): string {
  return verdictOf(report, LONGEST_SUBJECT);
}

/** The same line for a carrier with another limit, in characters. */
export function verdictOf(report: RenderableReport, longest: number): string {
  const start = `${report.status.toUpperCase()} litellm ${asciiLine(report.database, 40)}: `;
  const end = othersOf(report);
  const room = longest - start.length - end.length;
  return `${start}${asciiLine(headlineOf(report, room), room)}${end}`;
}

/** The title of the most probable cause, where `room` (characters) has space for it, and what the worst section says; untrusted text. */
export function headlineOf(report: RenderableReport, room: number): string {
  const worst = worstOf(report);
  const [cause] = report.diagnosis.causes;
  if (cause === undefined || cause.id === 'none-of-the-known') return worst;
  return cause.title.length + LEAST_WORST <= room ? `${cause.title}: ${worst}` : worst;
}

function worstOf(report: RenderableReport): string {
  const [worst] = sectionsOf(report.findings);
  if (worst) return worst.headline.replace(/\.$/, '');
  return report.findings.length > 0 ? `${report.findings.length} checks are ok` : 'no check was made';
}

function othersOf(report: RenderableReport): string {
  const told = report.findings.filter((finding) => finding.status !== 'ok').length;
  const [worst] = sectionsOf(report.findings);
  const others = told - (worst?.findings.length ?? 0) + (report.findingsLeftOut ?? 0);
  return others > 0 ? ` (+${others} finding${others > 1 ? 's' : ''})` : '';
}
