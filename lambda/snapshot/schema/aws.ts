import * as z from 'zod';
import type { DeepReadonly } from '../../core/deep-readonly.ts';
import { count, names, nullableText } from './source.ts';

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
});
export type RdsInstance = DeepReadonly<z.infer<typeof rdsInstanceSchema>>;

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
});
export type RdsSource = DeepReadonly<z.infer<typeof rdsSchema>>;

export const cloudWatchSchema = z.object({
  /** Maximum of DatabaseConnections per period, oldest first. */
  connections: z.object({
    periodSeconds: z.number().positive(),
    points: z.array(z.object({ at: z.string(), value: z.number() })),
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
