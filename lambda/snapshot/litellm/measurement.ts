import * as z from 'zod';
import { type RouterLevel, routerEffect } from '../../litellm/router-effect.ts';
import { parseLitellmVersion } from '../../litellm/version.ts';
import { type RunningVersion, versionsOf } from '../../model/running-version.ts';
import type { ActivitySeen, RouterSettingsSource } from '../snapshot.ts';

const counter = z.number().int().nullable();

/** One reading of table activity; a counter is null when its table is not there. */
export const readingSchema = z.object({
  /** The server's clock, seconds since 1970. */
  atSeconds: z.number(),
  configScans: counter,
  spendLogRows: counter,
  statsReset: z.string().nullable(),
});
export type ActivityReading = z.infer<typeof readingSchema>;

/**
 * What happened between two readings.
 * @param ownScans scans of "LiteLLM_Config" by the audit itself. The statistics may not have them yet, so the growth can come out that much too small.
 */
export function growth(first: ActivityReading, second: ActivityReading, ownScans: number): ActivitySeen {
  if (
    first.configScans === null ||
    second.configScans === null ||
    first.spendLogRows === null ||
    second.spendLogRows === null
  ) {
    return { state: 'no-table' };
  }
  const scans = second.configScans - first.configScans;
  const rows = second.spendLogRows - first.spendLogRows;
  return {
    state: 'seen',
    seconds: Math.max(0, Math.round((second.atSeconds - first.atSeconds) * 1000) / 1000),
    configScans: Math.max(0, scans - ownScans),
    spendLogRows: Math.max(0, rows),
    reset: first.statsReset !== second.statsReset || scans < 0 || rows < 0,
  };
}

/** Why there are no router_settings to measure for; null when there are some that could build Routers. */
export function nothingToMeasure(settings: RouterSettingsSource): string | null {
  return levelsOf(settings).length === 0 ? 'No router_settings are there that could build a Router.' : null;
}

/** Why the versions that run rule a Router per request out; null when they leave it open, or are known for it. */
export function ruledOut(settings: RouterSettingsSource, running: RunningVersion | null): string | null {
  if (running === null) {
    return settings.team.state === 'no-column' && settings.key.state === 'no-column'
      ? 'The schema is older than LiteLLM 1.80.13, and older versions build no Router per request.'
      : null;
  }
  const versions = versionsOf(running).map(parseLitellmVersion);
  const open = versions.some((version) =>
    levelsOf(settings).some((level) => {
      const { kind, uncertainty } = routerEffect(version, level);
      return kind === 'per-request-router' || kind === 'unknown' || uncertainty !== null;
    }),
  );
  if (open || running.lowerBound) return null;
  return `LiteLLM ${versions.map((version) => version?.text).join(', ')} builds no Router per request.`;
}

function levelsOf({ global, team, key }: RouterSettingsSource): readonly RouterLevel[] {
  const levels: RouterLevel[] = [];
  if (global.state === 'present' && (global.kind === 'settings' || global.kind === 'text')) levels.push('global');
  if (team.state === 'seen' && team.kinds.settings + team.kinds.text > 0) levels.push('team');
  if (key.state === 'seen' && key.kinds.settings + key.kinds.text > 0) levels.push('key');
  return levels;
}
