import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Status, severityRank } from '../../lambda/core/finding.ts';
import { Month, type Publishing, type Shown, type Told } from './month.ts';

const PROBLEMS = ['connection-leak', 'connection-headroom'] as const;
const SCHEDULE_MINUTES = 15;
const REMINDER_MS = 24 * 3_600_000;
/** So long after the last change nothing is flapping any more. */
const CALM_HOURS = 7;

const shown = fc.constantFrom<Shown>('ok', 'ok', 'ok', 'warning', 'critical', 'critical', 'not-seen');
const publishing = fc.constantFrom<Publishing>('works', 'works', 'works', 'works', 'fails', 'killed');

/** What happens at one time of the schedule. */
const happening = fc.record({
  sights: fc.record({ [PROBLEMS[0]]: shown, [PROBLEMS[1]]: shown }),
  publishing,
  /** How often the schedule sends the event: not at all, once, or twice. */
  runs: fc.constantFrom(1, 1, 1, 1, 0, 2),
  /** Minutes by which the clock of the machine jumps. */
  jump: fc.constantFrom<number>(0, 0, 0, 0, 0, 0, 7, -7, 600, -600),
  /** It looked before the run that came before it, and ends after it. */
  late: fc.constantFrom(false, false, false, true),
  /** How many times of the schedule it stays like that. */
  lasts: fc.constantFrom(1, 1, 2, 5, 30, 100),
});
type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never;

/** What is so at the end stays so until nothing flaps, and is told. */
async function play(happenings: readonly Happening[], month = new Month()): Promise<Month> {
  for (const { sights, publishing: becomes, runs, jump, late, lasts } of happenings) {
    month.wait(jump);
    for (let time = 0; time < lasts; time++) {
      month.wait(SCHEDULE_MINUTES);
      const at = late ? month.now - (SCHEDULE_MINUTES + 1) * 60_000 : month.now;
      await Promise.all(Array.from({ length: runs }, () => month.run(sights, becomes, { at })));
    }
  }
  const { sights } = happenings.at(-1) ?? { sights: {} };
  for (let time = 0; time < (CALM_HOURS * 60) / SCHEDULE_MINUTES; time++) {
    month.wait(SCHEDULE_MINUTES);
    await month.run(sights);
  }
  return month;
}

/** Whether people know of a problem what is so. That it is milder now they are not told. */
function isKnown(told: readonly Told[], status: Status): boolean {
  const last = told.at(-1);
  if (last === undefined || last.status === 'ok') return status === 'ok';
  return status !== 'ok' && severityRank(last.status) >= severityRank(status);
}

/** What was told of the same beginning or end before. */
function repeats(told: readonly Told[]): readonly Told[] {
  const once = told.filter(({ kind }) => kind === 'new' || kind === 'resolved' || kind === 'flapping');
  return once.filter(
    (one, index) =>
      once.findIndex(({ kind, since, ended }) => kind === one.kind && since === one.since && ended === one.ended) !==
      index,
  );
}

const settings = { numRuns: 150, seed: 20_261_125 } as const;

describe('a month of audits', () => {
  it('leaves people with what is so, whatever was lost, doubled, late or not published', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 1, maxLength: 25 }), async (happenings) => {
        const month = await play(happenings);

        for (const problem of PROBLEMS) {
          expect(isKnown(month.toldOf(problem), month.problem(problem))).toBe(true);
        }
      }),
      settings,
    );
  });

  it('tells nothing twice when no run ends between telling and recording it', async () => {
    const unkilled = happening.filter((each) => each.publishing !== 'killed');
    await fc.assert(
      fc.asyncProperty(fc.array(unkilled, { minLength: 1, maxLength: 25 }), async (happenings) => {
        const month = await play(happenings);

        for (const problem of PROBLEMS) expect(repeats(month.toldOf(problem))).toEqual([]);
      }),
      settings,
    );
  });

  it('reminds people of what lasts at least once a day, as soon as a message can be sent', async () => {
    const lasting = fc.record({
      publishing: fc.constantFrom<Publishing>('works', 'works', 'works', 'fails'),
      minutes: fc.integer({ min: 1, max: 600 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(lasting, { minLength: 5, maxLength: 100 }), async (runs) => {
        const month = new Month();
        for (const { publishing: becomes, minutes } of runs) {
          await month.run({ [PROBLEMS[0]]: 'critical' }, becomes);
          const last = month.told.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
          if (becomes === 'works') expect(month.now - last).toBeLessThan(REMINDER_MS);
          month.wait(minutes);
        }
        const gaps = month.told.slice(1).map(({ at }, index) => at - (month.told[index]?.at ?? 0));
        expect(gaps.filter((gap) => gap < REMINDER_MS)).toEqual([]);
      }),
      settings,
    );
  });

  it('tells each time that a problem begins, unless people know that it comes and goes', async () => {
    // A clock that is set back moves beginnings.
    const published = happening.map(
      (each): Happening => ({ ...each, publishing: 'works', jump: Math.max(0, each.jump) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(published, { minLength: 1, maxLength: 25 }), async (happenings) => {
        const month = await play(happenings);

        const told = new Set(month.told.map(({ problem, since }) => `${problem} ${since}`));
        expect(month.beginnings.filter((beginning) => !told.has(beginning))).toEqual([]);
      }),
      settings,
    );
  });
});
