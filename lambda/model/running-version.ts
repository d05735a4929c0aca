import { gt, lt } from '@renovatebot/pep440';
import type { Confidence } from '../core/finding.ts';
import { listed } from '../core/text.ts';
import type { Uncertainty } from '../core/uncertainty.ts';
import { FIRST_WITH_HEARTBEATS, type MigrationVersion, migrationVersion } from '../litellm/migrations.ts';
import { type LitellmVersion, parseLitellmVersion } from '../litellm/version.ts';
import type { ProxySource, Snapshot, Sources } from '../snapshot/snapshot.ts';

export type VersionOrigin = ProxySource['versions'][number]['from'] | 'configured' | 'migrations' | 'heartbeats';

export interface RunningVersion {
  /** As it was stated: untrusted text, perhaps no version at all. */
  readonly version: string;
  readonly from: VersionOrigin;
  readonly confidence: Confidence;
  /** The version that runs is this one or a newer one. */
  readonly lowerBound: boolean;
  /** The schema is of a LiteLLM that the auditor's knowledge does not have yet. */
  readonly newerThanKnown?: true;
  /** What other replicas state; absent when all agree. */
  readonly others?: readonly string[];
}

/** What of a snapshot shows a version. */
export interface VersionTraces extends Pick<Snapshot, 'configuredVersion'> {
  readonly sources: Pick<Sources, 'proxy' | 'litellm'>;
}

/** What each origin states, the most trusted first. */
const READERS: readonly ((traces: VersionTraces) => RunningVersion | null)[] = [stated, configured, migrated];
const PROXY_ORIGINS = ['readiness', 'model-hub', 'readiness-details'] as const;

/** The LiteLLM version that runs, by the most trusted origin that states one; null when none does. */
export function runningVersion(traces: VersionTraces): RunningVersion | null {
  for (const read of READERS) {
    const version = read(traces);
    if (version !== null) return version;
  }
  return null;
}

/** All versions that run at once, the one that most replicas state first. */
export function allVersions({ version, others = [] }: RunningVersion): readonly string[] {
  return [version, ...others];
}

/** What the proxy itself says. Its answers come from different replicas, which a deployment can leave at different versions. */
function stated({ sources: { proxy } }: VersionTraces): RunningVersion | null {
  if (proxy.status !== 'ok') return null;
  const answers = PROXY_ORIGINS.flatMap((origin) => proxy.value.versions.filter(({ from }) => from === origin));
  const [first, ...rest] = answers;
  if (first === undefined) return null;
  const { version, from } = first;
  const others = [...new Set(rest.map((answer) => answer.version))].filter((other) => other !== version);
  return {
    version,
    from,
    lowerBound: false,
    ...(others.length === 0 ? { confidence: 'high' } : { confidence: 'medium', others }),
  };
}

/** People forget to change it at the next upgrade. */
function configured({ configuredVersion }: VersionTraces): RunningVersion | null {
  return configuredVersion === null
    ? null
    : { version: configuredVersion, from: 'configured', confidence: 'medium', lowerBound: false };
}

/** What migrated the database, by its migrations; null when they do not show it. */
export function migratedBy({ sources: { litellm } }: VersionTraces): MigrationVersion | null {
  if (litellm.status !== 'ok' || litellm.value.migrations.state !== 'seen') return null;
  return migrationVersion(litellm.value.migrations.applied);
}

/** The schema shows the highest version that ever migrated the database; a proxy may have been taken back since. */
function migrated(traces: VersionTraces): RunningVersion | null {
  const { litellm } = traces.sources;
  if (litellm.status !== 'ok') return null;
  const seen = migratedBy(traces);
  const heartbeats = litellm.value.workers.state !== 'no-table';
  const bound = { confidence: 'low', lowerBound: true } as const;
  // `prisma db push` and a hidden list of migrations leave the tables themselves.
  if (heartbeats && (seen === null || gt(FIRST_WITH_HEARTBEATS, seen.version))) {
    return { version: FIRST_WITH_HEARTBEATS, from: 'heartbeats', ...bound, ...newer(seen) };
  }
  return seen && { version: seen.version, from: 'migrations', ...bound, ...newer(seen) };
}

function newer(seen: MigrationVersion | null): Pick<RunningVersion, 'newerThanKnown'> {
  return seen?.newerThanKnown ? { newerThanKnown: true } : {};
}

const SCHEMA = 'The schema shows the highest version that ever migrated the database: an older or a newer one may run.';
const REPLICAS = 'The replicas of the proxy state different versions.';

/** How a version came to be known, and why it may be wrong. */
export const ORIGINS: Readonly<Record<VersionOrigin, { readonly words: string; readonly weakness: string }>> = {
  readiness: { words: "the proxy's /health/readiness", weakness: REPLICAS },
  'model-hub': { words: "the proxy's /public/model_hub/info", weakness: REPLICAS },
  'readiness-details': { words: "the proxy's /health/readiness/details", weakness: REPLICAS },
  configured: {
    words: 'the configuration',
    weakness: 'The version is what the configuration states: it can be out of date.',
  },
  migrations: { words: 'the migrations', weakness: SCHEMA },
  heartbeats: { words: "the table of the workers' heartbeats", weakness: SCHEMA },
};

/** Why the version may be wrong; null when nothing speaks against it. */
export function versionUncertainty({ confidence, from, others = [] }: RunningVersion): Uncertainty | null {
  if (confidence === 'high') return null;
  const also = others.length > 0 ? ` Also stated: ${listed(others)}.` : '';
  return { confidence, reason: `${ORIGINS[from].weakness}${also}` };
}

/** The oldest where replicas differ: it has the known issues. null for a lower bound, which says nothing about what runs now. */
export function knownVersion(running: RunningVersion | null): LitellmVersion | null {
  if (running === null || running.lowerBound) return null;
  const versions = allVersions(running).flatMap((text) => parseLitellmVersion(text) ?? []);
  return versions.reduce<LitellmVersion | null>(
    (oldest, next) => (oldest === null || lt(next.text, oldest.text) ? next : oldest),
    null,
  );
}
