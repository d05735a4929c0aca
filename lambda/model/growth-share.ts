import type { SessionCohort, SessionsSource } from '../snapshot/snapshot.ts';
import { clientName } from './clients.ts';
import type { ConnectionTrend } from './connection-trend.ts';
import type { LitellmClients } from './litellm-clients.ts';
import type { SessionsSince } from './sessions-since.ts';

/** Whose sessions a rise of the connections is made of, as far as an earlier audit or the times at which sessions started show. */
export type GrowthShare = 'litellm' | 'others' | 'unclear';

/** More than this share of a rise makes it LiteLLM's or that of others. */
const MOST = 1 / 2;

/**
 * Whose sessions the latest rise is made of. Those of the others that started since it began are the most that they can have added, and the rest is
 * LiteLLM's; and the other way around. Not where a pooler opens and closes them as it likes. An earlier audit that saw them rise shows it directly.
 * null when the connections do not rise.
 */
export function growthShare(
  { trend }: ConnectionTrend,
  sessions: SessionsSource,
  who: LitellmClients | null,
  before: SessionsSince | null,
  isPooled: boolean,
): GrowthShare | null {
  if (trend.kind === 'too-few-points') return null;
  const { since, fromLevel, toLevel } = trend.recent;
  const rise = toLevel - fromLevel;
  if (rise <= 0) return null;
  const shown = before === null ? null : shareSince(before);
  if (shown !== null) return shown;
  // The list of cohorts is cut at its newest end, which is what counts here.
  if (who === null || isPooled || sessions.cohortCount > sessions.cohorts.length) return 'unclear';
  const names = new Set(who.clients.map(({ name }) => name));
  const recent = sessions.cohorts.filter(({ lastStart }) => Date.parse(lastStart) >= since);
  const own = sum(recent.filter((cohort) => names.has(clientName(cohort))));
  const others = sum(recent) - own + sessions.hidden;
  if (rise - others > MOST * rise) return 'litellm';
  return own < MOST * rise ? 'others' : 'unclear';
}

/** null where neither grew: the rise was before that. */
function shareSince({ litellm, others }: SessionsSince): GrowthShare | null {
  const own = Math.max(0, litellm.now - litellm.before);
  const rest = Math.max(0, others.now - others.before);
  if (own + rest === 0) return null;
  if (own > MOST * (own + rest)) return 'litellm';
  return rest > MOST * (own + rest) ? 'others' : 'unclear';
}

function sum(cohorts: readonly SessionCohort[]): number {
  return cohorts.reduce((total, { count }) => total + count, 0);
}
