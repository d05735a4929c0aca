import { lt } from '@renovatebot/pep440';
import { knownIssuesOf } from '../litellm/known-issues.ts';
import { SINCE } from '../litellm/releases/since.ts';
import type { LitellmVersion } from '../litellm/version.ts';
import type { Settings } from '../settings/settings.ts';

/** LiteLLM's database_connection_pool_limit where nothing is configured, connections per worker. */
const DEFAULT_POOL_LIMIT = 10;

/** Before, that of a proxy without a configuration file. */
const OLD_DEFAULT = { before: SINCE['pool-limit-10'], limit: 100 };

export interface PoolLimit {
  /** Connections per worker. */
  readonly perWorker: number;
  readonly from: 'configuration' | "LiteLLM's default";
  /** The larger default that the version may have instead; null where there is one default. */
  readonly orElse: number | null;
  /** What the default leaves open. */
  readonly note: string | null;
  /** Whether a refresh of the IAM token drops the limit, so that the pool falls to Prisma's own default (#33021). */
  readonly droppedByRefresh: 'yes' | 'perhaps' | 'no';
}

/**
 * The pool limit of one worker, and whether it lasts.
 * @param version null when it is not known
 * @param openedAtOnce the most sessions that started together, per worker: with more than the default, an old version has its other one
 */
export function poolLimit(
  settings: Settings,
  version: LitellmVersion | null,
  iam: boolean,
  openedAtOnce: number,
): PoolLimit {
  const droppedByRefresh = iam ? dropped(version) : 'no';
  if (settings.poolLimit !== undefined) {
    return { perWorker: settings.poolLimit, from: 'configuration', orElse: null, note: null, droppedByRefresh };
  }
  const parts = { from: "LiteLLM's default", droppedByRefresh } as const;
  if (version === null || !lt(version.release, OLD_DEFAULT.before)) {
    return { ...parts, perWorker: DEFAULT_POOL_LIMIT, orElse: null, note: null };
  }
  const note = `LiteLLM ${version.text} uses ${OLD_DEFAULT.limit} when it has no configuration file.`;
  return droppedByRefresh === 'no' && openedAtOnce > DEFAULT_POOL_LIMIT
    ? { ...parts, perWorker: OLD_DEFAULT.limit, orElse: null, note }
    : { ...parts, perWorker: DEFAULT_POOL_LIMIT, orElse: OLD_DEFAULT.limit, note };
}

function dropped(version: LitellmVersion | null): PoolLimit['droppedByRefresh'] {
  if (version === null) return 'perhaps';
  return knownIssuesOf(version, { iam: true }).some(({ id }) => id === 'iam-refresh-drops-parameters') ? 'yes' : 'no';
}
