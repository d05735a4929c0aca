import type { Status } from '../../core/finding.ts';
import { counted, listed } from '../../core/text.ts';
import { PER_REQUEST_RANGE, type RouterEffectKind } from '../../litellm/router-effect.ts';
import { SECRET_KEYS } from '../../litellm/router-keys.ts';
import { CONFIG_TABLE } from '../../litellm/tables.ts';
import type { SeenEffect } from '../../model/router-effect.ts';
import type { LastPurge, RouterSettingsKind } from '../../snapshot/snapshot.ts';
import { defineCheck, type Evaluated, risk } from '../check.ts';
import { hiddenRow, noTable, unreadTable } from '../not-evaluated.ts';
import { globalRowAdvice, type PresentRow } from './advice.ts';

type RowFacts = {
  readonly litellmVersion?: string | null;
  readonly effect?: RouterEffectKind;
  readonly kind: RouterSettingsKind;
  readonly settings?: readonly string[];
  readonly settingsNotShown?: number;
  readonly routingPolicyLostWithTheRow?: readonly string[];
  readonly settingsThatMayHoldSecrets?: readonly string[];
};

export type GlobalRowFacts =
  | RowFacts
  | { readonly purgedAt?: string; readonly mode?: LastPurge['mode']; readonly backup?: number };

export const globalRouterSettings = defineCheck({
  id: 'global-router-settings',
  title: 'No global router_settings row costs anything on each request.',
  kind: 'risk',
  needs: ['router-settings', 'routerEffects'],
  evaluate({ seen: { 'router-settings': routerSettings, routerEffects }, snapshot }, settings) {
    const { global } = routerSettings;
    const subject = `database ${snapshot.database}`;
    switch (global.state) {
      case 'no-table':
        return [noTable(CONFIG_TABLE, snapshot, settings)];
      case 'hidden':
        return [hiddenRow(global.remediation, subject, settings)];
      case 'failed':
        return [unreadTable(global, 'router-settings', snapshot)];
      case 'absent':
        return [absent(global.lastPurge, subject)];
      case 'present':
        return [present(global, routerEffects.global, { subject, snapshot, settings })];
    }
  },
});

function absent(lastPurge: LastPurge | null, subject: string): Evaluated<GlobalRowFacts> {
  const summary = 'There is no global router_settings row.';
  if (lastPurge === null) return risk({ status: 'ok', subject, summary, facts: {} });
  const { mode, at, backup } = lastPurge;
  return risk({
    status: 'ok',
    subject,
    summary: `${summary} It was purged ${mode === 'automatic' ? 'automatically' : 'manually'} at ${at}; backup ${backup} holds it.`,
    facts: { purgedAt: at, mode, backup },
  });
}

type Place = { readonly subject: string } & Parameters<typeof globalRowAdvice>[2];

function present(row: PresentRow, effect: SeenEffect, { subject, ...place }: Place): Evaluated<GlobalRowFacts> {
  switch (row.kind) {
    case 'sql-null':
    case 'json-null':
    case 'empty':
      return risk({
        status: 'ok',
        subject,
        summary: `The global router_settings row holds nothing (${EMPTY_KINDS[row.kind]}).`,
        facts: { kind: row.kind },
      });
    case 'text':
      return risk({
        status: 'info',
        subject,
        summary: `The global router_settings row is a JSON string, which LiteLLM skips when it reloads: none of it applies.`,
        facts: rowFacts(row, effect),
        advice: globalRowAdvice(row, effect, place),
        uncertainty: { confidence: 'medium', reason: 'That strings are skipped is based on an issue report (#31836).' },
      });
    case 'other':
      return risk({
        status: 'info',
        subject,
        summary: `The global router_settings row is neither an object nor a string, which LiteLLM does not write.`,
        facts: rowFacts(row, effect),
        advice: globalRowAdvice(row, effect, place),
        uncertainty: { confidence: 'low', reason: 'What LiteLLM does with such a value is not known.' },
      });
    case 'settings':
      return risk({
        status: statusOf(effect),
        subject,
        summary: `The global router_settings row holds ${counted(row.keyCount, 'setting')}; ${consequence(effect, row.routingPolicy)}.`,
        facts: rowFacts(row, effect),
        advice: globalRowAdvice(row, effect, place),
        uncertainty: effect.uncertainty,
      });
  }
}

const EMPTY_KINDS = { 'sql-null': 'SQL NULL', 'json-null': 'JSON null', empty: '{}' } as const;

/** Why it warns: docs/checks/global-router-settings.md. */
function statusOf({ kind }: SeenEffect): Exclude<Status, 'critical'> {
  return kind === 'unknown' || kind === 'per-request-router' ? 'warning' : 'info';
}

function consequence({ kind, version, disputed }: SeenEffect, lost: readonly string[]): string {
  const runs = version === null ? 'this version of LiteLLM' : `LiteLLM ${version}`;
  if (kind === 'unknown') {
    return `LiteLLM ${PER_REQUEST_RANGE} queries for it and builds a Router on each LLM request, and the version that runs is not known`;
  }
  if (kind !== 'per-request-router') {
    return `${runs} builds no Router per request, so purging fixes nothing on this version and can lose configuration${lost.length > 0 ? ` (${listed(lost)})` : ''}`;
  }
  return `${runs} queries for it and builds a Router on each LLM request${disputed ? ', but that is not certain' : ''}`;
}

function rowFacts(row: PresentRow, effect: SeenEffect): RowFacts {
  const seen = {
    litellmVersion: effect.version,
    effect: effect.kind,
    kind: row.kind,
  };
  if (row.kind !== 'settings') return seen;
  return {
    ...seen,
    settings: row.keys.map(({ name, empty }) => (empty ? `${name} (empty)` : name)),
    ...(row.keyCount > row.keys.length ? { settingsNotShown: row.keyCount - row.keys.length } : {}),
    routingPolicyLostWithTheRow: row.routingPolicy,
    settingsThatMayHoldSecrets: row.keys.filter(({ name }) => SECRET_KEYS.has(name)).map(({ name }) => name),
  };
}
