import type { Finding, Status } from '../../core/finding.ts';
import { counted, listed } from '../../core/text.ts';
import { PER_REQUEST_RANGE } from '../../litellm/router-effect.ts';
import { SECRET_KEYS } from '../../litellm/router-keys.ts';
import { CONFIG_TABLE } from '../../litellm/tables.ts';
import { hiddenRow, noTable } from '../../model/litellm-tables.ts';
import { effectHere, type SeenEffect } from '../../model/router-effect.ts';
import type { LastPurge } from '../../snapshot/snapshot.ts';
import { type CheckResult, defineCheck } from '../check.ts';
import { result } from '../result.ts';
import { globalRowAdvice, type PresentRow } from './advice.ts';

export const globalRouterSettings = defineCheck({
  id: 'global-router-settings',
  title: 'No global router_settings row costs anything on each request.',
  needs: ['router-settings'],
  judge({ source: { 'router-settings': routerSettings }, snapshot }, settings) {
    const { global } = routerSettings;
    const subject = `database ${snapshot.database}`;
    switch (global.state) {
      case 'no-table':
        return [noTable(CONFIG_TABLE, snapshot, settings)];
      case 'hidden':
        return [hiddenRow(global.missing, subject, settings)];
      case 'absent':
        return [judgeAbsence(global.lastPurge, subject)];
      case 'present':
        return [judgeRow(global, effectHere('global', snapshot, routerSettings), { subject, snapshot, settings })];
    }
  },
});

function judgeAbsence(lastPurge: LastPurge | null, subject: string): CheckResult {
  const summary = 'There is no global router_settings row.';
  if (lastPurge === null) return result({ status: 'ok', subject, summary });
  const { mode, at, backup } = lastPurge;
  return result({
    status: 'ok',
    subject,
    summary: `${summary} It was purged ${mode === 'automatic' ? 'automatically' : 'by hand'} at ${at}; backup ${backup} holds it.`,
    evidence: { purgedAt: at, mode, backup },
  });
}

type Place = { readonly subject: string } & Parameters<typeof globalRowAdvice>[2];

function judgeRow(row: PresentRow, effect: SeenEffect, { subject, ...place }: Place): CheckResult {
  switch (row.kind) {
    case 'sql-null':
    case 'json-null':
    case 'empty':
      return result({
        status: 'ok',
        subject,
        summary: `The global router_settings row holds nothing (${EMPTY_KINDS[row.kind]}).`,
        evidence: { kind: row.kind },
      });
    case 'text':
      return result({
        status: 'info',
        subject,
        summary: `The global router_settings row is a JSON string of ${row.bytes} bytes, which LiteLLM skips when it reloads: none of it applies.`,
        evidence: evidenceOf(row, effect),
        advice: globalRowAdvice(row, effect, place),
        uncertainty: { confidence: 'medium', reason: 'That strings are skipped rests on an issue report (#31836).' },
      });
    case 'other':
      return result({
        status: 'info',
        subject,
        summary: `The global router_settings row holds ${row.bytes} bytes that are neither an object nor a string, which LiteLLM does not write.`,
        evidence: evidenceOf(row, effect),
        advice: globalRowAdvice(row, effect, place),
        uncertainty: { confidence: 'low', reason: 'What LiteLLM does with such a value is not known.' },
      });
    case 'settings':
      return result({
        status: statusOf(effect),
        subject,
        summary: `The global router_settings row holds ${counted(row.keyCount, 'setting')} (${row.bytes} bytes); ${consequence(effect, row.routingPolicy)}.`,
        evidence: evidenceOf(row, effect),
        advice: globalRowAdvice(row, effect, place),
        uncertainty: effect.uncertainty,
      });
  }
}

const EMPTY_KINDS = { 'sql-null': 'SQL NULL', 'json-null': 'JSON null', empty: '{}' } as const;

/** Why critical: docs/checks/global-router-settings.md. */
function statusOf({ kind, cheaper, disputed }: SeenEffect): Status {
  if (kind === 'unknown') return 'warning';
  if (kind !== 'per-request-router') return 'info';
  return cheaper || disputed ? 'warning' : 'critical';
}

function consequence({ kind, cheaper, version, disputed }: SeenEffect, lost: readonly string[]): string {
  const runs = version === null ? 'this version of LiteLLM' : `LiteLLM ${version}`;
  if (kind === 'unknown') {
    return `LiteLLM ${PER_REQUEST_RANGE} queries for it and builds a Router on each LLM request, and the version that runs is not known`;
  }
  if (kind !== 'per-request-router') {
    return `${runs} builds no Router per request, so purging fixes nothing on this version and can lose configuration${lost.length > 0 ? ` (${listed(lost)})` : ''}`;
  }
  const cost = cheaper ? ', at a lower cost than 1.81.5' : '';
  const sure = disputed ? ', but that is not certain' : '';
  return `${runs} queries for it and builds a Router on each LLM request${cost}${sure}`;
}

function evidenceOf(row: PresentRow, effect: SeenEffect): Finding['evidence'] {
  const seen = {
    litellmVersion: effect.version,
    effect: effect.kind,
    kind: row.kind,
    bytes: row.bytes,
    hash: row.hash,
  };
  if (row.kind !== 'settings') return seen;
  return {
    ...seen,
    settings: row.keys.map(({ name, bytes }) => `${name} (${counted(bytes, 'byte')})`),
    ...(row.keyCount > row.keys.length ? { settingsNotShown: row.keyCount - row.keys.length } : {}),
    routingPolicyLostWithTheRow: row.routingPolicy,
    settingsThatMayHoldSecrets: row.keys.filter(({ name }) => SECRET_KEYS.has(name)).map(({ name }) => name),
  };
}
