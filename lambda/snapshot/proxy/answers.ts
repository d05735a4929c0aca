import * as z from 'zod';
import type { ReadinessAnswer } from '../snapshot.ts';
import type { HttpAnswer } from './http.ts';

const LONGEST_VERSION = 60;
/** What a load balancer says too, when none of its pods is ready. */
const UNAVAILABLE = 503;

const text = z.string().optional().catch(undefined);
const healthSchema = z.object({ status: text, db: text }).catch({ status: undefined, db: undefined });
const versionSchema = z.object({ litellm_version: z.string().trim().min(1) });

/**
 * What an answer of GET /health/readiness says about the database; null when it is no such answer. Up to 1.82.0 `db` is always `connected` and `status`
 * shows it; from 1.82.1 on `status` is `healthy` and `db` shows it. `Not connected`: the proxy has no database. 1.104.0 added `stalled`, and a pod that
 * is drained answers `shutting_down` (wheels of 1.81.13 to 1.104.0).
 */
export function parseReadiness({ httpStatus, body }: HttpAnswer): ReadinessAnswer | null {
  const { status, db } = healthSchema.parse(body);
  if (status === undefined && db === undefined) {
    return httpStatus === UNAVAILABLE ? { httpStatus, database: null } : null;
  }
  const words = [status, db].map((word) => word?.toLowerCase());
  if (words.includes('shutting_down')) return { httpStatus, database: null, shuttingDown: true };
  if (words.includes('disconnected') || words.includes('not connected')) {
    return { httpStatus, database: 'disconnected' };
  }
  if (words.includes('stalled')) return { httpStatus, database: 'stalled' };
  return { httpStatus, database: words.includes('connected') && !words.includes('unknown') ? 'connected' : null };
}

/** The version that an answer states, shortened to 60 characters; null when it states none. */
export function parseVersion({ httpStatus, body }: HttpAnswer): string | null {
  const parsed = versionSchema.safeParse(body);
  // A proxy that has lost its database still states its version.
  if (!parsed.success || (httpStatus !== 200 && httpStatus !== UNAVAILABLE)) return null;
  return parsed.data.litellm_version.slice(0, LONGEST_VERSION).toWellFormed();
}
