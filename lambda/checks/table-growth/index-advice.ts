import { escapeIdentifier } from 'pg';
import type { Advice } from '../../core/finding.ts';
import type { IndexFacts } from './indexes.ts';

const MOST = 3;
/** Of an index on an expression or with an order, the migration has the whole statement. */
const NAME = /^\w+$/;

/** Builds what is missing without keeping anybody waiting. */
export function indexAdvice({ missing, invalid }: IndexFacts, schema: string): readonly Advice[] {
  const place = (name: string) => `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
  return [
    ...invalid.slice(0, MOST).map(({ index }) => ({
      text: `Build ${index} again, outside a transaction, as the owner of its table. Reading and writing go on meanwhile:`,
      command: `REINDEX INDEX CONCURRENTLY ${place(index)};`,
    })),
    ...missing
      .filter(({ columns }) => columns.every((column) => NAME.test(column)))
      .slice(0, MOST)
      .map(({ index, table, columns, byHand }) => ({
        text: `Build ${index}, outside a transaction, as the owner of the table. Reading and writing go on meanwhile.${byHand ? ' LiteLLM declares it and leaves it to you to build: no migration makes it.' : ' Its migration has run or will run; IF NOT EXISTS in it then does nothing.'}`,
        command: `CREATE INDEX CONCURRENTLY IF NOT EXISTS ${escapeIdentifier(index)} ON ${place(table)} (${columns.map(escapeIdentifier).join(', ')});`,
      })),
    {
      text: 'One that is broken off leaves an invalid index: drop it with DROP INDEX CONCURRENTLY, or build it again.',
    },
  ];
}
