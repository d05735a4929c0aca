import fc from 'fast-check';
import type { ActivitySeen, LitellmSource, Sources } from '../lambda/snapshot/snapshot.ts';
import { olderLitellm, previous, seen, TAKEN_AT } from './snapshots.ts';

/** The earlier of two readings. */
const BEFORE = { configScans: 1_000_000, spendLogRows: 2_000_000, statsReset: null } as const;

/** What two audits counted in between. */
export interface Counted {
  readonly lookups: number;
  readonly requests: number;
  readonly seconds?: number;
}

/** The sources of two audits that counted so much in between: `more` is of LiteLLM's tables now. */
export function counted(
  { lookups, requests, seconds = 5 }: Counted,
  more: Partial<LitellmSource> = {},
): Pick<Sources, 'litellm' | 'previous'> {
  const { configScans, spendLogRows, statsReset } = BEFORE;
  const then = new Date(Date.parse(TAKEN_AT) - seconds * 1000).toISOString();
  return {
    litellm: seen(
      olderLitellm({
        ...more,
        activity: {
          state: 'seen',
          at: TAKEN_AT,
          configScans: configScans + lookups,
          spendLogRows: spendLogRows + requests,
          statsReset,
        },
      }),
    ),
    previous: seen(previous({ takenAt: then, activity: { at: then, ...BEFORE } })),
  };
}

const reading = {
  at: fc.constantFrom(TAKEN_AT, '2026-11-22T02:45:00.000Z', 'no time'),
  configScans: fc.option(fc.nat({ max: 100_000 })),
  spendLogRows: fc.option(fc.nat({ max: 100_000 })),
  statsReset: fc.constantFrom(null, '2026-11-01T00:00:00.000Z'),
};

/** A reading of any sort. */
export const anyActivity: fc.Arbitrary<ActivitySeen> = fc.oneof(
  fc.constant({ state: 'no-table' as const }),
  fc.constant({ state: 'not-seen' as const }),
  fc.record({ state: fc.constant('seen' as const), ...reading }),
);

/** A reading of an earlier audit, or none. */
export const anyEarlierActivity = fc.option(fc.record(reading));
