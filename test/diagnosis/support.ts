import type { Rule } from '../../lambda/diagnosis/rules.ts';
import {
  ATTEMPTS_FAIL,
  BURSTS,
  CLOSED,
  FEW_FREE,
  FULL,
  FULL_AND_SEEN,
  GLOBAL_ROW,
  GROWTH,
  HANGING_MIGRATION,
  IAM_LEAK,
  LARGE_POOLS,
  LARGE_WHILE_DEPLOYING,
  LEFT_BEHIND,
  LIMIT_IGNORED,
  LIMIT_REACHED,
  LOCK_PILE,
  LOCK_PILE_SEEN,
  limited,
  NARROW,
  NO_VERSION,
  OPEN_TRANSACTION,
  ORPHANED_LOCK_AND_WAIT,
  OTHERS_GROW,
  OUTGROWN,
  OVER_CEILING,
  OVERLOADED,
  PASSWORD_LEAK,
  PER_REQUEST_VERSION,
  PINNED_NARROW,
  POOL_TIMEOUTS,
  PROXY_DOWN,
  RECENT_GROWTH,
  SILENT,
  SILENT_FOR_STORAGE,
  SLOTS_REFUSED,
  STORAGE_FULL,
  TEAM_SETTINGS,
  TOKENS_EXPIRED,
  TOKENS_REFUSED,
  TWO_WORKERS,
  WRITES_REFUSED,
} from './pieces.ts';
import type { World } from './world.ts';

/** A leak with each of what it leads to, in the order of the rules: few free slots, a client over its ceiling, no slot left, a limit reached. */
function filling(leak: World): readonly World[] {
  const limit = leak.sessions === undefined ? {} : { sessions: limited(leak.sessions) };
  return [{ ...leak, ...NARROW }, leak, { ...leak, ...FULL_AND_SEEN }, { ...leak, ...limit }];
}

const ORPHANS: World = { ...PASSWORD_LEAK, version: '1.81.9' };
const DEAD_WORKER: World = { ...PASSWORD_LEAK, ...TWO_WORKERS, version: '1.90.0' };

/** For each `also` of each rule, in its order, a world in which it is there beside a row that is true. */
export const SUPPORT: Readonly<Record<Rule['id'], readonly World[]>> = {
  'storage-full': [SILENT_FOR_STORAGE],
  'database-unreachable': [],
  'failover-left-behind': [],
  'database-read-only': [],
  'server-overloaded': [],
  'bursts-fill-slots': [],
  'iam-refresh-fails': [],
  'iam-logins-refused': [],
  'slots-exhausted': [{ ...FULL, ...GROWTH }],
  'iam-token-refresh': [{ ...IAM_LEAK, ...NARROW, ...GROWTH }, ...filling(IAM_LEAK)],
  'orphaned-engine': filling(ORPHANS),
  'dead-worker-engine': filling(DEAD_WORKER),
  'leaked-connections': filling(PASSWORD_LEAK),
  'managed-object-poll': [
    { ...RECENT_GROWTH, ...POOL_TIMEOUTS, version: '1.81.9' },
    { ...RECENT_GROWTH, maxConnections: 50, version: '1.81.9' },
    { ...RECENT_GROWTH, ...FULL_AND_SEEN, version: '1.81.9' },
  ],
  'token-refresh-drops-limit': [
    { ...OVER_CEILING, ...POOL_TIMEOUTS, version: '1.90.0' },
    { ...OVER_CEILING, maxConnections: 40, version: '1.90.0' },
  ],
  'split-ignores-pool-limit': [{ ...LIMIT_IGNORED, maxConnections: 75 }],
  'per-request-router': [
    {
      ...TEAM_SETTINGS,
      ...PER_REQUEST_VERSION,
      routerSettings: { ...TEAM_SETTINGS.routerSettings, ...GLOBAL_ROW.routerSettings },
    },
    { ...GLOBAL_ROW, ...PER_REQUEST_VERSION, ...ATTEMPTS_FAIL },
  ],
  'global-router-settings': [{ ...GLOBAL_ROW, ...NO_VERSION, ...ATTEMPTS_FAIL }],
  'user-config': [],
  'migration-lock-orphaned': [ORPHANED_LOCK_AND_WAIT],
  'lock-pile-up': [
    LOCK_PILE_SEEN,
    HANGING_MIGRATION,
    { ...LOCK_PILE, ...POOL_TIMEOUTS },
    { ...LOCK_PILE, ...FEW_FREE },
  ],
  'idle-in-transaction': [{ ...OPEN_TRANSACTION, ...POOL_TIMEOUTS }],
  'table-growth': [{ ...OUTGROWN, ...POOL_TIMEOUTS }],
  'other-application': [{ ...OTHERS_GROW, maxConnections: 40 }],
  'pools-do-not-fit': [
    { ...FEW_FREE, ...LARGE_POOLS },
    { ...LARGE_POOLS, ...SLOTS_REFUSED },
  ],
  'under-provisioned': [
    { ...FEW_FREE, ...LARGE_WHILE_DEPLOYING },
    { ...FEW_FREE, ...SLOTS_REFUSED },
  ],
  'connection-limit-reached': [],
  'rds-proxy-pinned': [PINNED_NARROW],
  'network-drops-idle': [],
  'query-engine': [],
  'auditor-cannot-look': [],
};

/** For each `confirms` of each rule, in its order, a world in which it is there beside a row that is true. */
export const CONFIRMATIONS: Readonly<Partial<Record<Rule['id'], readonly World[]>>> = {
  'storage-full': [
    { ...STORAGE_FULL, ...PROXY_DOWN },
    { ...STORAGE_FULL, ...ATTEMPTS_FAIL },
  ],
  'database-unreachable': [{ ...SILENT, ...PROXY_DOWN }],
  'failover-left-behind': [
    { ...LEFT_BEHIND, ...WRITES_REFUSED },
    { ...LEFT_BEHIND, ...CLOSED },
  ],
  'server-overloaded': [{ ...OVERLOADED, ...POOL_TIMEOUTS }],
  'bursts-fill-slots': [{ ...BURSTS, ...SLOTS_REFUSED }],
  'iam-refresh-fails': [
    { ...TOKENS_EXPIRED, ...PROXY_DOWN, version: '1.79.1' },
    { ...TOKENS_EXPIRED, ...ATTEMPTS_FAIL, version: '1.79.1' },
  ],
  'iam-logins-refused': [
    { ...TOKENS_REFUSED, ...PROXY_DOWN },
    { ...TOKENS_REFUSED, ...ATTEMPTS_FAIL },
  ],
  'connection-limit-reached': [{ ...LIMIT_REACHED, ...PROXY_DOWN }],
  'slots-exhausted': [
    { ...FULL, ...PROXY_DOWN },
    { ...FULL, ...ATTEMPTS_FAIL },
  ],
  'iam-token-refresh': [{ ...IAM_LEAK, version: '1.81.9' }],
  'orphaned-engine': [{ ...ORPHANS, ...NARROW, ...GROWTH }],
  'dead-worker-engine': [{ ...DEAD_WORKER, ...NARROW, ...GROWTH }],
  'leaked-connections': [{ ...PASSWORD_LEAK, ...NARROW, ...GROWTH }],
};
