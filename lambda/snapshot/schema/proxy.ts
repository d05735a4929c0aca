import * as z from 'zod';
import type { DeepReadonly } from '../../core/deep-readonly.ts';
import { count, failureSchema } from './source.ts';

/** One answer of GET /health/readiness. */
const readinessSchema = z.object({
  httpStatus: count,
  /** As the proxy said it; null when it did not say. `stalled`: a lookup of the last 30 s met its deadline, which says that the pool is short. */
  database: z.enum(['connected', 'disconnected', 'stalled']).nullable(),
  /** The pod is on its way out, and says nothing about the database. */
  shuttingDown: z.literal(true).optional(),
});
export type ReadinessAnswer = DeepReadonly<z.infer<typeof readinessSchema>>;

export const proxySchema = z.object({
  /** Host of the proxy's URL. */
  host: z.string(),
  /** Several are asked: answers may come from different pods. */
  readiness: z.array(readinessSchema),
  /** Requests that failed: timeout, refused ... */
  failures: z.array(failureSchema),
  /** Versions that were stated, most frequent first; untrusted text of at most 60 characters. */
  versions: z.array(
    z.object({ version: z.string(), from: z.enum(['readiness', 'model-hub', 'readiness-details']), count }),
  ),
});
export type ProxySource = DeepReadonly<z.infer<typeof proxySchema>>;
