import type { Advice, Status } from '../../core/finding.ts';
import { CONFIG_TABLE } from '../../litellm/tables.ts';
import { hiddenRow, noTable } from '../../model/litellm-tables.ts';
import { effectHere, type SeenEffect } from '../../model/router-effect.ts';
import { askFor } from '../../settings/commands.ts';
import type { Settings } from '../../settings/settings.ts';
import type { GlobalRouterSettings, LastPurge } from '../../snapshot/snapshot.ts';
import { defineCheck } from '../check.ts';
import { result } from '../result.ts';

export const routerSettingsReappeared = defineCheck({
  id: 'router-settings-reappeared',
  title: 'The global router_settings row has not come back after a purge.',
  needs: ['router-settings'],
  judge({ source: { 'router-settings': routerSettings }, snapshot }, settings) {
    const { global } = routerSettings;
    const subject = `database ${snapshot.database}`;
    const ok = (summary: string, evidence = {}) => [result({ status: 'ok', subject, summary, evidence })];
    if (global.state === 'no-table') return [noTable(CONFIG_TABLE, snapshot, settings)];
    if (global.state === 'hidden') return [hiddenRow(global.missing, subject, settings)];
    if (global.state === 'absent') return ok('There is no global router_settings row that could have come back.');
    const { lastPurge } = global;
    if (lastPurge === null) return ok('No purge of the global router_settings row is known.');
    const { at: purgedAt, restoredAt } = lastPurge;
    if (restoredAt !== null) {
      return ok(`The global router_settings row was restored on purpose at ${restoredAt}.`, { purgedAt, restoredAt });
    }
    const effect = effectHere('global', snapshot, routerSettings);
    const same = global.hash === lastPurge.hash;
    return [
      result({
        status: statusOf(global, effect),
        subject,
        summary: `The global router_settings row is back after the purge of ${purgedAt}, ${same ? 'with the same value' : 'with another value'}.${stopped(lastPurge, settings)}`,
        evidence: {
          purgedAt,
          mode: lastPurge.mode,
          backup: lastPurge.backup,
          sameValue: same,
          effect: effect.kind,
          litellmVersion: effect.version,
        },
        advice: advice(settings),
        uncertainty: effect.uncertainty,
      }),
    ];
  },
});

type PresentRow = Extract<GlobalRouterSettings, { readonly state: 'present' }>;

function statusOf({ kind }: PresentRow, effect: SeenEffect): Status {
  const costs = effect.kind === 'per-request-router' || effect.kind === 'unknown';
  return kind === 'settings' && costs ? 'warning' : 'info';
}

function stopped({ mode }: LastPurge, { purge }: Settings): string {
  return mode === 'automatic' && purge === 'automatic'
    ? ' Automatic purges have stopped, so that they do not fight whoever writes it.'
    : '';
}

function advice({ target }: Settings): readonly Advice[] {
  return [
    {
      text: "Find out who writes it: LiteLLM's UI does, whenever somebody saves router settings there, with all that config.yaml says. Agree that nobody does until LiteLLM is upgraded.",
    },
    ...askFor(
      'To see what it holds, and how to purge it by hand, which also lets automatic purges go on',
      { action: 'purge' },
      target,
    ),
    { text: 'For good: upgrade LiteLLM. From 1.81.7 on the row builds no Router per request.' },
  ];
}
