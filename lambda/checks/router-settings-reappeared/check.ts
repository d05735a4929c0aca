import type { Advice, Status } from '../../core/finding.ts';
import { PAST_PER_REQUEST, type RouterEffectKind } from '../../litellm/router-effect.ts';
import { CONFIG_TABLE } from '../../litellm/tables.ts';
import type { SeenEffect } from '../../model/router-effect.ts';
import { stepsToRun } from '../../settings/commands.ts';
import type { Settings } from '../../settings/settings.ts';
import type { GlobalRouterSettings, LastPurge } from '../../snapshot/snapshot.ts';
import { defineCheck, risk } from '../check.ts';
import { hiddenRow, noTable, unreadTable } from '../not-evaluated.ts';

export type ReappearedFacts =
  | { readonly purgedAt?: string; readonly restoredAt?: string }
  | {
      readonly purgedAt: string;
      readonly mode: LastPurge['mode'];
      readonly backup: number;
      readonly sameValue: boolean | null;
      readonly effect: RouterEffectKind;
      readonly litellmVersion: string | null;
    };

export const routerSettingsReappeared = defineCheck({
  id: 'router-settings-reappeared',
  title: 'The global router_settings row has not come back after a purge.',
  kind: 'risk',
  needs: ['router-settings', 'routerEffects'],
  evaluate({ seen: { 'router-settings': routerSettings, routerEffects }, snapshot }, settings) {
    const { global } = routerSettings;
    const subject = `database ${snapshot.database}`;
    const ok = (summary: string, facts: ReappearedFacts = {}) => [risk({ status: 'ok', subject, summary, facts })];
    if (global.state === 'no-table') return [noTable(CONFIG_TABLE, snapshot, settings)];
    if (global.state === 'hidden') return [hiddenRow(global.remediation, subject, settings)];
    if (global.state === 'failed') return [unreadTable(global, 'router-settings', snapshot)];
    if (global.state === 'absent') return ok('There is no global router_settings row that could have come back.');
    const { lastPurge } = global;
    if (lastPurge === null) return ok('No purge of the global router_settings row is known.');
    const { at: purgedAt, restoredAt } = lastPurge;
    if (restoredAt !== null) {
      return ok(`The global router_settings row was restored on purpose at ${restoredAt}.`, { purgedAt, restoredAt });
    }
    const effect = routerEffects.global;
    const sameValue = global.hash === null || lastPurge.hash === null ? null : global.hash === lastPurge.hash;
    return [
      risk<ReappearedFacts>({
        status: statusOf(global, effect),
        subject,
        summary: `The global router_settings row is back after the purge of ${purgedAt}${VALUES[String(sameValue)]}.${stopped(lastPurge, settings)}`,
        facts: {
          purgedAt,
          mode: lastPurge.mode,
          backup: lastPurge.backup,
          sameValue,
          effect: effect.kind,
          litellmVersion: effect.version,
        },
        advice: adviceOn(settings),
        uncertainty: effect.uncertainty,
      }),
    ];
  },
});

/** Whether the row holds what was purged; null where a hash is missing. */
const VALUES: Readonly<Record<string, string>> = {
  true: ', with the same value',
  false: ', with another value',
  null: '',
};

type PresentRow = Extract<GlobalRouterSettings, { readonly state: 'present' }>;

function statusOf({ kind }: PresentRow, effect: SeenEffect): Exclude<Status, 'critical'> {
  const costs = effect.kind === 'per-request-router' || effect.kind === 'unknown';
  return kind === 'settings' && costs ? 'warning' : 'info';
}

function stopped({ mode }: LastPurge, { purge }: Settings): string {
  return mode === 'automatic' && purge === 'automatic'
    ? ' Automatic purges have stopped, so that they do not fight whoever writes it.'
    : '';
}

function adviceOn(settings: Settings): readonly Advice[] {
  return [
    {
      text: "Find out who writes it. LiteLLM's UI does whenever somebody saves router settings there, with everything that config.yaml has. Agree that nobody does so until LiteLLM is upgraded.",
    },
    ...stepsToRun(
      'To see what it holds and how to purge it manually, which also lets automatic purges continue',
      { action: 'purge' },
      settings,
    ),
    { text: `For a permanent fix, upgrade LiteLLM. From ${PAST_PER_REQUEST} on the row builds no Router per request.` },
  ];
}
