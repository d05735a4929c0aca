import type { SessionCohort } from '../snapshot/snapshot.ts';

/** Sessions of one client that started together, with their ages by the server's clock. */
export interface PoolCohort {
  /** As the server wrote them, ISO 8601. */
  readonly firstStart: string;
  readonly lastStart: string;
  readonly sessions: number;
  /** Since the last of its sessions started. */
  readonly ageSeconds: number;
  /** The last change of state, where all of its sessions are idle; null while one is active. */
  readonly idleSince: string | null;
  /** Since `idleSince`. */
  readonly idleSeconds: number | null;
}

/**
 * The cohorts, oldest first; those whose times cannot be read are left out.
 * @param now the server's clock, milliseconds since 1970
 */
export function poolCohorts(cohorts: readonly SessionCohort[], now: number): readonly PoolCohort[] {
  return cohorts
    .flatMap((cohort) => {
      const age = ageSeconds(cohort.lastStart, now);
      if (age === null || ageSeconds(cohort.firstStart, now) === null) return [];
      const idleSince = cohort.idle === cohort.count ? cohort.newestIdleSince : null;
      const idleSeconds = ageSeconds(idleSince, now);
      return [
        {
          firstStart: cohort.firstStart,
          lastStart: cohort.lastStart,
          sessions: cohort.count,
          ageSeconds: age,
          idleSince: idleSeconds === null ? null : idleSince,
          idleSeconds,
        },
      ];
    })
    .sort((a, b) => Date.parse(a.firstStart) - Date.parse(b.firstStart));
}

/** Seconds from a time up to `now` (milliseconds since 1970), 0 for one still to come; null for a text that is no time. */
function ageSeconds(time: string | null, now: number): number | null {
  const at = time === null ? Number.NaN : Date.parse(time);
  return Number.isFinite(at) && Number.isFinite(now) ? Math.max(0, Math.floor((now - at) / 1000)) : null;
}
