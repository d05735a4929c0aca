import fc from 'fast-check';
import type { ActivitySeen } from '../lambda/snapshot/snapshot.ts';

/** Two readings of any sort. */
export const anyActivity: fc.Arbitrary<ActivitySeen> = fc.oneof(
  fc.constant({ state: 'no-table' as const }),
  fc.string().map((reason) => ({ state: 'not-measured' as const, reason })),
  fc.record({
    state: fc.constant('seen' as const),
    seconds: fc.double({ min: 0, max: 60, noNaN: true }),
    configScans: fc.nat({ max: 100_000 }),
    spendLogRows: fc.nat({ max: 100_000 }),
    reset: fc.boolean(),
  }),
);
