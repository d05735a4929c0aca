import type { Rule } from '../../lambda/diagnosis/rules.ts';
import {
  ATTEMPTS_FAIL,
  CLOSED,
  ENGINE_GONE,
  FEW_FREE,
  GROWTH,
  HIDDEN,
  LIMIT_IGNORED,
  OTHER_APPLICATION,
  OTHER_APPLICATION_WITH_ROOM,
  OVER_CEILING,
  PROXY_DOWN,
  RECENT_GROWTH,
  SHARED_USER_WITH_ROOM,
  SILENT_LATER,
  TOKENS_EXPIRED,
  TOKENS_REFUSED,
  TOO_MANY_WORKERS,
} from './pieces.ts';
import type { World } from './world.ts';

/** A row whose signs are all there but one: no sign of it is enough without the others. */
interface NearMiss {
  readonly row: number;
  /** For each sign of the row, in its order, a world without that sign alone. */
  readonly without: readonly World[];
}

const HEALTHY: World = {};

/** For each row of several signs. */
export const NEAR_MISSES: Readonly<Partial<Record<Rule['id'], readonly NearMiss[]>>> = {
  'iam-token-refresh': [
    {
      row: 1,
      without: [
        { sessionsUnseen: true, version: '1.73.6' },
        { ...GROWTH, sessionsUnseen: true, version: '1.90.0' },
      ],
    },
  ],
  'orphaned-engine': [
    {
      row: 1,
      without: [
        { sessionsUnseen: true, version: '1.82.5' },
        { ...GROWTH, sessionsUnseen: true, version: '1.90.0' },
      ],
    },
  ],
  'dead-worker-engine': [
    {
      row: 1,
      without: [
        { sessionsUnseen: true, version: '1.90.0' },
        { ...GROWTH, sessionsUnseen: true, version: '1.97.0' },
      ],
    },
  ],
  'iam-refresh-fails': [
    {
      row: 0,
      without: [
        { ...TOKENS_REFUSED, version: '1.79.1' },
        { ...TOKENS_EXPIRED, version: '1.90.0' },
      ],
    },
  ],
  'managed-object-poll': [
    {
      row: 0,
      without: [
        { ...GROWTH, sessionsUnseen: true, version: '1.81.9' },
        { ...RECENT_GROWTH, version: '1.90.0' },
      ],
    },
  ],
  'token-refresh-drops-limit': [{ row: 0, without: [{ version: '1.90.0' }, OVER_CEILING] }],
  'split-ignores-pool-limit': [{ row: 0, without: [TOO_MANY_WORKERS, { ...LIMIT_IGNORED, version: 'unknown' }] }],
  'other-application': [{ row: 0, without: [OTHER_APPLICATION_WITH_ROOM, FEW_FREE] }],
  'pools-do-not-fit': [
    { row: 1, without: [SHARED_USER_WITH_ROOM, { ...OTHER_APPLICATION, settings: { rollingSurgePercent: 0 } }] },
  ],
  'under-provisioned': [{ row: 0, without: [HEALTHY, HIDDEN] }],
  'network-drops-idle': [{ row: 0, without: [HEALTHY, { ...CLOSED, ...SILENT_LATER }] }],
  'query-engine': [ATTEMPTS_FAIL, ENGINE_GONE, PROXY_DOWN].map((failing, row) => ({
    row,
    without: [HEALTHY, { ...failing, ...SILENT_LATER }, { ...failing, ...FEW_FREE }],
  })),
};
