import { mergeUncertainty } from '../core/uncertainty.ts';
import type { MigrationVersion } from '../litellm/migrations.ts';
import {
  FIRST_WITH_COLUMNS,
  hasRouterColumns,
  isPastPerRequest,
  type RouterEffect,
  type RouterLevel,
  routerEffect,
  unknownEffect,
} from '../litellm/router-effect.ts';
import { type LitellmVersion, parseLitellmVersion } from '../litellm/version.ts';
import type { RouterSettingsSource } from '../snapshot/snapshot.ts';
import type { RouterLookups } from './router-lookups.ts';
import { allVersions, ORIGINS, type RunningVersion, versionUncertainty } from './running-version.ts';

export interface SeenEffect extends RouterEffect {
  /** The version that decides, `1.81.9 or newer` for a lower bound; null when it is not known. */
  readonly version: string | null;
  /** Sources differ on whether it holds: it warns, and is never critical. */
  readonly disputed: boolean;
}

/** What the versions that run leave behind in the database. */
export interface Traces {
  readonly lookups: RouterLookups;
  /** What migrated the database, by its migrations; null when they do not show it. */
  readonly migrated: MigrationVersion | null;
}

/** What router_settings do here, by where they are set. */
export type RouterEffects = Readonly<Record<RouterLevel, SeenEffect>>;

/**
 * What router_settings of each level do here: by the version that runs, as far as the schema does not contradict it; where that leaves it open,
 * lookups that follow the requests show the range. Of several versions that run at once, the one that costs most counts.
 */
export function routerEffects(
  running: RunningVersion | null,
  settings: RouterSettingsSource,
  traces: Traces,
): RouterEffects {
  const columns = columnsExist(settings);
  const effectOf = (level: RouterLevel): SeenEffect => {
    const effects =
      running === null
        ? [byVersion(level, null, columns, traces)]
        : allVersions(running).map((version) => byVersion(level, { ...running, version }, columns, traces));
    const worst = effects.reduce((one, other) => (costRank(other) > costRank(one) ? other : one));
    return withLookups(worst, traces.lookups, settings);
  };
  return { global: effectOf('global'), team: effectOf('team'), key: effectOf('key') };
}

function costRank({ kind, disputed }: SeenEffect): number {
  if (kind === 'per-request-router') return disputed ? 2 : 3;
  return kind === 'unknown' ? 1 : 0;
}

/** `columns`: whether the router_settings columns exist; undefined when neither table could be seen. */
function byVersion(
  level: RouterLevel,
  running: RunningVersion | null,
  columns: boolean | undefined,
  traces: Traces,
): SeenEffect {
  if (running === null) {
    return columns === false
      ? bySchema(level)
      : notKnown('The LiteLLM version that runs is not known: "litellmVersion" is not set in the configuration.');
  }
  const { words } = ORIGINS[running.from];
  const version = parseLitellmVersion(running.version);
  if (version === null) {
    return columns === false
      ? bySchema(level)
      : notKnown(`What is stated by ${words} is not a version such as 1.81.3, so the one that runs is not known.`);
  }
  if (running.lowerBound) return atLeast(level, version, running);
  const { text } = version;
  if (columns === true && !hasRouterColumns(version)) {
    return notKnown(
      `LiteLLM is ${text} by ${words}, but the router_settings columns exist, which ${FIRST_WITH_COLUMNS} brought: a newer version has run.`,
    );
  }
  const effect = routerEffect(version, level);
  if (columns === false && hasRouterColumns(version)) {
    const reason = `LiteLLM is ${text} by ${words}, but the router_settings columns of ${FIRST_WITH_COLUMNS} are missing: an older version runs, or a migration has failed.`;
    return { ...effect, version: text, disputed: true, uncertainty: { confidence: 'low', reason } };
  }
  return {
    ...effect,
    version: text,
    disputed: effect.uncertainty !== null,
    uncertainty: mergeUncertainty([
      effect.uncertainty,
      effect.kind === 'per-request-router' && isConfirmed(running, traces) ? null : versionUncertainty(running),
    ]),
  };
}

/**
 * A configured version of the range can be out of date. Lookups that follow the requests show that it is not, and so do migrations: a newer version
 * that ran here would have left its own.
 */
function isConfirmed({ from }: RunningVersion, { migrated, lookups }: Traces): boolean {
  if (from !== 'configured') return false;
  if (lookups.verdict === 'per-request') return true;
  if (migrated === null || migrated.newerThanKnown) return false;
  const highest = parseLitellmVersion(migrated.version);
  return highest !== null && hasRouterColumns(highest) && !isPastPerRequest(highest);
}

function atLeast(level: RouterLevel, version: LitellmVersion, running: RunningVersion): SeenEffect {
  if (!isPastPerRequest(version)) {
    return notKnown(
      `The schema is that of LiteLLM ${version.text} or newer, by ${ORIGINS[running.from].words}, but which version runs is not known.`,
    );
  }
  const effect = routerEffect(version, level);
  return {
    ...effect,
    // Later versions do not ignore them any more.
    kind: effect.kind === 'ignored' ? 'no-router' : effect.kind,
    version: `${version.text} or newer`,
    disputed: false,
    uncertainty: mergeUncertainty([effect.uncertainty, versionUncertainty(running)]),
  };
}

function notKnown(reason: string): SeenEffect {
  return { ...unknownEffect(reason), version: null, disputed: false };
}

/**
 * Lookups that follow the requests decide what the version leaves open, and make what it says less certain where they contradict it. Lookups that do
 * not follow them decide nothing while keys or teams have settings: their requests make none in the range either.
 */
function withLookups(
  effect: SeenEffect,
  { verdict, reason }: RouterLookups,
  settings: RouterSettingsSource,
): SeenEffect {
  const follow = verdict === 'per-request';
  if (!follow && (verdict !== 'independent' || mayHaveScoped(settings))) return effect;
  if (effect.kind === 'unknown' || effect.disputed) {
    return {
      ...effect,
      kind: follow ? 'per-request-router' : 'no-router',
      disputed: false,
      uncertainty: { confidence: 'medium', reason: `Decided by what was counted between two audits: ${reason}.` },
    };
  }
  const builds = effect.kind === 'per-request-router';
  if (builds === follow) return effect;
  return {
    ...effect,
    kind: 'per-request-router',
    disputed: true,
    uncertainty: {
      confidence: 'low',
      reason: `LiteLLM ${effect.version ?? 'with this schema'} ${builds ? 'queries' : 'does not query'} its configuration on each request, but what was counted between two audits says otherwise: ${reason}.`,
    },
  };
}

/** Whether requests may come from keys or teams that have settings of their own. */
function mayHaveScoped({ team, key }: RouterSettingsSource): boolean {
  return [team, key].some(
    (level) => level.state === 'hidden' || level.state === 'failed' || (level.state === 'seen' && level.live > 0),
  );
}

/** undefined: neither table could be seen. */
function columnsExist({ team, key }: RouterSettingsSource): boolean | undefined {
  const states = [team.state, key.state];
  if (states.some((state) => state === 'seen' || state === 'hidden' || state === 'failed')) return true;
  return states.includes('no-column') ? false : undefined;
}

/** LiteLLM makes the columns before it serves. */
function bySchema(level: RouterLevel): SeenEffect {
  return {
    version: null,
    kind: level === 'global' ? 'shared-router' : 'no-column',
    disputed: false,
    uncertainty: {
      confidence: 'medium',
      reason: `Decided by the schema alone: it does not have the router_settings columns that ${FIRST_WITH_COLUMNS} brought.`,
    },
  };
}
