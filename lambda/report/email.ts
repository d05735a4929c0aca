import { isBad } from '../core/finding.ts';
import { counted } from '../core/text.ts';
import { changeLines } from './changes.ts';
import { CommandBudget } from './command-budget.ts';
import type { SourceSummary } from './report.ts';
import { subjectOf } from './subject.ts';
import { momentText, timeOf } from './time.ts';
import { plainLine } from './untrusted-text.ts';
import type { ReportView, Section } from './view.ts';
import { wrap } from './wrap.ts';

/** What every mail client shows without breaking lines of its own. */
const WIDTH = 76;
/** Lines of text: what fits on two screens and is read in half a minute. Commands are not counted. */
const MOST_LINES = 60;
/** Characters of one statement: two lines. */
const LONGEST_LINE = 150;
/** Characters of what a cause says, and of one step. */
const LONGEST_TEXT = 300;
/** Of each: the worst come first, and the others are counted. */
const MOST = { changes: 5, evidence: 3, incidents: 5, unknown: 3, sources: 2 } as const;

/**
 * The email: its subject line (see `subjectOf`), and a body of plain text of at most 60 lines of 76 columns and six commands. It is grouped by problem:
 * causes with what they are based on, incidents that no cause explains, what is not urgent, and what was not checked.
 */
export function emailOf(view: ReportView): { subject: string; body: string } {
  const commands = new CommandBudget();
  const urgent = [...verdict(view), ...changed(view), ...causes(view, commands), ...otherIncidents(view, commands)];
  const rest = [...notChecked(view), ...passed(view), ...whereAndWhen(view), ...auditAgain()];
  const room = MOST_LINES - textLines([...urgent, ...rest]);
  const lines = [...urgent, ...notUrgent(view, room), ...rest];
  const body = lines
    .map(textOf)
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n');
  return { subject: subjectOf(view), body: `${body.trim()}\n` };
}

/** A line of text, or a whole command, which is not broken. */
type Line = string | { readonly command: string };

function textOf(line: Line): string {
  return typeof line === 'string' ? line : `\n${line.command}\n`;
}

function textLines(lines: readonly Line[]): number {
  return lines.filter((line) => typeof line === 'string').length;
}

function verdict({ status, counts, report: { database, findingsLeftOut = 0 } }: ReportView): Line[] {
  const left =
    findingsLeftOut > 0 ? ` ${findingsLeftOut} more did not fit in a message: run the audit by hand to see them.` : '';
  return wrap(`${status.toUpperCase()}: LiteLLM database ${plainLine(database, 63)}. ${counts}.${left}`, WIDTH);
}

function changed({ report }: ReportView): Line[] {
  const { memory, muted } = report;
  const told = [
    ...changeLines(report),
    ...muted.map(
      ({ finding, until, why, findings }) =>
        `Muted until ${momentText(until)}: ${finding}, ${counted(findings, 'finding')} now. Reason: ${why}`,
    ),
  ];
  const unknown =
    memory.status === 'failed'
      ? [`What was sent before is not known, so at most one message an hour is sent. ${memory.reason}`]
      : [];
  const lines = [...items(told, MOST.changes, 'more'), ...unknown.flatMap((text) => paragraph(text, LONGEST_TEXT))];
  return lines.length === 0 ? [] : ['', ...lines];
}

/** Findings that a cause is based on are its evidence. */
function causes(view: ReportView, commands: CommandBudget): Line[] {
  return view.causes.flatMap(({ label, what, firstLabel, first, confidence }, rank) => {
    const { fingerprints = [] } = view.report.diagnosis.causes[rank] ?? {};
    const evidence = view.report.findings.filter(
      ({ fingerprint, status }) => status !== 'ok' && fingerprints.includes(fingerprint),
    );
    return [
      '',
      ...paragraph(`${label}: ${what}`, LONGEST_TEXT),
      ...paragraph(`Confidence: ${confidence}`, LONGEST_LINE),
      ...items(
        evidence.map(({ summary }) => summary).filter((summary) => !what.includes(summary)),
        MOST.evidence,
        'more',
      ),
      ...stepLines({ text: `${firstLabel}: ${first.text}`, command: first.command }, commands, ''),
    ];
  });
}

