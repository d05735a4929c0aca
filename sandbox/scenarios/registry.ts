import { healthy } from './healthy.ts';
import { iamLeak } from './iam-leak.ts';
import { idleInTransaction } from './idle-in-transaction.ts';
import { mixed } from './mixed.ts';
import { oldSchema } from './old-schema.ts';
import { perRequestRouter } from './per-request-router.ts';
import type { Scenario } from './scenario.ts';
import { slotsExhausted } from './slots-exhausted.ts';
import { underProvisioned } from './under-provisioned.ts';
import { wrongVersion } from './wrong-version.ts';

/** Every scenario by its name; `npm start` runs the first when none is named. */
export const SCENARIOS: ReadonlyMap<string, Scenario> = new Map([
  ['mixed', mixed],
  ['healthy', healthy],
  ['iam-leak', iamLeak],
  ['per-request-router', perRequestRouter],
  ['under-provisioned', underProvisioned],
  ['slots-exhausted', slotsExhausted],
  ['idle-in-transaction', idleInTransaction],
  ['wrong-version', wrongVersion],
  ['old-schema', oldSchema],
]);
