import type { Status } from '../../core/finding.ts';
import { counted, listed } from '../../core/text.ts';
import type { Uncertainty } from '../../core/uncertainty.ts';
import { PER_REQUEST_RANGE } from '../../litellm/router-effect.ts';
import type { RouterEffects } from '../../model/router-effect.ts';
import type { RouterSettingsSource, ScopedRouterSettings } from '../../snapshot/snapshot.ts';

/** What the running version does on each LLM request, and for which settings. */
export interface Cost {
  readonly status: Exclude<Status, 'critical'>;
  readonly summary: string;
  /** null: not known. */
  readonly version: string | null;
  readonly lookup: 'yes' | 'no' | 'not-known';
  readonly router: 'yes' | 'no' | 'not-known';
  readonly builtFor: readonly string[];
  /** Settings of teams and keys in use: their requests make no lookup of the table, whatever the version. */
  readonly unmeasurable: readonly string[];
  readonly uncertainty: Uncertainty | null;
}

/**
 * The version decides. One of the range looks "LiteLLM_Config" up once for a request without settings of its key or team, also with no row there, and
 * builds a Router where there are any settings; others do neither.
 */
export function costOf(settings: RouterSettingsSource, { global, team, key }: RouterEffects): Cost {
  const { kind, version, uncertainty, disputed } = global;
  const scoped = [...holders('team', settings.team), ...holders('key', settings.key)];
  const builtFor = [...(hasGlobalRow(settings) ? ['the global router_settings row'] : []), ...scoped];
  const unseen = reasonsUnseen(settings);
  const parts = { version, unmeasurable: scoped, uncertainty };
  const runs = version === null ? `A version of LiteLLM ${PER_REQUEST_RANGE} runs, which` : `LiteLLM ${version}`;
  const doubt = disputed ? ', but that is not certain' : '';
  if (kind === 'unknown') {
    const asks = `LiteLLM ${PER_REQUEST_RANGE} queries its configuration on each LLM request`;
    if (builtFor.length === 0 && unseen.length === 0) {
      return {
        ...parts,
        status: 'info',
        summary: `${asks}, and whether such a version runs is not known. No Router is built per request: there are no router_settings.`,
        lookup: 'not-known',
        router: 'no',
        builtFor: [],
      };
    }
    return {
      ...parts,
      status: 'unknown',
      summary: `${asks} and builds a Router where there are router_settings, and whether such a version runs is not known${unseen.length > 0 ? ', nor all router_settings' : ''}.`,
      lookup: 'not-known',
      router: 'not-known',
      builtFor,
    };
  }
  if (![kind, team.kind, key.kind].includes('per-request-router')) {
    return {
      ...parts,
      status: 'ok',
      summary: `LiteLLM ${version ?? 'with this schema'} neither queries its configuration nor builds a Router on each LLM request.`,
      lookup: 'no',
      router: 'no',
      builtFor: [],
    };
  }
  const lookup = `${runs} queries its configuration on each LLM request`;
  if (builtFor.length > 0) {
    return {
      ...parts,
      status: 'warning',
      summary: `${runs} builds a Router on each LLM request for ${listed(builtFor)}${doubt}.`,
      lookup: 'yes',
      router: 'yes',
      builtFor,
    };
  }
  return unseen.length > 0
    ? {
        ...parts,
        status: 'unknown',
        summary: `${lookup}${doubt}. Whether it builds a Router too is not known. ${unseen.join(' ')}`,
        lookup: 'yes',
        router: 'not-known',
        builtFor,
      }
    : {
        ...parts,
        status: 'info',
        summary: `${lookup}${doubt}, and builds no Router: there are no router_settings.`,
        lookup: 'yes',
        router: 'no',
        builtFor,
      };
}

/** Why not all router_settings were seen, in sentences. */
function reasonsUnseen({ global, team, key }: RouterSettingsSource): readonly string[] {
  const levels = [global, team, key];
  const isHidden = levels.some(({ state }) => state === 'hidden');
  return [
    ...(isHidden ? ['The role may not see all router_settings.'] : []),
    ...levels.flatMap((level) => (level.state === 'failed' ? [level.failure.message] : [])),
  ];
}

function hasGlobalRow({ global }: RouterSettingsSource): boolean {
  return global.state === 'present' && (global.kind === 'settings' || global.kind === 'text');
}

/** Expired and blocked ones make no requests. */
function holders(name: 'team' | 'key', level: ScopedRouterSettings): readonly string[] {
  if (level.state !== 'seen' || level.live === 0) return [];
  return [`the router_settings of ${counted(level.live, name)}`];
}
