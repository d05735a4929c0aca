import { styleText } from 'node:util';
import { type Advice, STATUSES, type Status } from '../core/finding.ts';
import { renderingFailed, renderOr } from './rendering.ts';
import { overallStatus, type RenderableReport } from './report.ts';
import { timeOf } from './time.ts';
import { commandText, plainLine } from './untrusted-text.ts';
import { type ReportView, viewOf } from './view.ts';
import { wrap } from './wrap.ts';

const STYLES = {
  critical: ['bold', 'red'],
  warning: ['yellow'],
  unknown: ['magenta'],
  info: ['cyan'],
  ok: ['green'],
} as const;

const GAP = '  ';
const STATUS_WIDTH = Math.max(...STATUSES.map((status) => status.length));
/** Below this a narrow terminal breaks the lines itself. */
const LEAST_SUMMARY_WIDTH = 24;
const MOST_FIRST_STEPS = 3;

interface TableStyle {
  readonly color: boolean;
  /** Columns. */
  readonly width: number;
}

/** The table of a report; one that says why there is none when it cannot be rendered. */
export function renderTable(report: RenderableReport, style: TableStyle): string {
  return renderOr(
    'table',
    () => tableOf(viewOf(report), style),
    () => `${overallStatus(report).toUpperCase()}: ${plainLine(report.database, 63)}.\n\n${renderingFailed('table')}\n`,
  );
}

/**
 * The findings for a terminal, `width` columns wide: the causes, a table of status, check and summary, then the first step of the worst ones. Holds no
 * escape sequence but its own colours.
 */
export function tableOf(view: ReportView, { color, width }: TableStyle): string {
  const paint = (status: Status, text: string) =>
    color ? styleText([...STYLES[status]], text, { validateStream: false }) : text;
  const { status, counts, causes, report } = view;
  const verdict = `${status.toUpperCase()}: ${plainLine(report.database, 63)}. ${counts}. Audited ${timeOf(report)}.`;
  const lines = [
    ...wrap(verdict, width).map((line) => paint(status, line)),
    ...causes.flatMap(({ label, what, firstLabel, first, confidence }) => [
      '',
      ...wrap(`${label}: ${plainLine(what)}`, width),
      ...wrap(`Confidence: ${confidence}`, width),
      ...wrap(`${firstLabel}: ${plainLine(first.text)}`, width),
      ...commandLines(first),
    ]),
    '',
    ...rows(view, width, paint),
    ...firstSteps(view, width),
    '',
    ...wrap(`Knowledge of LiteLLM: ${report.knowledge.date}, up to ${report.knowledge.newest}.`, width),
  ];
  return `${lines.join('\n')}\n`;
}

function rows(view: ReportView, width: number, paint: (status: Status, text: string) => string): string[] {
  const checkWidth = Math.max(...view.report.findings.map(({ checkId }) => checkId.length), 'CHECK'.length);
  const summaryWidth = Math.max(LEAST_SUMMARY_WIDTH, width - STATUS_WIDTH - checkWidth - 2 * GAP.length);
  const row = (status: string, check: string, summary: string) =>
    [status.padEnd(STATUS_WIDTH), check.padEnd(checkWidth), summary].join(GAP).trimEnd();
  return [
    row('STATUS', 'CHECK', 'SUMMARY'),
    ...entries(view).flatMap(({ status, check, summary }) =>
      wrap(plainLine(summary), summaryWidth).map((line, index) => {
        if (index > 0) return row('', '', line);
        const plain = row(status.toUpperCase(), check, line);
        return paint(status, plain.slice(0, STATUS_WIDTH)) + plain.slice(STATUS_WIDTH);
      }),
    ),
  ];
}

/** The findings, but checks that could not be made for the same reason in one row: a database that is down makes many. */
function entries({ report, sections }: ReportView): readonly { status: Status; check: string; summary: string }[] {
  const rest = sections.map(({ status, headline, about, lead, findings: { length } }) =>
    length === 1
      ? { status, check: lead.checkId, summary: lead.summary }
      : { status, check: `${length} checks`, summary: `${headline} These are ${about}.` },
  );
  const ok = report.findings.flatMap(({ status, checkId, summary }) =>
    status === 'ok' ? [{ status, check: checkId, summary }] : [],
  );
  return [...rest, ...ok];
}

function firstSteps({ sections, status: overall }: ReportView, width: number): string[] {
  const worst = sections.filter(({ status }) => status === overall);
  return worst
    .slice(0, MOST_FIRST_STEPS)
    .flatMap(({ lead: { checkId }, steps: [step] }) =>
      step === undefined || step.isRepeated
        ? []
        : ['', ...wrap(`First step for ${checkId}: ${plainLine(step.text)}`, width), ...commandLines(step)],
    );
}

function commandLines({ command }: Advice): string[] {
  return command === undefined ? [] : [commandText(command)];
}
