import { describe, expect, it } from 'vitest';
import { Month, type Shown } from './month.ts';

const LEAK = 'connection-leak';

/** Audits every 15 minutes, one for each. */
async function audits(shown: readonly Shown[], month = new Month()): Promise<Month> {
  for (const each of shown) {
    await month.run({ [LEAK]: each });
    month.wait(15);
  }
  return month;
}

function kinds(month: Month): readonly string[] {
  return month.told.map(({ kind }) => kind);
}

function times(shown: Shown, count: number): readonly Shown[] {
  return Array<Shown>(count).fill(shown);
}

describe('what people are told', () => {
  it('is nothing when all is fine', async () => {
    expect(kinds(await audits(times('ok', 10)))).toEqual([]);
  });

  it('is each change once when a problem begins, gets worse and ends', async () => {
    const month = await audits(['ok', ...times('warning', 4), ...times('critical', 4), ...times('ok', 4)]);

    expect(month.told.map(({ kind, status, was }) => [kind, status, was])).toEqual([
      ['new', 'warning', null],
      ['worse', 'critical', 'warning'],
      ['resolved', 'ok', 'critical'],
    ]);
  });

  it('names when a problem began and ended', async () => {
    const month = await audits(['critical', 'critical', 'ok']);

    expect(month.told.at(-1)).toMatchObject({ since: '2026-11-01T00:00:00.000Z', ended: '2026-11-01T00:30:00.000Z' });
  });

  it('is that it goes on when it lasts a day, and each further day', async () => {
    const month = await audits(times('critical', 4 * 24 * 3 + 1));

    expect(kinds(month)).toEqual(['new', 'still', 'still', 'still']);
  });

  it('is nothing when it gets milder, and that it is worse when that has lasted', async () => {
    const month = await audits(['critical', 'warning', 'critical', ...times('warning', 10), 'critical']);

    expect(kinds(month)).toEqual(['new', 'worse']);
  });

  it('is nothing while its check cannot be made', async () => {
    expect(kinds(await audits(['critical', ...times('not-seen', 10), 'critical', 'ok']))).toEqual(['new', 'resolved']);
  });

  it('is that it comes and goes when it does so again and again, and then nothing until it stays away', async () => {
    const month = new Month();
    for (let turn = 0; turn < 10; turn++) await audits(['critical', 'ok'], month);
    const meanwhile = kinds(month);
    await audits(times('ok', 4 * 7), month);

    expect(meanwhile).toEqual(['new', 'resolved', 'new', 'resolved', 'flapping']);
    expect(kinds(month)).toEqual([...meanwhile, 'resolved']);
  });

  it('comes with the next audit when it could not be published, also when the problem has ended by then', async () => {
    const month = new Month();
    await month.run({ [LEAK]: 'critical' }, 'fails');
    month.wait(15);
    await month.run({ [LEAK]: 'ok' });

    expect(month.told).toMatchObject([{ kind: 'resolved', was: null }]);
  });

  it('is trouble of the auditor when it lasts two audits, and that it is over', async () => {
    const month = new Month();
    for (const shown of ['warning', 'ok', 'warning', 'warning', 'ok'] as const) {
      await month.run({ 'auditor-cannot-look': shown });
      month.wait(15);
    }

    expect(kinds(month)).toEqual(['new', 'resolved']);
  });
});

describe('a run', () => {
  it('says nothing when a later one has been remembered', async () => {
    const month = await audits(['ok', 'ok']);

    const { kind } = await month.run({ [LEAK]: 'critical' }, 'works', { at: month.now - 20 * 60_000 });

    expect(kind).toBe('outdated');
    expect(kinds(month)).toEqual([]);
  });

  it('counts when the clock was set back by more than an audit can take', async () => {
    const month = await audits(['critical']);
    month.wait(-600);

    await audits(['ok'], month);

    expect(kinds(month)).toEqual(['new', 'resolved']);
  });

  it('tells the same again when the one before ended between telling and recording it', async () => {
    const month = new Month();
    await month.run({ [LEAK]: 'critical' }, 'killed');
    month.wait(15);

    await audits(times('critical', 3), month);

    expect(kinds(month)).toEqual(['new', 'new']);
  });
});
