import { changeLines, isOver, verdictWord } from './changes.ts';
import { asciiLine } from './untrusted-text.ts';
import type { ReportView } from './view.ts';

/** SNS accepts fewer than 100 characters (knowledge/aws.md, SNS). */
const LONGEST_SUBJECT = 99;
/** Characters that a cause leaves for what is wrong: enough for the numbers it begins with. */
const LEAST_WORST = 20;

/** The verdict in one line of at most 99 printable ASCII characters: `CRITICAL litellm prod: <cause>: <worst finding> (+3 findings)`. */
export function subjectOf(view: ReportView): string {
  return verdictLine(view, LONGEST_SUBJECT);
}

/** The same line for a carrier with another limit, in characters. */
export function verdictLine(view: ReportView, longest: number): string {
  const start = `${verdictWord(view.report)} litellm ${asciiLine(view.report.database, 40)}: `;
  const end = otherFindings(view);
  const room = longest - start.length - end.length;
  return `${start}${asciiLine(headlineOf(view, room), room)}${end}`;
}

/** The title of the most probable cause, where `room` (characters) has space for it, and what the worst section says; untrusted text. */
export function headlineOf(view: ReportView, room: number): string {
  const [over] = isOver(view.report) ? changeLines(view.report) : [];
  if (over !== undefined) return over;
  const worst = worstHeadline(view);
  const [cause] = view.report.diagnosis.causes;
  if (cause === undefined || cause.id === 'none-of-the-known') return worst;
  return cause.title.length + LEAST_WORST <= room ? `${cause.title}: ${worst}` : worst;
}

function worstHeadline({ sections: [worst], report: { findings } }: ReportView): string {
  if (worst) return worst.headline.replace(/\.$/, '');
  return findings.length > 0 ? `${findings.length} checks are ok` : 'no check was made';
}

function otherFindings({ sections, report: { findingsLeftOut = 0 } }: ReportView): string {
  const others = sections.slice(1).flatMap(({ findings }) => findings).length + findingsLeftOut;
  return others > 0 ? ` (+${others} finding${others > 1 ? 's' : ''})` : '';
}
