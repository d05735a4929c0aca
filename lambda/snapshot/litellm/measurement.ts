import { FIRST_WITH_COLUMNS, type RouterLevel, routerEffect } from '../../litellm/router-effect.ts';
import { parseLitellmVersion } from '../../litellm/version.ts';
import type { ProxySource, RouterSettingsSource, SourceResult } from '../snapshot.ts';

/** Why there are no router_settings to measure for; null when there are some that could build Routers. */
export function nothingToMeasure(settings: RouterSettingsSource): string | null {
  return levelsWithSettings(settings).length === 0 ? 'No router_settings are there that could build a Router.' : null;
}

/**
 * Why the versions that run rule a Router per request out; null when they leave it open, or are known for it.
 * @param versions as they were stated; none when nothing states one
 */
export function ruledOut(settings: RouterSettingsSource, versions: readonly string[]): string | null {
  if (versions.length === 0) {
    return settings.team.state === 'no-column' && settings.key.state === 'no-column'
      ? `The schema is older than LiteLLM ${FIRST_WITH_COLUMNS}, and older versions build no Router per request.`
      : null;
  }
  const parsed = versions.map(parseLitellmVersion);
  const open = parsed.some((version) =>
    levelsWithSettings(settings).some((level) => {
      const { kind, uncertainty } = routerEffect(version, level);
      return kind === 'per-request-router' || kind === 'unknown' || uncertainty !== null;
    }),
  );
  if (open) return null;
  return `LiteLLM ${parsed.map((version) => version?.text).join(', ')} builds no Router per request.`;
}

/** The versions that the proxy's replicas state, else the configured one; none of them may be a version at all. */
export function statedVersions(proxy: SourceResult<ProxySource>, configured: string | null): readonly string[] {
  const stated = proxy.status === 'ok' ? proxy.value.versions.map(({ version }) => version) : [];
  if (stated.length > 0) return [...new Set(stated)];
  return configured === null ? [] : [configured];
}

function levelsWithSettings({ global, team, key }: RouterSettingsSource): readonly RouterLevel[] {
  const levels: RouterLevel[] = [];
  if (global.state === 'present' && (global.kind === 'settings' || global.kind === 'text')) levels.push('global');
  if (team.state === 'seen' && team.kinds.settings + team.kinds.text > 0) levels.push('team');
  if (key.state === 'seen' && key.kinds.settings + key.kinds.text > 0) levels.push('key');
  return levels;
}
