import { ge } from '@renovatebot/pep440';
import { SINCE } from './releases/since.ts';
import type { LitellmVersion } from './version.ts';

/** What LiteLLM does with its pools when it renews its IAM token. */
export interface TokenRefresh {
  /** The longest regular time between two refreshes. */
  readonly seconds: number;
  /** How long the pools before and after a refresh may both be open. */
  readonly drainSeconds: number;
  /** How long a session may live where no refresh replaces it: that of the PgBouncer in the image. null: every refresh replaces all. */
  readonly pooledSeconds: number | null;
}

interface Row extends TokenRefresh {
  /** First version; the row ends where the next one begins. */
  readonly from: string;
}

/** Before 1.80.15 the next use of an expired token renews it, so after 900 s or later. */
const ON_EXPIRY = 900;
/** From then on a loop in the background renews it 180 s before it expires. */
const BEFORE_EXPIRY = 720;

/** Read in the wheels of 1.73.6 to 1.110.2 on PyPI. What each version leaves behind is in knowledge/known-issues.tsv. */
const ROWS: readonly Row[] = [
  { from: '0.dev0', seconds: ON_EXPIRY, drainSeconds: 0, pooledSeconds: null },
  { from: SINCE['token-refresh-loop'], seconds: BEFORE_EXPIRY, drainSeconds: 0, pooledSeconds: null },
  // It starts a new engine first, and then drains the old one.
  { from: SINCE['drained-engines'], seconds: BEFORE_EXPIRY, drainSeconds: 90, pooledSeconds: null },
  // PgBouncer's server_lifetime, where the one in the image is on.
  { from: SINCE['bundled-pooler'], seconds: BEFORE_EXPIRY, drainSeconds: 90, pooledSeconds: 3600 },
];

/** The most patient of each, so that nothing is taken for old too early. */
const NOT_KNOWN: TokenRefresh = { seconds: ON_EXPIRY, drainSeconds: 90, pooledSeconds: 3600 };

/**
 * How a version renews its IAM token; what holds for every version when it is null.
 * @param override seconds between two refreshes, in place of the version's own
 */
export function tokenRefresh(version: LitellmVersion | null, override: number | undefined): TokenRefresh {
  const { seconds, drainSeconds, pooledSeconds } =
    (version && ROWS.findLast(({ from }) => ge(version.text, from))) ?? NOT_KNOWN;
  if (override === undefined) return { seconds, drainSeconds, pooledSeconds };
  const share = override / seconds;
  return {
    seconds: override,
    drainSeconds: drainSeconds * share,
    pooledSeconds: pooledSeconds === null ? null : pooledSeconds * share,
  };
}

/** The times between pools that refreshes leave: those of every version, since another one may have run when they were left. */
export function refreshSteps(override: number | undefined): readonly number[] {
  return [BEFORE_EXPIRY, ON_EXPIRY, ...(override === undefined ? [] : [override])];
}
