import type { Advice } from '../../core/finding.ts';
import { shellWord } from '../../core/text.ts';
import { SINCE } from '../../litellm/releases/since.ts';
import { PAST_PER_REQUEST, PER_REQUEST_RANGE } from '../../litellm/router-effect.ts';
import { CONFIG_TABLE } from '../../litellm/tables.ts';
import { targetWords } from '../../litellm/upgrade.ts';
import { litellmTable } from '../../model/litellm-tables.ts';
import type { SeenEffect } from '../../model/router-effect.ts';
import { stepsToRun } from '../../settings/commands.ts';
import type { Settings } from '../../settings/settings.ts';
import type { GlobalRouterSettings, Snapshot } from '../../snapshot/snapshot.ts';
import { LEARN_VERSION } from '../remediation.ts';

export type PresentRow = Extract<GlobalRouterSettings, { readonly state: 'present' }>;

interface Place {
  readonly snapshot: Snapshot;
  readonly settings: Settings;
}

/** What to do about a global row, in order: look, upgrade or learn the version, and where it helps, remove it. */
export function globalRowAdvice(row: PresentRow, effect: SeenEffect, { snapshot, settings }: Place): readonly Advice[] {
  const table = litellmTable(CONFIG_TABLE, snapshot, settings);
  if (row.kind !== 'settings') return [rewrite(row)];
  const removal = settings.purge === 'disabled' ? manualRemoval(table) : purge(settings);
  switch (effect.kind) {
    case 'per-request-router':
      return [upgrade(), lookAt(table), ...removal];
    case 'unknown':
      return [LEARN_VERSION, lookAt(table), ifPerRequest(), ...removal];
    default:
      return [lookAt(table), leaveAlone(effect)];
  }
}

function lookAt(table: string): Advice {
  return {
    text: "See what it holds, names and sizes only, as LiteLLM's database user:",
    command: `SELECT e.key, octet_length(e.value::text) AS bytes FROM ${table}, jsonb_each(param_value) AS e
 WHERE param_name = 'router_settings' AND jsonb_typeof(param_value) = 'object';`,
  };
}

function upgrade(): Advice {
  return {
    text: `Upgrade LiteLLM to ${targetWords()}: from ${PAST_PER_REQUEST} on the row builds no Router per request.`,
  };
}

function ifPerRequest(): Advice {
  return {
    text: `On all versions but ${PER_REQUEST_RANGE}, leave the row alone. On those, upgrade, or do the following.`,
  };
}

const UNTIL_THEN =
  'Until then, removing the row ends the per-request Router at once. First put what it holds of fallbacks, aliases and strategy into router_settings of config.yaml: running proxies keep the old values until they restart, and then lose them.';
const WRITTEN_BACK =
  "Save nothing in the UI's router settings afterwards: it writes the row back. The next audit shows it if that happens.";

function manualRemoval(table: string): readonly Advice[] {
  return [
    { text: UNTIL_THEN },
    {
      text: 'Keep a copy; it can hold secrets:',
      command: `umask 077; psql "$DATABASE_URL" -At -c ${shellWord(`SELECT param_value FROM ${table} WHERE param_name = 'router_settings'`)} > router_settings.json`,
    },
    {
      text: 'Then, as LiteLLM\'s database user; it must report "DELETE 1":',
      command: `DELETE FROM ${table} WHERE param_name = 'router_settings';`,
    },
    { text: WRITTEN_BACK },
  ];
}

function purge(settings: Settings): readonly Advice[] {
  return [
    { text: `${UNTIL_THEN} A purge keeps a copy that can be restored.` },
    ...stepsToRun(
      'To see what a purge would remove, which changes nothing, and what to send next',
      { action: 'purge' },
      settings,
    ),
    { text: WRITTEN_BACK },
  ];
}

function leaveAlone({ version }: SeenEffect): Advice {
  return {
    text: `Leave it unless its settings are wrong: the slowness has another cause.${version === null ? '' : ` On ${version} a deletion takes effect at the next restart of each proxy.`} From ${SINCE['config-file-owns-keys']} on, a key that config.yaml declares wins over the row.`,
  };
}

function rewrite({ kind }: PresentRow): Advice {
  return {
    text:
      kind === 'text'
        ? 'Keep a copy of the row, then save the settings again through the UI or put them into config.yaml, so that they apply.'
        : 'Find out who wrote it, and put the intended settings into config.yaml.',
  };
}
