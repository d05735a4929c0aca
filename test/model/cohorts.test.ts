import { expect, it } from 'vitest';
import { poolCohorts } from '../../lambda/model/cohorts.ts';
import { cohort } from '../sessions.ts';

const NOW = Date.parse('2026-11-22T03:00:00Z');

/** One cohort that started and ended its starts at this time. */
function startedAt(time: string) {
  return cohort(60, 30, { firstStart: time, lastStart: time });
}

it('gives ages in whole seconds by the clock of the server', () => {
  const [seen] = poolCohorts([startedAt('2026-11-22T02:59:00.400001+00:00')], NOW);

  expect(seen?.ageSeconds).toBe(59);
});

it('gives an age of 0 when a start is still to come, as after a clock was set back', () => {
  const [seen] = poolCohorts([startedAt('2026-11-22T03:59:00Z')], NOW);

  expect(seen?.ageSeconds).toBe(0);
});

it.each([
  ['a time that is none', 'infinity', NOW],
  ['a clock that is none', '2026-11-22T02:59:00Z', Number.NaN],
])('leaves a cohort out when it has %s', (_what, time, now) => {
  expect(poolCohorts([startedAt(time)], now)).toEqual([]);
});

it('has been idle since the last change of state when all of its sessions are idle', () => {
  const [idle, active] = poolCohorts([cohort(60, 30), cohort(50, null)], NOW);

  expect(idle).toMatchObject({ idleSince: '2026-11-22T02:30:00.000Z', idleSeconds: 30 * 60 });
  expect(active).toMatchObject({ idleSince: null, idleSeconds: null });
});

it('comes oldest first', () => {
  const cohorts = poolCohorts([cohort(12, 1), cohort(36, 1), cohort(24, 1)], NOW);

  expect(cohorts.map(({ ageSeconds }) => Math.round(ageSeconds / 60))).toEqual([36, 24, 12]);
});
