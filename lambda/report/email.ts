import { counted } from '../core/text.ts';
import { changeLines } from './changes.ts';
import { evidenceItems } from './evidence.ts';
import type { SourceSummary } from './report.ts';
import { subjectOf } from './subject.ts';
import { momentText, timeOf } from './time.ts';
import { commandText, plainLine } from './untrusted-text.ts';
import type { ReportView, Section, StepView } from './view.ts';
import { wrap } from './wrap.ts';

/** What every mail client shows without breaking lines of its own. */
const WIDTH = 78;
/** In the overview; every finding is shown in full below it. */
const LONGEST_HEADLINE = 230;

/** The email: its subject line (see `subjectOf`), and a body of plain text, at most 78 columns wide but for commands and links. */
export function emailOf(view: ReportView): { subject: string; body: string } {
  const { sections } = view;
  const paragraphs = [
    [
      ...verdict(view),
      ...changed(view),
      ...causes(view),
      ...(sections.length > 1 ? ['', ...sections.flatMap(overview)] : []),
    ],
    ...sections.map((section, index) => ['', ...inFull(section, index)]),
    ['', ...passed(view), ...whereAndWhen(view)],
    auditAgain(),
  ];
  return { subject: subjectOf(view), body: `${paragraphs.map((lines) => lines.join('\n')).join('\n\n')}\n` };
}

function verdict({ status, counts, report: { database, findingsLeftOut = 0 } }: ReportView): string[] {
  const left =
    findingsLeftOut > 0 ? ` ${findingsLeftOut} more did not fit in a message: run the audit by hand to see them.` : '';
  return wrap(`${status.toUpperCase()}: LiteLLM database ${plainLine(database, 63)}. ${counts}.${left}`, WIDTH);
}

function changed({ report }: ReportView): string[] {
  const { memory } = report;
  const lines = changeLines(report).flatMap((line) => wrap(plainLine(line), WIDTH, { first: '', rest: '  ' }));
  const unknown =
    memory.status === 'failed'
      ? wrap(
          `What you were told before is not known, so at most one message an hour is sent. The memory: ${plainLine(memory.reason)}`,
          WIDTH,
        )
      : [];
  const muted = report.muted.flatMap(({ finding, until, why, findings }) =>
    wrap(
      plainLine(`Muted until ${momentText(until)}: ${finding}, ${counted(findings, 'finding')} now. Reason: ${why}`),
      WIDTH,
      { first: '', rest: '  ' },
    ),
  );
  const all = [...lines, ...muted, ...unknown];
  return all.length === 0 ? [] : ['', ...all];
}

function causes(view: ReportView): string[] {
  return view.causes.flatMap(({ label, what, firstLabel, first, confidence }) => [
    '',
    ...wrap(`${label}: ${plainLine(what)}`, WIDTH),
    ...wrap(`Confidence: ${confidence}`, WIDTH),
    ...wrap(`${firstLabel}: ${plainLine(first.text)}`, WIDTH),
    ...(first.command === undefined ? [] : ['', commandText(first.command)]),
  ]);
}

function overview(section: Section, index: number): string[] {
  return numbered(index, `${section.status.toUpperCase()}: ${plainLine(section.headline, LONGEST_HEADLINE)}`);
}

function inFull(section: Section, index: number): string[] {
  const { status, headline, about, steps, lead, findings } = section;
  return [
    ...numbered(index, `${status.toUpperCase()}: ${plainLine(about)}`),
    '',
    ...wrap(plainLine(headline), WIDTH),
    ...confidenceLines(section),
    ...(findings.length > 1 ? [] : evidence(section)),
    ...steps.flatMap(step),
    ...(findings.length > 1 ? [] : ['', 'More about this check:', commandText(lead.docs)]),
  ];
}

function confidenceLines({ confidence }: Section): string[] {
  return confidence === null ? [] : wrap(`Confidence: ${plainLine(confidence)}`, WIDTH);
}

function evidence({ lead }: Section): string[] {
  const lines = evidenceItems(lead.evidence).flatMap(({ name, value }) =>
    typeof value === 'string'
      ? indented(`${name}: ${value}`)
      : [...indented(`${name}:`), ...value.flatMap((part) => wrap(part, WIDTH, { first: '    - ', rest: '      ' }))],
  );
  return lines.length > 0 ? ['', 'What was seen:', ...lines] : [];
}

function step({ text, command }: StepView, index: number): string[] {
  return [
    '',
    ...wrap(`Step ${index + 1}: ${plainLine(text)}`, WIDTH),
    ...(command === undefined ? [] : ['', commandText(command)]),
  ];
}

function passed({ okChecks }: ReportView): string[] {
  return okChecks.length > 0 ? [...wrap(`OK: ${okChecks.join(', ')}.`, WIDTH), ''] : [];
}

function whereAndWhen({ report }: ReportView): string[] {
  const facts = [
    `Database: ${plainLine(report.database, 63)}`,
    `Audited: ${timeOf(report)}`,
    ...missing(report.sources),
    `Auditor: litellm-db-auditor ${plainLine(report.auditorVersion, 60)}, its knowledge of LiteLLM of ${report.knowledge.date}, up to ${report.knowledge.newest}`,
  ];
  return ['Where and when:', ...facts.flatMap(indented)];
}

/** The sources that gave nothing, those for the same reason in one line. */
function missing(sources: readonly SourceSummary[]): string[] {
  // A first audit has no earlier one, which is nothing to report.
  const absent = sources.filter(
    ({ name, status }) => status === 'failed' || (status === 'skipped' && name !== 'previous'),
  );
  const groups = Map.groupBy(absent, ({ status, error }) => `${status} ${error}`);
  return [...groups.values()].map((alike) => {
    const what = alike[0]?.status === 'failed' ? 'Could not be read' : 'Not read';
    const names = alike.map(({ name }) => name).join(', ');
    return `${what}: ${names}. ${plainLine(alike[0]?.error ?? '')}`.trimEnd();
  });
}

function auditAgain(): string[] {
  return [
    ...wrap(
      "To audit again: in the Lambda console, test this database's auditor with the event {}. An audit changes nothing. Or from a shell that " +
        'reaches the database, in a checkout of litellm-db-auditor:',
      WIDTH,
    ),
    '',
    'npm run --silent audit -- --iam --host HOST --user USER --region REGION',
  ];
}

function numbered(index: number, text: string): string[] {
  const number = `${index + 1}. `;
  return wrap(number + text, WIDTH, { first: '', rest: ' '.repeat(number.length) });
}

function indented(text: string): string[] {
  return wrap(text, WIDTH, { first: '  ', rest: '      ' });
}
