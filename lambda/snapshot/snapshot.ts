import type { CloudWatchSource, RdsSource } from './aws-sources.ts';
import type { LitellmSource, ProxySource, RouterSettingsSource } from './litellm-sources.ts';
import type { ConnectionSource, ServerSource, SessionsSource } from './postgres-sources.ts';
import type { SourceResult } from './source-result.ts';

export type * from './aws-sources.ts';
export type * from './litellm-sources.ts';
export type * from './postgres-sources.ts';
export type * from './source-result.ts';

/**
 * What was seen, before anybody judges it. Sources write it, checks read it, and it is plain JSON so that a saved one can be
 * result again. It holds no query text, no setting's value, no token and no key hash.
 */

export interface SourceValues {
  connection: ConnectionSource;
  server: ServerSource;
  sessions: SessionsSource;
  'router-settings': RouterSettingsSource;
  litellm: LitellmSource;
  rds: RdsSource;
  cloudwatch: CloudWatchSource;
  proxy: ProxySource;
}

export type SourceName = keyof SourceValues;

export type Sources = { readonly [Name in SourceName]: SourceResult<SourceValues[Name]> };

export interface Snapshot {
  readonly schemaVersion: 1;
  /** The name people know it by, from the configuration. */
  readonly database: string;
  /** The auditor's clock, ISO 8601 UTC. */
  readonly takenAt: string;
  /** The version the configuration states, if it does; else null. */
  readonly configuredVersion: string | null;
  readonly sources: Sources;
}
