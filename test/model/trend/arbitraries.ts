import fc from 'fast-check';
import { START } from './series.ts';

const anyTime = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: START, max: START + 12 * 3_600_000 }) },
  { weight: 1, arbitrary: fc.double() },
);
const anyValue = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: 0, max: 10_000, noNaN: true }) },
  { weight: 1, arbitrary: fc.double() },
);

/** Points of a plausible window, and among them numbers of every kind, NaN and infinities too. */
export const anyPoints = fc.oneof(
  fc.array(fc.record({ time: anyTime, value: anyValue }), { maxLength: 120 }),
  fc.array(fc.record({ time: fc.integer({ min: START, max: START + 12 * 3_600_000 }), value: anyValue }), {
    minLength: 40,
    maxLength: 120,
  }),
);

/** Whether no number anywhere in a value is NaN or infinite. */
export function everyNumberIsFinite(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(everyNumberIsFinite);
}
