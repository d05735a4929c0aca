import * as z from 'zod';
import type { DeepReadonly } from '../../core/deep-readonly.ts';
import { count, failureSchema, names, nullableText } from './source.ts';

/** What AWS says about the database. */

const rdsInstanceSchema = z.object({
  identifier: z.string(),
  class: z.string(),
  status: z.string(),
  isWriter: z.boolean(),
  /** Name of the CA, such as rds-ca-rsa2048-g1; null when RDS did not say. */
  caIdentifier: nullableText,
  /** When the server certificate (not the CA) expires, ISO 8601; null when RDS did not say. */
  certificateValidTill: nullableText,
  /** Parameter groups and how far they are applied: in-sync, pending-reboot, applying ... */
  parameterGroups: z.array(z.object({ name: z.string(), applyStatus: z.string() })),
  /** Names of modifications that wait for the maintenance window or a reboot. */
  pendingModifications: names,
  /** GiB; null on Aurora, whose storage grows by itself, and where it was not read. */
  allocatedStorage: z.number().nullable().default(null),
  /** GiB up to which RDS raises it by itself; null without storage autoscaling. */
  maxAllocatedStorage: z.number().nullable().default(null),
});
export type RdsInstance = DeepReadonly<z.infer<typeof rdsInstanceSchema>>;

/** A day of RDS's events; their texts are not kept, their categories are. */
const eventSchema = z.object({
  at: z.string(),
  /** Such as failover, availability, low storage, recovery. */
  categories: names,
});

const eventsSchema = z.discriminatedUnion('state', [
  /** Oldest first; at most 100. */
  z.object({ state: z.literal('seen'), events: z.array(eventSchema) }),
  z.object({ state: z.literal('failed'), failure: failureSchema }),
  /** Saved by a release that did not read them. */
  z.object({ state: z.literal('not-seen') }),
]);

export const rdsSchema = z.object({
  kind: z.enum(['instance', 'cluster']),
  identifier: z.string(),
  /** db-... or cluster-...; what rds-db:connect names. */
  resourceId: z.string(),
  endpoint: nullableText,
  port: count.nullable(),
  engine: z.string(),
  engineVersion: z.string(),
  iamAuthentication: z.boolean(),
  /** The instance itself, or the cluster's members; at most 20. */
  instances: z.array(rdsInstanceSchema),
  /** Aurora Serverless v2 capacity range, ACU. */
  serverless: z.object({ minCapacity: z.number(), maxCapacity: z.number() }).nullable(),
  /** The highest ValidTill of the CA certificates named above, by CA; ISO 8601. */
  certificateAuthorities: z.array(z.object({ identifier: z.string(), validTill: z.string() })),
  /** What happened to it in the last 24 h. */
  events: eventsSchema.default({ state: 'not-seen' }),
});
export type RdsSource = DeepReadonly<z.infer<typeof rdsSchema>>;

const pointSchema = z.object({ at: z.string(), value: z.number() });
export type MetricPoint = DeepReadonly<z.infer<typeof pointSchema>>;

const loadSeries = z.array(pointSchema).default([]);

/** The load of the instance, or of the cluster's writer, over the last hours; oldest first. A series is empty where the metric does not exist or was not asked for. */
export const loadSchema = z.object({
  periodSeconds: z.number().positive(),
  /** `essential`: processor, capacity and storage alone; the others were not asked for. */
  asked: z.enum(['essential', 'all']),
  /** Mean, percent of all vCPUs; on Aurora Serverless of the maximum capacity. */
  cpuPercent: loadSeries,
  /** Lowest, bytes. Not on Aurora. */
  freeStorageBytes: loadSeries,
  /** Lowest, bytes; for temporary files on Aurora. */
  freeLocalStorageBytes: loadSeries,
  /** Mean, percent of the maximum capacity. Aurora Serverless v2. */
  capacityPercent: loadSeries,
  /** Lowest, bytes. */
  freeMemoryBytes: loadSeries,
  /** Lowest. Burstable classes. */
  cpuCredits: loadSeries,
  /** Lowest, percent of the I/O credits. The smaller classes. */
  ioBalancePercent: loadSeries,
  /** Mean of the I/O requests that wait. */
  diskQueueDepth: loadSeries,
  /** Mean number of active sessions. With Performance Insights. */
  activeSessions: loadSeries,
  /** Highest, ACU. Aurora Serverless v2. */
  capacityUnits: loadSeries,
});
export type LoadSource = DeepReadonly<z.infer<typeof loadSchema>>;
export type LoadSeriesName = Exclude<keyof LoadSource, 'periodSeconds' | 'asked'>;

export const cloudWatchSchema = z.object({
  /** Maximum of DatabaseConnections per period, oldest first. */
  connections: z.object({
    periodSeconds: z.number().positive(),
    points: z.array(pointSchema),
  }),
  /** Sums over the last hour; null when the metrics do not exist. */
  iam: z
    .object({
      requests: z.number().nullable(),
      failures: z.array(
        z.object({
          cause: z.enum(['invalid-token', 'insufficient-permissions', 'throttling', 'server-error', 'other']),
          count: z.number(),
        }),
      ),
    })
    .nullable(),
  /** The RDS Proxy before it, at the last minute that is known; null: none is configured. */
  rdsProxy: z
    .object({
      name: z.string(),
      /** Connections to the database that are kept for one client; null where the metrics do not exist. */
      pinned: z.number().nullable(),
      /** All connections to the database. */
      connections: z.number().nullable(),
    })
    .nullable()
    .default(null),
});
export type CloudWatchSource = DeepReadonly<z.infer<typeof cloudWatchSchema>>;
