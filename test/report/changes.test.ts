import { describe, expect, it } from 'vitest';
import type { Change } from '../../lambda/report/change.ts';
import { changeLines, verdictWord } from '../../lambda/report/changes.ts';
import { reportOf } from './fixtures.ts';

function change(kind: Change['kind'], problem: string, more: Partial<Change> = {}): Change {
  const since = '2026-11-25T10:00:00.000Z';
  return { kind, problem, status: 'critical', was: null, since, ended: null, headline: `${problem} is bad.`, ...more };
}

describe('the changes of a report', () => {
  it('are one line by check for problems that the report describes, and the headline of each that is over', () => {
    const ended = '2026-11-25T11:12:00.000Z';
    const changes = [
      change('new', 'connection-leak'),
      change('new', 'connection-headroom'),
      change('resolved', 'lock-waits', { status: 'ok', was: 'warning', ended }),
    ];

    expect(changeLines({ changes })).toEqual([
      'New since 2026-11-25 10:00:00 UTC: connection-leak, connection-headroom',
      'Over since 2026-11-25 11:12:00 UTC, after 1 h 12 min. It was: lock-waits is bad.',
    ]);
  });

  it.each([
    ['STILL CRITICAL', 'critical', 'still'],
    ['CRITICAL', 'critical', 'new'],
    ['RESOLVED', 'ok', 'resolved'],
    ['CRITICAL', 'critical', 'resolved'],
  ] as const)('begin the subject with %s when the report is %s and the change is %s', (word, status, kind) => {
    expect(verdictWord(reportOf([], { status, changes: [change(kind, 'connection-leak')] }))).toBe(word);
  });
});
