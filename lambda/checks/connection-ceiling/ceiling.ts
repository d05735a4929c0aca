import { ge } from '@renovatebot/pep440';
import { counted } from '../../core/text.ts';
import type { Uncertainty } from '../../core/uncertainty.ts';
import { fixedIn } from '../../litellm/known-issues.ts';
import { SINCE } from '../../litellm/releases/since.ts';
import { tokenRefresh } from '../../litellm/token-refresh.ts';
import type { LitellmClient } from '../../model/litellm-clients.ts';
import { mostSessions, openedSinceRefresh } from '../../model/observed-pool.ts';
import type { Topology } from '../../model/topology.ts';
import type { Settings } from '../../settings/settings.ts';

/** The PgBouncer that LiteLLM's image can run opens so many sessions per pod (knowledge/litellm.md section 4). */
const BUNDLED_POOLER = { since: SINCE['bundled-pooler'], sessions: 20 };

export interface Ceiling {
  readonly sessions: number;
  /** How it comes about: `10 per worker x 2 workers`. */
  readonly words: string;
  /** Sessions that a refresh a moment ago explains, beyond the ceiling. */
  readonly draining: number;
  /** What the client opened at once since the last refresh, where that, not the configured limit, is its pool (#33021); else null. */
  readonly observedPool: number | null;
  readonly uncertainties: readonly Uncertainty[];
}

/** The most sessions that a client should hold: pool limit x workers, and what IAM refreshes change. */
export function computeCeiling(client: LitellmClient, topology: Topology, settings: Settings): Ceiling {
  const { limit, deployment, version } = topology;
  const configured = limit.perWorker * deployment.workersPerPod;
  const sessions = mostSessions(client, topology, settings);
  const opened = openedSinceRefresh(client, version, settings);
  const newest = client.cohorts.at(-1);
  const { drainSeconds } = tokenRefresh(version, settings.tokenRefreshSeconds);
  const justRefreshed =
    client.iam && newest !== undefined && client.cohorts.length > 1 && newest.ageSeconds < drainSeconds;
  const words = `${limit.perWorker} per worker x ${counted(deployment.workersPerPod, 'worker')}`;
  return {
    sessions,
    words:
      sessions > configured
        ? `${sessions} opened at once since the last token refresh, which drops the limit of ${words} (#33021)`
        : words,
    draining: justRefreshed ? Math.min(sessions, newest.sessions) : 0,
    observedPool: limit.droppedByRefresh === 'yes' ? opened : null,
    uncertainties: [
      ...(limit.droppedByRefresh === 'perhaps' && opened !== null && opened > configured
        ? [
            {
              confidence: 'low' as const,
              reason: `LiteLLM's version is not known: before ${fixedIn('iam-refresh-drops-parameters')} a token refresh drops the pool limit (#33021), and ${opened} sessions were opened at once.`,
            },
          ]
        : []),
      ...(version !== null && ge(version.text, BUNDLED_POOLER.since) && client.sessions <= BUNDLED_POOLER.sessions
        ? [
            {
              confidence: 'medium' as const,
              reason: `Where the PgBouncer in LiteLLM's image is on (${BUNDLED_POOLER.since} and later), a pod holds up to ${BUNDLED_POOLER.sessions} sessions whatever the pool limit.`,
            },
          ]
        : []),
    ],
  };
}
