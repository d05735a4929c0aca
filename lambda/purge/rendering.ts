import { timeOf } from '../report/time.ts';
import { commandText, plainLine } from '../report/untrusted-text.ts';
import { wrap } from '../report/wrap.ts';
import type { PurgeOperation } from './operation.ts';

/** The remedy in plain words, for a terminal and for the body of a mail, `width` columns wide but for commands. */
export function operationText(remedy: PurgeOperation, width: number): string {
  const paragraphs = [
    wrap(plainLine(remedy.summary), width),
    ...(remedy.notes.length > 0
      ? [remedy.notes.flatMap((note) => wrap(plainLine(note, LONGEST_NOTE), width, { first: '- ', rest: '  ' }))]
      : []),
    ...remedy.advice.map(({ text, command }) => [
      ...wrap(plainLine(text), width),
      ...(command === undefined ? [] : ['', commandText(command)]),
    ]),
    factsOf(remedy).flatMap((fact) => wrap(fact, width, { first: '', rest: '    ' })),
  ];
  return `${paragraphs.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Room for the names of a hundred settings. */
const LONGEST_NOTE = 5000;

function factsOf(remedy: PurgeOperation): string[] {
  return [
    `Database: ${plainLine(remedy.database, 63)}`,
    `Asked by: ${plainLine(remedy.requestedBy, 400)}`,
    `Request: ${plainLine(remedy.requestId, 200)}`,
    `When: ${timeOf(remedy)}`,
    `Auditor: litellm-db-auditor ${plainLine(remedy.auditorVersion, 60)}`,
  ];
}
