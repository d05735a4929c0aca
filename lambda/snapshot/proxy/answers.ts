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
 * What an answer of GET /health/readiness says about the database; null when it is no such answer. Up to 1.83 `db` is always `connected` and
 * `status` shows it; from 1.84 on `status` is always `healthy` and `db` shows it (knowledge/litellm.md section 7). `Not connected`: the proxy has no database.
 */
export function parseReadiness({ httpStatus, body }: HttpAnswer): ReadinessAnswer | null {
  const { status, db } = healthSchema.parse(body);
  if (status === undefined && db === undefined) {
    return httpStatus === UNAVAILABLE ? { httpStatus, database: null } : null;
  }
  const words = [status, db].map((word) => word?.toLowerCase());
  if (words.includes('disconnected') || words.includes('not connected'))
    return { httpStatus, database: 'disconnected' };
  return { httpStatus, database: words.includes('connected') && !words.includes('unknown') ? 'connected' : null };
}

/** The version that an answer states, shortened to 60 characters; null when it states none. */
export function parseVersion({ httpStatus, body }: HttpAnswer): string | null {
  const parsed = versionSchema.safeParse(body);
  // A proxy that has lost its database still states its version.
  if (!parsed.success || (httpStatus !== 200 && httpStatus !== UNAVAILABLE)) return null;
  return parsed.data.litellm_version.slice(0, LONGEST_VERSION).toWellFormed();
}
