import { describe, expect, it } from 'vitest';
import { CASES, loadCase, NAMES, reportOf } from './cases.ts';
import { TWINS } from './twins.ts';

describe('a twin of a case', () => {
  it.each(TWINS)('is not taken for $of when the truth is: $truth', ({ of, snapshot, first, never }) => {
    const { causes } = reportOf(snapshot(loadCase(of))).diagnosis;

    const ids = causes.map(({ id }) => id);
    expect(ids).not.toContain(never);
    expect(ids[0] ?? null).toBe(first);
  });

  it('belongs to a case', () => {
    expect(NAMES).toEqual(expect.arrayContaining(TWINS.map(({ of }) => of)));
  });
});

describe('a cause of high confidence', () => {
  it('is right in at least 95 of 100 over all cases and twins', () => {
    const judged = [
      ...CASES.map(({ name, wanted }) => ({ name, wanted, report: reportOf(loadCase(name)) })),
      ...TWINS.map(({ of, truth, first, snapshot }) => ({
        name: `${of}, but ${truth}`,
        wanted: first,
        report: reportOf(snapshot(loadCase(of))),
      })),
    ].flatMap(({ name, wanted, report }) => {
      const [cause] = report.diagnosis.causes;
      return cause?.confidence === 'high' ? [{ name, named: cause.id, isRight: cause.id === wanted }] : [];
    });

    const wrong = judged.filter(({ isRight }) => !isRight);
    expect(judged.length).toBeGreaterThan(10);
    expect(wrong.length * 20, JSON.stringify(wrong)).toBeLessThanOrEqual(judged.length);
  });
});
