import type { DBInstance } from '@aws-sdk/client-rds';
import type { z } from 'zod';
import type { tuningSchema } from '../../lambda/settings/tuning.ts';
import type { LitellmOptions } from '../database/litellm-schema.ts';
import type { PodOptions } from '../database/pods.ts';
import type { ProxyPod } from '../proxy.ts';
import type { History } from './metrics.ts';

/** What differs from a healthy database in RDS. */
export interface RdsScene {
  /** Default instance. A cluster is Aurora with two instances, of which the second is the writer. */
  readonly kind?: 'instance' | 'cluster';
  readonly instance?: Partial<DBInstance>;
  readonly events?: readonly { readonly minutesAgo: number; readonly categories: string[] }[];
}

/** One state of a LiteLLM database and its proxy. */
export interface Scenario {
  /** One line, for `npm start -- --help`. */
  readonly description: string;
  /** LiteLLM's version: the database has its schema, and the proxy reports it. */
  readonly version: string;
  /** 5 of them are reserved, as on RDS. */
  readonly maxConnections: number;
  readonly litellm?: Omit<LitellmOptions, 'version'>;
  readonly pods: readonly PodOptions[];
  /** The spend logs of years, most of the recent ones deleted and not vacuumed. */
  readonly outgrownSpendLogs?: boolean;
  /** The CONNECTION LIMIT of LiteLLM's role, once the pods are connected; none by default. */
  readonly connectionLimit?: number;
  /** The answer of /health/readiness; connected by default. */
  readonly readiness?: ProxyPod['database'];
  /** What RDS knows of the database; an instance where nothing is going on by default. */
  readonly rds?: RdsScene;
  /** What was done to the database: its sessions are read-only, or it answers nobody any more. */
  readonly database?: 'read-only' | 'silent';
  /** The metrics in CloudWatch. */
  readonly history: History;
  /**
   * As in the configuration. Where tokenRefreshSeconds is set, the pods refresh their tokens in that time: short, so that it runs in seconds, since
   * PostgreSQL's clock cannot be set.
   */
  readonly tuning?: z.input<typeof tuningSchema>;
}
