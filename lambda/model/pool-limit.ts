import { lt } from '@renovatebot/pep440';
import { knownIssuesOf } from '../litellm/known-issues.ts';
import { SINCE } from '../litellm/releases/since.ts';
import type { LitellmVersion } from '../litellm/version.ts';
import type { Settings } from '../settings/settings.ts';

/** LiteLLM's database_connection_pool_limit where nothing is configured, connections per worker (knowledge/litellm.md section 4). */
const DEFAULT_POOL_LIMIT = 10;

export interface PoolLimit {
  /** Connections per worker. */
  readonly perWorker: number;
  readonly from: 'configuration' | "LiteLLM's default";
  /** What the default leaves open. */
  readonly note: string | null;
  /** Whether a refresh of the IAM token drops the limit, so that the pool falls to Prisma's own default (#33021). */
  readonly droppedByRefresh: 'yes' | 'perhaps' | 'no';
}

/** The pool limit of one worker, and whether it lasts. `version` is null when it is not known. */
export function poolLimit(settings: Settings, version: LitellmVersion | null, iam: boolean): PoolLimit {
  const droppedByRefresh = iam ? dropped(version) : 'no';
  if (settings.poolLimit !== undefined) {
    return { perWorker: settings.poolLimit, from: 'configuration', note: null, droppedByRefresh };
  }
  return {
    perWorker: DEFAULT_POOL_LIMIT,
    from: "LiteLLM's default",
    note:
      version !== null && lt(version.release, SINCE['pool-limit-10'])
        ? `LiteLLM ${version.text} uses 100 when it has no configuration file.`
        : null,
    droppedByRefresh,
  };
}

function dropped(version: LitellmVersion | null): PoolLimit['droppedByRefresh'] {
  if (version === null) return 'perhaps';
  return knownIssuesOf(version, { iam: true }).some(({ id }) => id === 'iam-refresh-drops-parameters') ? 'yes' : 'no';
}
