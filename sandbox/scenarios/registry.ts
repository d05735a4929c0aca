import { connectionLimit, rdsProxy } from './limits.ts';
import { healthy, idleInTransaction, slotsExhausted, tableGrowth, underProvisioned } from './load.ts';
import { indexBuild, lockPileUp, migrationLock } from './locks.ts';
import { mixed } from './mixed.ts';
import { networkDropsIdle, queryEngine } from './proxy-log.ts';
import type { Scenario } from './scenario.ts';
import { burst, failover, overloaded, readOnly, storageFull } from './server.ts';
import { iamLeak, oldSchema, perRequestRouter, wrongVersion } from './versions.ts';

/** Every scenario by its name; `npm start` runs the first when none is named. */
export const SCENARIOS: ReadonlyMap<string, Scenario> = new Map([
  ['mixed', mixed],
  ['healthy', healthy],
  ['iam-leak', iamLeak],
  ['per-request-router', perRequestRouter],
  ['under-provisioned', underProvisioned],
  ['slots-exhausted', slotsExhausted],
  ['idle-in-transaction', idleInTransaction],
  ['lock-pile-up', lockPileUp],
  ['index-build', indexBuild],
  ['migration-lock', migrationLock],
  ['table-growth', tableGrowth],
  ['wrong-version', wrongVersion],
  ['old-schema', oldSchema],
  ['overloaded', overloaded],
  ['storage-full', storageFull],
  ['failover', failover],
  ['read-only', readOnly],
  ['burst', burst],
  ['network-drops-idle', networkDropsIdle],
  ['query-engine', queryEngine],
  ['connection-limit', connectionLimit],
  ['rds-proxy', rdsProxy],
]);
