import type { Advice } from '../core/finding.ts';
import { causesOf } from './causes.ts';
import { evidenceItems } from './evidence.ts';
import type { RenderableReport } from './renderable.ts';
import type { SourceSummary } from './report.ts';
import { countsOf, okChecks, type Section, sectionsOf } from './sections.ts';
import { subjectOf } from './subject.ts';
import { commandText, plainLine } from './text.ts';
import { timeOf } from './time.ts';
import { wrap } from './wrap.ts';

/** What every mail client shows without breaking lines of its own. */
const WIDTH = 78;
/** In the overview; every finding is told in full below it. */
const LONGEST_HEADLINE = 230;

/** The mail: its subject line (see `subjectOf`), and a body of plain text, at most 78 columns wide but for commands and links. */
export function emailOf(report: RenderableReport): { subject: string; body: string } {
  const sections = sectionsOf(report.findings);
  const paragraphs = [
    [...verdict(report), ...diagnosed(report), ...(sections.length > 1 ? ['', ...sections.flatMap(overview)] : [])],
    ...sections.map((section, index) => ['', ...told(section, index)]),
    ['', ...checksInOrder(report), ...whereAndWhen(report)],
    againByHand(),
  ];
  return { subject: subjectOf(report), body: `${paragraphs.map((lines) => lines.join('\n')).join('\n\n')}\n` };
}

function verdict({ status, database, findings, findingsLeftOut = 0 }: RenderableReport): string[] {
  const left =
    findingsLeftOut > 0 ? ` ${findingsLeftOut} more did not fit in a message: run the audit by hand to see them.` : '';
  return wrap(
    `${status.toUpperCase()}: LiteLLM database ${plainLine(database, 63)}. ${countsOf(findings)}.${left}`,
    WIDTH,
  );
}

function diagnosed(report: RenderableReport): string[] {
  return causesOf(report).flatMap((lines) => [
    '',
    ...lines.flatMap(({ label, text }) => wrap(`${label}: ${plainLine(text)}`, WIDTH)),
  ]);
}

function overview(section: Section, index: number): string[] {
  return numbered(index, `${section.status.toUpperCase()}: ${plainLine(section.headline, LONGEST_HEADLINE)}`);
}

function told(section: Section, index: number): string[] {
  const { status, headline, about, lead, findings } = section;
  return [
    ...numbered(index, `${status.toUpperCase()}: ${plainLine(about)}`),
    '',
    ...wrap(plainLine(headline), WIDTH),
    ...howSure(section),
    ...(findings.length > 1 ? [] : evidence(section)),
    ...lead.advice.flatMap(step),
    ...(findings.length > 1 ? [] : ['', 'More about this check:', commandText(lead.docs)]),
  ];
}

function howSure({ lead }: Section): string[] {
  if (lead.confidence === 'high') return [];
  const reason = lead.evidence.confidenceReason;
  return wrap(`How sure: ${lead.confidence}. ${typeof reason === 'string' ? plainLine(reason) : ''}`.trim(), WIDTH);
}

function evidence({ lead }: Section): string[] {
  const lines = evidenceItems(lead.evidence).flatMap(({ name, value }) =>
    typeof value === 'string'
      ? indented(`${name}: ${value}`)
      : [...indented(`${name}:`), ...value.flatMap((part) => wrap(part, WIDTH, { first: '    - ', rest: '      ' }))],
  );
  return lines.length > 0 ? ['', 'What was seen:', ...lines] : [];
}

function step({ text, command }: Advice, index: number): string[] {
  return [
    '',
    ...wrap(`Step ${index + 1}: ${plainLine(text)}`, WIDTH),
    ...(command === undefined ? [] : ['', commandText(command)]),
  ];
}

function checksInOrder(report: RenderableReport): string[] {
  const ok = okChecks(report.findings);
  return ok.length > 0 ? [...wrap(`OK: ${ok.join(', ')}.`, WIDTH), ''] : [];
}

function whereAndWhen(report: RenderableReport): string[] {
  const facts = [
    `Database: ${plainLine(report.database, 63)}`,
    `Audited: ${timeOf(report)}`,
    ...gapsOf(report.sources),
    `Auditor: litellm-db-auditor ${plainLine(report.auditorVersion, 60)}`,
  ];
  return ['Where and when:', ...facts.flatMap(indented)];
}

/** The sources that gave nothing, those for the same reason in one line. */
function gapsOf(sources: readonly SourceSummary[]): string[] {
  const gaps = sources.filter(({ status }) => status !== 'ok');
  const groups = Map.groupBy(gaps, ({ status, error }) => `${status} ${error}`);
  return [...groups.values()].map((alike) => {
    const what = alike[0]?.status === 'failed' ? 'Could not be read' : 'Was not asked';
    const names = alike.map(({ name }) => name).join(', ');
    return `${what}: ${names}. ${plainLine(alike[0]?.error ?? '')}`.trimEnd();
  });
}

function againByHand(): string[] {
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
  return wrap(`${index + 1}. ${text}`, WIDTH, { first: '', rest: '   ' });
}

function indented(text: string): string[] {
  return wrap(text, WIDTH, { first: '  ', rest: '      ' });
}
