import type { Rule } from '../../lambda/diagnosis/rules.ts';
import {
  ATTEMPTS_FAIL,
  FEW_FREE,
  FULL,
  GLOBAL_ROW,
  GROWTH,
  IAM_LEAK,
  KEY_SETTINGS,
  LARGE_POOLS,
  LOOKUPS_FOLLOW,
  LOOKUPS_INDEPENDENT,
  NO_CREDENTIALS,
  OPEN_TRANSACTION,
  OTHER_APPLICATION,
  OVER_CEILING,
  OVER_CEILING_BY_PASSWORD,
  PER_REQUEST_VERSION,
  PROXY_DOWN,
  SILENT,
  TEAM_SETTINGS,
  TOKENS_REFUSED,
  twoPods,
  USER_CONFIG,
} from './pieces.ts';
import { ROWS } from './rows.ts';
import type { World } from './world.ts';

/** Leaked, and yet no more than the pool may hold. */
const LEAK_IN_LARGE_POOL: World = { ...IAM_LEAK, settings: { pods: 1, poolLimit: 50 } };

/** A world in which a cause is named, and what contradicts it there. */
export interface Contradiction {
  readonly named: World;
  readonly but: World;
}

const UNSEEN_AGAIN: World = { sessionsUnseen: false };

/** For each `unless` of each rule, in its order. */
export const CONTRADICTIONS: Readonly<Record<Rule['id'], readonly Contradiction[]>> = {
  'database-unreachable': [],
  'iam-logins-refused': [],
  'iam-token-refresh': against(ROWS['iam-token-refresh'][1], [UNSEEN_AGAIN]),
  'orphaned-engine': against(ROWS['orphaned-engine'][1], [UNSEEN_AGAIN]),
  'dead-worker-engine': against(ROWS['dead-worker-engine'][1], [UNSEEN_AGAIN]),
  'leaked-connections': [],
  'managed-object-poll': [],
  'token-refresh-drops-limit': against({ ...OVER_CEILING, version: '1.97.0' }, [IAM_LEAK]),
  'per-request-router': against(ROWS['per-request-router'][1], [LOOKUPS_INDEPENDENT]),
  'global-router-settings': against(ROWS['global-router-settings'][0], [LOOKUPS_INDEPENDENT]),
  'user-config': [],
  'idle-in-transaction': [],
  'other-application': [],
  'pools-do-not-fit': [],
  'under-provisioned': against(FEW_FREE, [
    { sessions: twoPods(30, 16) },
    GROWTH,
    { settings: { ...FEW_FREE.settings, pods: 3 } },
    { ...OTHER_APPLICATION, settings: { poolLimit: 10 } },
  ]),
  'slots-exhausted': [],
  'query-engine': against(ATTEMPTS_FAIL, [
    TOKENS_REFUSED,
    LOOKUPS_FOLLOW,
    { ...GLOBAL_ROW, ...PER_REQUEST_VERSION },
    { ...TEAM_SETTINGS, ...PER_REQUEST_VERSION },
    { ...KEY_SETTINGS, ...PER_REQUEST_VERSION },
  ]),
  'known-bad-version': against({ version: '1.97.0' }, [
    LEAK_IN_LARGE_POOL,
    GROWTH,
    FEW_FREE,
    OVER_CEILING_BY_PASSWORD,
    LARGE_POOLS,
    LOOKUPS_FOLLOW,
    { ...GLOBAL_ROW, ...PER_REQUEST_VERSION },
    { ...TEAM_SETTINGS, ...PER_REQUEST_VERSION },
    { ...KEY_SETTINGS, ...PER_REQUEST_VERSION },
    USER_CONFIG,
    OPEN_TRANSACTION,
    PROXY_DOWN,
    ATTEMPTS_FAIL,
    TOKENS_REFUSED,
    SILENT,
    FULL,
    NO_CREDENTIALS,
  ]),
  'auditor-cannot-look': [],
};

function against(named: World | undefined, contradictions: readonly World[]): readonly Contradiction[] {
  return contradictions.map((but) => ({ named: named ?? {}, but }));
}
