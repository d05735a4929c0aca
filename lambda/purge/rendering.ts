import { renderingFailed, renderOr } from '../report/rendering.ts';
import { timeOf } from '../report/time.ts';
import { commandText, plainLine } from '../report/untrusted-text.ts';
import { wrap } from '../report/wrap.ts';
import type { PurgeOperation } from './operation.ts';

/** The operation as text for a terminal, `width` columns wide but for commands; never throws. */
export function operationText(operation: PurgeOperation, width: number): string {
  return renderOr(
    'text',
    () => renderOperation(operation, width),
    () => `${operation.action}: ${operation.result}.\n\n${renderingFailed('text')}\n`,
  );
}

/** The operation as text, `width` columns wide but for commands. */
export function renderOperation(operation: PurgeOperation, width: number): string {
  const paragraphs = [
    wrap(plainLine(operation.summary), width),
    ...(operation.notes.length > 0
      ? [operation.notes.flatMap((note) => wrap(plainLine(note, LONGEST_NOTE), width, { first: '- ', rest: '  ' }))]
      : []),
    ...operation.advice.map(({ text, command }) => [
      ...wrap(plainLine(text), width),
      ...(command === undefined ? [] : ['', commandText(command)]),
    ]),
    factsOf(operation).flatMap((fact) => wrap(fact, width, { first: '', rest: '    ' })),
  ];
  return `${paragraphs.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Room for the names of a hundred settings. */
const LONGEST_NOTE = 5000;

function factsOf(operation: PurgeOperation): string[] {
  return [
    `Database: ${plainLine(operation.database, 63)}`,
    ...schemaFact(operation),
    `Asked by: ${plainLine(operation.requestedBy, 400)}`,
    `Request: ${plainLine(operation.requestId, 200)}`,
    `When: ${timeOf(operation)}`,
    `Auditor: litellm-db-auditor ${plainLine(operation.auditorVersion, 60)}`,
  ];
}

/** Whose row it was: a database can have several LiteLLM schemas. */
function schemaFact({ outcome }: PurgeOperation): readonly string[] {
  return 'schema' in outcome ? [`Schema: ${plainLine(outcome.schema, 63)}`] : [];
}
