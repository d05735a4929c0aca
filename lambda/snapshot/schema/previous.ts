import * as z from 'zod';
import { count, nullableText } from './source.ts';

/** What an earlier audit of the same database saw, as far as a later one compares with it. */
export const previousSchema = z.object({
  /** When, ISO 8601 UTC. */
  takenAt: z.iso.datetime(),
  /** Sessions on the server, without the auditor's own; null when they were not seen. */
  sessions: count.nullable(),
  /** The clients that held most of them, largest first; at most 20. */
  holders: z.array(z.object({ user: z.string(), clientAddress: nullableText, sessions: count })),
});
