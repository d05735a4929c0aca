import * as z from 'zod';
import type { DeepReadonly } from '../core/deep-readonly.ts';
import { savedTuningSchema } from '../settings/tuning.ts';
import { cloudWatchSchema, loadSchema, rdsSchema } from './schema/aws.ts';
import { litellmSchema } from './schema/litellm.ts';
import { locksSchema } from './schema/locks.ts';
import { connectionSchema, serverSchema, sessionsSchema } from './schema/postgres.ts';
import { previousSchema } from './schema/previous.ts';
import { proxySchema } from './schema/proxy.ts';
import { proxyLogSchema } from './schema/proxy-log.ts';
import { routerSettingsSchema } from './schema/router-settings.ts';
import { type SourceResult, sourceResultSchema } from './schema/source.ts';
import { tablesSchema } from './schema/tables.ts';

export type * from './schema/aws.ts';
export type * from './schema/litellm.ts';
export type * from './schema/locks.ts';
export type * from './schema/postgres.ts';
export type * from './schema/previous.ts';
export type * from './schema/proxy.ts';
export type * from './schema/proxy-log.ts';
export type * from './schema/router-settings.ts';
export type * from './schema/source.ts';
export type * from './schema/tables.ts';

/** Each source by name, in the order in which a report lists them. */
const SOURCE_SCHEMAS = {
  connection: connectionSchema,
  server: serverSchema,
  sessions: sessionsSchema,
  locks: locksSchema,
  tables: tablesSchema,
  'router-settings': routerSettingsSchema,
  litellm: litellmSchema,
  rds: rdsSchema,
  cloudwatch: cloudWatchSchema,
  load: loadSchema,
  proxy: proxySchema,
  'proxy-log': proxyLogSchema,
  previous: previousSchema,
} as const;

export type SourceName = keyof typeof SOURCE_SCHEMAS;
export type SourceValues = { readonly [Name in SourceName]: DeepReadonly<z.infer<(typeof SOURCE_SCHEMAS)[Name]>> };
export type Sources = { readonly [Name in SourceName]: SourceResult<SourceValues[Name]> };

export const SOURCE_NAMES: readonly SourceName[] = Object.keys(SOURCE_SCHEMAS).filter(isSourceName);

function isSourceName(name: string): name is SourceName {
  return Object.hasOwn(SOURCE_SCHEMAS, name);
}

/**
 * What was seen, before anything is concluded from it. Sources write it, checks read it, and it is plain JSON so that a saved one can be evaluated
 * again. Version 2 is that of release 0.2.0; `upgrade.ts` reads version 1. It holds no query text, no setting's value, no token and no key hash.
 */
export const snapshotSchema = z.object({
  schemaVersion: z.literal(2),
  /** The name people know it by, from the configuration. */
  database: z.string().min(1),
  /** The auditor's clock, ISO 8601 UTC. */
  takenAt: z.iso.datetime(),
  /** The version the configuration states, if it does; else null. */
  configuredVersion: z.string().nullable(),
  /** The limits that it was taken with; null in one of release 0.1.0, which did not save them. Never a target, a login or an ARN. */
  tuning: savedTuningSchema.nullable(),
  sources: z.object({
    connection: sourceResultSchema(SOURCE_SCHEMAS.connection),
    server: sourceResultSchema(SOURCE_SCHEMAS.server),
    sessions: sourceResultSchema(SOURCE_SCHEMAS.sessions),
    locks: sourceResultSchema(SOURCE_SCHEMAS.locks),
    tables: sourceResultSchema(SOURCE_SCHEMAS.tables),
    'router-settings': sourceResultSchema(SOURCE_SCHEMAS['router-settings']),
    litellm: sourceResultSchema(SOURCE_SCHEMAS.litellm),
    rds: sourceResultSchema(SOURCE_SCHEMAS.rds),
    cloudwatch: sourceResultSchema(SOURCE_SCHEMAS.cloudwatch),
    load: sourceResultSchema(SOURCE_SCHEMAS.load),
    proxy: sourceResultSchema(SOURCE_SCHEMAS.proxy),
    'proxy-log': sourceResultSchema(SOURCE_SCHEMAS['proxy-log']),
    previous: sourceResultSchema(SOURCE_SCHEMAS.previous),
  }),
});
export type Snapshot = DeepReadonly<z.infer<typeof snapshotSchema>>;
