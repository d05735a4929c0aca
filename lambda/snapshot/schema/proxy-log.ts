import * as z from 'zod';
import type { DeepReadonly } from '../../core/deep-readonly.ts';
import { LOG_PHRASE_IDS } from '../../litellm/log-phrases.ts';
import { count } from './source.ts';

/** How often the log of the proxy has each phrase. No line of it is kept. */
export const proxyLogSchema = z.object({
  /** `metrics`: the stack's metric filters, over the last hour. `file`: a log that was given to the shell, all of it. */
  from: z.enum(['metrics', 'file']),
  /** A phrase that nobody counted is not there. */
  lines: z.partialRecord(z.enum(LOG_PHRASE_IDS), count),
  /** All lines of the file; null: metric filters count those that match. */
  total: count.nullable(),
});
export type ProxyLogSource = DeepReadonly<z.infer<typeof proxyLogSchema>>;
