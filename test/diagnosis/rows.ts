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
  NO_CREDENTIALS,
  OPEN_TRANSACTION,
  OTHER_APPLICATION,
  OVER_CEILING,
  PASSWORD_LEAK,
  PER_REQUEST_VERSION,
  POOL_TIMEOUTS,
  PROXY_DOWN,
  RDS_DENIED,
  SILENT,
  TEAM_SETTINGS,
  TOKENS_REFUSED,
  TWO_WORKERS,
  USER_CONFIG,
} from './pieces.ts';
import type { World } from './world.ts';

/** For each row of each rule, in its order, a world that makes it true and no other row of that rule. */
export const ROWS: Readonly<Record<Rule['id'], readonly World[]>> = {
  'database-unreachable': [SILENT],
  'iam-logins-refused': [TOKENS_REFUSED],
  'iam-token-refresh': [IAM_LEAK, { ...GROWTH, sessionsUnseen: true, version: '1.73.6' }],
  'orphaned-engine': [
    { ...PASSWORD_LEAK, version: '1.81.9' },
    { ...GROWTH, sessionsUnseen: true, version: '1.82.6' },
  ],
  'dead-worker-engine': [
    { ...PASSWORD_LEAK, ...TWO_WORKERS, version: '1.90.0' },
    { ...GROWTH, sessionsUnseen: true, version: '1.90.0' },
  ],
  'leaked-connections': [PASSWORD_LEAK],
  'managed-object-poll': [
    { ...GROWTH, version: '1.81.9' },
    { ...POOL_TIMEOUTS, version: '1.81.9' },
  ],
  'token-refresh-drops-limit': [
    { ...OVER_CEILING, version: '1.90.0' },
    { ...POOL_TIMEOUTS, version: '1.90.0' },
  ],
  'per-request-router': [
    LOOKUPS_FOLLOW,
    { ...TEAM_SETTINGS, ...PER_REQUEST_VERSION },
    { ...KEY_SETTINGS, ...PER_REQUEST_VERSION },
  ],
  'global-router-settings': [{ ...GLOBAL_ROW, ...PER_REQUEST_VERSION }],
  'user-config': [USER_CONFIG],
  'idle-in-transaction': [OPEN_TRANSACTION],
  'other-application': [OTHER_APPLICATION],
  'pools-do-not-fit': [LARGE_POOLS],
  'under-provisioned': [FEW_FREE],
  'slots-exhausted': [FULL],
  'query-engine': [ATTEMPTS_FAIL, PROXY_DOWN],
  'known-bad-version': [{ version: '1.90.0' }],
  'auditor-cannot-look': [NO_CREDENTIALS, RDS_DENIED],
};
