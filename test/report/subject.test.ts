import { describe, expect, it } from 'vitest';
import { subjectOf, verdictLine } from '../../lambda/report/subject.ts';
import { viewOf } from '../../lambda/report/view.ts';
import { allOk, findingOf, leaking, reportOf } from './fixtures.ts';

const TWO_LEFT = findingOf({
  checkId: 'connection-headroom',
  status: 'critical',
  summary: '2 of 57 connection slots left.',
});
const SLOW = findingOf({
  checkId: 'global-router-settings',
  status: 'warning',
  summary: 'A global row slows requests.',
});

describe('subjectOf', () => {
  it('carries the verdict, the database and the number of other findings when there are some', () => {
    const report = reportOf([TWO_LEFT, SLOW, SLOW, SLOW, ...allOk.findings]);

    expect(subjectOf(viewOf(report))).toBe('CRITICAL litellm prod: 2 of 57 connection slots left (+3 findings)');
  });

  it('counts nothing else when there is one finding', () => {
    expect(subjectOf(viewOf(reportOf([TWO_LEFT])))).toBe('CRITICAL litellm prod: 2 of 57 connection slots left');
  });

  it('begins with the cause when it fits beside what is wrong', () => {
    expect(subjectOf(viewOf(leaking))).toBe(
      'CRITICAL litellm prod: IAM token refresh leaks connections: 52 of 55 usable slots... (+2 findings)',
    );
    expect(subjectOf(viewOf({ ...leaking, database: 'p'.repeat(40) }))).toMatch(/: 52 of 55 usable.*\(\+2 findings\)$/);
  });

  it('leaves out that no cause is known', () => {
    const [cause] = leaking.diagnosis.causes.map((known) => ({ ...known, id: 'none-of-the-known' as const }));

    const subject = subjectOf(viewOf({ ...leaking, diagnosis: { causes: cause ? [cause] : [] } }));

    expect(subject).toMatch(/^CRITICAL litellm prod: 52 of 55/);
  });

  it('says that all is ok, or that nothing was checked, when there is nothing else to say', () => {
    expect(subjectOf(viewOf(allOk))).toBe('OK litellm prod: 9 checks are ok');
    expect(subjectOf(viewOf(reportOf([])))).toBe('UNKNOWN litellm prod: no check was made');
  });

  it('breaks between words and stays under 100 characters when names and sentences are long', () => {
    const long = { ...TWO_LEFT, summary: 'Slots are taken by the clients of several teams. '.repeat(9) };

    const subject = subjectOf(viewOf(reportOf([long, SLOW], { database: 'p'.repeat(63) })));

    expect(subject.length).toBeLessThan(100);
    expect(subject).toMatch(/^CRITICAL litellm p{37}\.\.\.: Slots are taken by the\.\.\. \(\+1 finding\)$/);
  });
});

describe('verdictLine', () => {
  it('keeps to the carrier when its limit is another', () => {
    const long = { ...TWO_LEFT, summary: 'Slots are taken by the clients of several teams. '.repeat(9) };

    const verdict = verdictLine(viewOf(reportOf([long])), 140);

    expect(verdict).toMatch(/^CRITICAL litellm prod: Slots are taken .*\.\.\.$/);
    expect(verdict.length).toBeGreaterThan(120);
    expect(verdict.length).toBeLessThanOrEqual(140);
  });

  it('leaves the cause out when there is no room for it, and the rest when there is none at all', () => {
    const view = viewOf({ ...leaking, database: 'p'.repeat(63) });

    expect(verdictLine(view, 90)).toMatch(/^CRITICAL litellm p{37}\.\.\.: 52 of 55.*\(\+2 findings\)$/);
    expect(verdictLine(view, 70).length).toBeLessThanOrEqual(74);
    expect(verdictLine(view, 50)).toBe(`CRITICAL litellm ${'p'.repeat(37)}...:  (+2 findings)`);
  });
});
