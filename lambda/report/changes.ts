import { isBad } from '../core/finding.ts';
import { durationText } from '../core/text.ts';
import type { Change } from './change.ts';
import { overallStatus, type RenderableReport } from './report.ts';
import { momentText } from './time.ts';

/**
 * What a subject begins with: the status, and how it has changed. `RESOLVED` when what was wrong is over and nothing else is wrong; `STILL CRITICAL`
 * when it is only a reminder.
 */
export function verdictWord(report: RenderableReport): string {
  const status = overallStatus(report).toUpperCase();
  const { changes } = report;
  if (changes.length === 0) return status;
  if (changes.every(({ kind }) => kind === 'still')) return `STILL ${status}`;
  return isOver(report) ? 'RESOLVED' : status;
}

/** What was wrong is over, and no incident is left. */
export function isOver({ changes, status }: RenderableReport): boolean {
  return changes.length > 0 && changes.every(({ kind }) => kind === 'resolved') && !isBad({ status });
}

/** What is told of a problem that the report describes itself. */
const DESCRIBED: readonly Change['kind'][] = ['new', 'worse', 'still'];

/** One line for each change; problems that the report describes anyway are named together, by check. The texts are untrusted. */
export function changeLines({ changes }: Pick<RenderableReport, 'changes'>): readonly string[] {
  const groups = Map.groupBy(changes, (change) =>
    DESCRIBED.includes(change.kind) ? WORDS[change.kind](change) : change,
  );
  return [...groups].map(([words, alike]) =>
    typeof words === 'string'
      ? `${words} ${alike.map(({ problem }) => problem).join(', ')}`
      : `${WORDS[words.kind](words)} ${words.headline}`,
  );
}

const WORDS: Readonly<Record<Change['kind'], (change: Change) => string>> = {
  new: ({ since }) => `New since ${momentText(since)}:`,
  worse: ({ was }) => `Worse, it was ${was}:`,
  resolved: ({ since, ended }) =>
    `Over since ${momentText(ended ?? since)}, after ${durationText(Math.round((Date.parse(ended ?? since) - Date.parse(since)) / 1000))}. It was:`,
  still: ({ since }) => `Still, since ${momentText(since)}:`,
  flapping: () => 'It comes and goes; you are told again when it stays or stays away:',
  advisory: () => 'Attacked already, without a login, in the version of LiteLLM that runs:',
  purge: ({ since }) => `Done at ${momentText(since)}, and its message could not be sent:`,
};
