import type { Rule } from '../../lambda/diagnosis/rules.ts';
import { cohort, fromCohorts } from '../sessions.ts';
import { seen, server, TAKEN_AT } from '../snapshots.ts';
import {
  ATTEMPTS_FAIL,
  CLOSED,
  FEW_FREE,
  GLOBAL_ROW,
  GROWTH,
  IAM_LEAK,
  KEY_SETTINGS,
  LARGE_POOLS,
  LEFT_BEHIND,
  LIMIT_REFUSED,
  LOCK_PILE,
  OTHER_APPLICATION,
  OVER_CEILING,
  PER_REQUEST_VERSION,
  RECENT_GROWTH,
  SHARED_USER,
  SILENT,
  SILENT_FOR_STORAGE,
  TEAM_SETTINGS,
  TOKENS_REFUSED,
  twoPods,
  WRITES_REFUSED,
} from './pieces.ts';
import { ROWS } from './rows.ts';
import type { World } from './world.ts';

/** What grew beside it leaked long ago: idle, and more than the pool may hold. */
const RECENT_LEAK: World = {
  sessions: fromCohorts([
    cohort(400, 390, { count: 18, iam: false }),
    ...[80, 60, 40, 20].map((started) => cohort(started, 0, { count: 5, iam: false })),
  ]),
  settings: { poolLimit: 10, pods: 1, rollingSurgePercent: 0 },
};

/** Old and new pods at once, whose pools have not filled yet. */
const DEPLOYING: World = {
  sessions: fromCohorts([
    cohort(400, 0, { count: 23, iam: false }),
    ...[2, 1].map((started) => cohort(started, 0, { count: 12, iam: false, clientAddress: `10.0.3.${20 + started}` })),
  ]),
  settings: { poolLimit: 25, rollingSurgePercent: 100, pods: undefined },
};

/** A world in which a cause is named, and what contradicts it there. */
export interface Contradiction {
  readonly named: World;
  readonly but: World;
}

const UNSEEN_AGAIN: World = { sessionsUnseen: false };

/** For each `unless` of each rule, in its order. */
export const CONTRADICTIONS: Readonly<Record<Rule['id'], readonly Contradiction[]>> = {
  'storage-full': [],
  'database-unreachable': against(SILENT, [SILENT_FOR_STORAGE]),
  'failover-left-behind': [],
  'database-read-only': against(WRITES_REFUSED, [LEFT_BEHIND]),
  'server-overloaded': [],
  'bursts-fill-slots': [],
  'iam-refresh-fails': [],
  'iam-logins-refused': [],
  'iam-token-refresh': against(ROWS['iam-token-refresh'][1], [UNSEEN_AGAIN]),
  'orphaned-engine': against(ROWS['orphaned-engine'][1], [UNSEEN_AGAIN]),
  'dead-worker-engine': against(ROWS['dead-worker-engine'][1], [UNSEEN_AGAIN]),
  'leaked-connections': [],
  'managed-object-poll': against({ ...RECENT_GROWTH, version: '1.81.9' }, [RECENT_LEAK]),
  'token-refresh-drops-limit': against({ ...OVER_CEILING, version: '1.97.0' }, [IAM_LEAK]),
  'split-ignores-pool-limit': [],
  'per-request-router': [],
  'global-router-settings': [],
  'user-config': [],
  'migration-lock-orphaned': [],
  'lock-pile-up': [],
  'idle-in-transaction': [],
  'table-growth': [],
  'other-application': against(OTHER_APPLICATION, [SHARED_USER]),
  'pools-do-not-fit': against(LARGE_POOLS, [LOCK_PILE]),
  'under-provisioned': against(FEW_FREE, [
    LOCK_PILE,
    { sessions: twoPods(30, 16) },
    GROWTH,
    { settings: { ...FEW_FREE.settings, pods: 3 } },
    DEPLOYING,
    { ...OTHER_APPLICATION, settings: { poolLimit: 10 } },
  ]),
  'slots-exhausted': [],
  'connection-limit-reached': against(LIMIT_REFUSED, [{ sessionsUnseen: false }]),
  'rds-proxy-pinned': [],
  'network-drops-idle': against(CLOSED, [
    { sources: { server: seen(server({ startedAt: TAKEN_AT })) } },
    { logged: { ...CLOSED.logged, readOnly: 3 } },
  ]),
  'query-engine': against(ATTEMPTS_FAIL, [
    TOKENS_REFUSED,
    { ...GLOBAL_ROW, ...PER_REQUEST_VERSION },
    { ...TEAM_SETTINGS, ...PER_REQUEST_VERSION },
    { ...KEY_SETTINGS, ...PER_REQUEST_VERSION },
  ]),
  'auditor-cannot-look': [],
};

function against(named: World | undefined, contradictions: readonly World[]): readonly Contradiction[] {
  return contradictions.map((but) => ({ named: named ?? {}, but }));
}
