import type { z } from 'zod';
import type { tuningSchema } from '../../lambda/tuning.ts';
import type { LitellmOptions } from '../database/litellm-schema.ts';
import type { PodOptions } from '../database/pods.ts';
import type { ProxyPod } from '../proxy.ts';
import type { History } from './metrics.ts';

/** One state of a LiteLLM database and its proxy that an audit can find. */
export interface Scenario {
  /** One line, for `npm start -- --help`. */
  readonly description: string;
  /** LiteLLM's: the database has its schema, and the proxy tells it. */
  readonly version: string;
  /** 5 of them are reserved, as on RDS. */
  readonly maxConnections: number;
  readonly litellm?: Omit<LitellmOptions, 'version'>;
  readonly pods: readonly PodOptions[];
  /** What /health/readiness says; connected when left out. */
  readonly readiness?: ProxyPod['database'];
  /** What CloudWatch has. */
  readonly history: History;
  /** As in the configuration; time constants that let it run in seconds, since PostgreSQL's clock cannot be moved. */
  readonly tuning?: z.input<typeof tuningSchema>;
  /** Least time between the last connection of the pods and the audit. */
  readonly settleMs?: number;
}