function otherIncidents(view: ReportView, commands: CommandBudget): Line[] {
  const explained = new Set(view.report.diagnosis.causes.flatMap(({ fingerprints }) => fingerprints));
  const others = view.sections.filter(
    ({ lead }) => lead.kind === 'incident' && isBad(lead) && !explained.has(lead.fingerprint),
  );
  if (others.length === 0) return [];
  const shown = others
    .slice(0, MOST.incidents)
    .flatMap(({ headline, status, steps: [step] }): Line[] => [
      ...item(`${status}: ${headline}`),
      ...(step === undefined || step.isRepeated ? [] : stepLines(step, commands, '  ')),
    ]);
  return [
    '',
    view.causes.length > 0 ? 'Other incidents:' : 'Incidents:',
    ...shown,
    ...moreOf(others.length - MOST.incidents, 'incident'),
  ];
}

/** One line each, as many as there is room for. */
function notUrgent({ sections }: ReportView, room: number): Line[] {
  const risks = sections.filter(({ lead }) => lead.kind === 'risk' && isBad(lead));
  if (risks.length === 0) return [];
  const heading = `Not urgent (${risks.length}):`;
  const lines: Line[] = ['', heading];
  for (const [index, { headline }] of risks.entries()) {
    const next = item(headline);
    const left = risks.length - index;
    // One line is kept for what does not fit.
    if (lines.length + next.length + (left > 1 ? 1 : 0) > room) return [...lines, ...moreOf(left, 'risk')];
    lines.push(...next);
  }
  return lines;
}

/** Several checks that are unknown for the same reason are one section. */
function notChecked({ sections }: ReportView): Line[] {
  const unknown = sections.filter(({ status }) => status === 'unknown');
  if (unknown.length === 0) return [];
  return ['', 'Not checked:', ...items(unknown.map(unknownText), MOST.unknown, 'more')];
}

function unknownText({ findings, headline, lead }: Section): string {
  return findings.length > 1 ? headline : `${lead.checkId}: ${headline}`;
}

function passed({ okChecks }: ReportView): Line[] {
  return okChecks.length > 0 ? ['', `${counted(okChecks.length, 'check')} found nothing wrong.`] : [];
}

function whereAndWhen({ report }: ReportView): Line[] {
  const absent = missing(report.sources);
  return [
    '',
    ...paragraph(`Audited: ${timeOf(report)}`, LONGEST_LINE),
    ...items(absent, MOST.sources, 'more'),
    ...paragraph(
      `litellm-db-auditor ${plainLine(report.auditorVersion, 60)}; knowledge of LiteLLM of ${report.knowledge.date}, up to ${report.knowledge.newest}`,
      LONGEST_LINE,
    ),
  ];
}

/** The sources that gave nothing, those for the same reason in one line. */
function missing(sources: readonly SourceSummary[]): string[] {
  const absent = sources.filter(({ status }) => status === 'failed');
  const groups = Map.groupBy(absent, ({ error }) => error ?? '');
  return [...groups].map(
    ([error, alike]) => `Could not be read: ${alike.map(({ name }) => name).join(', ')}. ${error}`,
  );
}

function auditAgain(): Line[] {
  return [
    '',
    ...wrap(
      'All findings, with evidence and every step: test the function in the Lambda console with the event {}. It changes nothing and sends no message.',
      WIDTH,
    ),
  ];
}

/** At most so many, each in at most two lines; the others are counted. */
function items(texts: readonly string[], most: number, noun: string): Line[] {
  return [...texts.slice(0, most).flatMap(item), ...moreOf(texts.length - most, noun)];
}

function moreOf(count: number, noun: string): Line[] {
  if (count <= 0) return [];
  return [`  and ${noun === 'more' ? `${count} more` : `${count} more ${noun}${count > 1 ? 's' : ''}`}`];
}

function item(text: string): Line[] {
  return wrap(plainLine(text, LONGEST_LINE - 4), WIDTH, { first: '- ', rest: '  ' });
}

/** The step and its command. Where there is no room for the command, the text says where it is. */
function stepLines(
  { text, command }: { readonly text: string; readonly command?: string | undefined },
  commands: CommandBudget,
  indent: string,
): Line[] {
  const taken = commands.take(command);
  const isWhole = command === undefined || taken.length > 0;
  const shown = isWhole
    ? plainLine(text, LONGEST_TEXT)
    : `${plainLine(text, LONGEST_TEXT).replace(/:$/, '.')} The command is in the full report.`;
  return [...wrap(shown, WIDTH, { first: indent, rest: indent }), ...taken];
}

function paragraph(text: string, longest: number): Line[] {
  return wrap(plainLine(text, longest), WIDTH);
}
