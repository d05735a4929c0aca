import { expect, it } from 'vitest';
import { ageSeconds } from '../../lambda/core/time.ts';

const NOW = Date.parse('2026-11-22T03:00:00Z');

it.each([
  ['2026-11-22T02:59:00.400001+00:00', NOW, 59],
  ['2026-11-22T03:59:00Z', NOW, 0],
  ['infinity', NOW, null],
  ['2026-11-22T02:59:00Z', Number.NaN, null],
  [null, NOW, null],
])('gives whole seconds for %s, and null where there is no time', (time, now, seconds) => {
  const age = ageSeconds(time, now);

  expect(age).toBe(seconds);
});
