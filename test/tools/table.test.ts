import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { introduced, lastAffected, text, versions } from '../../tools/cells.ts';
import { parseTable } from '../../tools/table.ts';

const row = z.object({ id: text, introduced, fixed: versions, last_affected: lastAffected });
const HEADER = 'id\tintroduced\tfixed\tlast_affected\n';

describe('parseTable', () => {
  it('reads lists of versions, unknown starts and whole lines', () => {
    const rows = parseTable(`${HEADER}a\t?\t1.100.4 | 1.104.0rc2\t\nb\t0\t\t1.97.x\n`, 'known-issues.tsv', row);

    expect(rows).toEqual([
      { id: 'a', introduced: null, fixed: ['1.100.4', '1.104.0rc2'], last_affected: [] },
      { id: 'b', introduced: '0', fixed: [], last_affected: ['1.97.x'] },
    ]);
  });

  it.each([
    ['a bad version', 'a\t0\t1.81\t\n', 'known-issues.tsv, line 2, column fixed: is not a version like 1.81.3.'],
    ['a version in another form', 'a\t0\tv1.81.3\t\n', 'known-issues.tsv, line 2, column fixed: is not a version'],
    ['a bad start', 'a\tfirst\t\t\n', 'known-issues.tsv, line 2, column introduced: '],
    ['a bad last version', 'a\t0\t\t1.x\n', 'known-issues.tsv, line 2, column last_affected: is neither a version'],
    ['an empty cell', '\t0\t\t\n', 'known-issues.tsv, line 2, column id: is empty.'],
    ['a missing cell', 'a\t0\t\n', 'known-issues.tsv, line 2: 3 cells. There have to be 4.'],
  ])('names file, line and column of %s', (_, line, message) => {
    expect(() => parseTable(HEADER + line, 'known-issues.tsv', row)).toThrow(message);
  });

  it('names every bad cell at once', () => {
    expect(() => parseTable(`${HEADER}a\tx\ty\t\nb\tz\t\t\n`, 'known-issues.tsv', row)).toThrow(
      /line 2, column introduced.*line 2, column fixed.*line 3/s,
    );
  });

  it('refuses other columns', () => {
    expect(() => parseTable('id\tfixed\n', 'known-issues.tsv', row)).toThrow(
      'known-issues.tsv, line 1: the columns are id, fixed.',
    );
  });
});
