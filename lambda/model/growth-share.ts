import type { SessionCohort, SessionsSource } from '../snapshot/snapshot.ts';
import { clientName } from './clients.ts';
import type { ConnectionTrend } from './connection-trend.ts';
import type { LitellmClients } from './litellm-clients.ts';

/** Whose sessions a rise of the connections is made of, as far as the times at which sessions started show. */
export type GrowthShare = 'litellm' | 'others' | 'unclear';

/** More than this share of a rise makes it LiteLLM's or that of others. */
const MOST = 1 / 2;

/**
 * Whose sessions the latest rise is made of. Those of the others that started since it began are the most that they can have added, and the rest is
 * LiteLLM's; and the other way around. null when the connections do not rise.
 */
export function growthShare(
  { trend }: ConnectionTrend,
  sessions: SessionsSource,
  who: LitellmClients | null,
): GrowthShare | null {
  if (trend.kind === 'too-few-points') return null;
  const { since, fromLevel, toLevel } = trend.recent;
  const rise = toLevel - fromLevel;
  if (rise <= 0) return null;
  // The list of cohorts is cut at its newest end, which is what counts here.
  if (who === null || sessions.cohortCount > sessions.cohorts.length) return 'unclear';
  const names = new Set(who.clients.map(({ name }) => name));
  const recent = sessions.cohorts.filter(({ lastStart }) => Date.parse(lastStart) >= since);
  const own = sum(recent.filter((cohort) => names.has(clientName(cohort))));
  const others = sum(recent) - own + sessions.hidden;
  if (rise - others > MOST * rise) return 'litellm';
  return own < MOST * rise ? 'others' : 'unclear';
}

function sum(cohorts: readonly SessionCohort[]): number {
  return cohorts.reduce((total, { count }) => total + count, 0);
}
