import type { Audited } from '../audit.ts';
import { globalRouterSettings } from '../checks/global-router-settings/check.ts';
import { effectHere } from '../model/router-effect.ts';
import { judge } from '../report/build.ts';
import type { Settings } from '../settings/settings.ts';
import type { GlobalRouterSettings, Snapshot } from '../snapshot/snapshot.ts';
import { perform } from './operation.ts';
import type { UnsentRemedy } from './outcome.ts';

/** A scheduled audit, with what was done about it: `remedy` is null when nothing was tried. */
export interface Treated extends Audited {
  readonly remedy: UnsentRemedy | null;
}

/**
 * Purges the global row after a scheduled audit has found that it makes every request slow, when it holds no routing policy and nothing speaks
 * against it. The report is that of the state afterwards. Never throws.
 * @param scheduledAt of the event: the same for every delivery of it, so that it purges once
 * @param budgetMs the longest it may take
 */
export async function treat(
  audited: Audited,
  scheduledAt: string,
  settings: Settings,
  budgetMs: number,
): Promise<Treated> {
  const { snapshot, report } = audited;
  const row = harmfulRow(audited);
  if (settings.purge !== 'automatic' || row === null) return { ...audited, remedy: null };
  if (budgetMs < settings.connectTimeoutMs + settings.statementTimeoutMs) {
    return { snapshot, report: withNote(report, 'Not tried: the audit has left no time for it.'), remedy: null };
  }
  const remedy = await perform({ action: 'purge', confirm: row.hash }, settings, {
    requester: { requestedBy: `the schedule of ${scheduledAt}`, requestId: `schedule ${scheduledAt}` },
    mode: 'automatic',
    enabled: true,
    budgetMs,
  });
  if (remedy.action === 'purge' && remedy.outcome.outcome === 'purged') {
    const { backup, at } = remedy.outcome;
    const after = withoutRow(snapshot, { backup, at, mode: 'automatic', hash: row.hash, restoredAt: null });
    return { snapshot: after, report: judge(after, settings, report.durationMs + remedy.durationMs), remedy };
  }
  return { snapshot, report: withNote(report, remedy.summary), remedy };
}

type PresentRow = Extract<GlobalRouterSettings, { readonly state: 'present' }>;

/** The row, when it costs each request a Router, holds no routing policy, and has not come back after an earlier purge. */
function harmfulRow({ snapshot, report }: Audited): PresentRow | null {
  const seen = snapshot.sources['router-settings'];
  if (seen.status !== 'ok' || seen.value.global.state !== 'present') return null;
  const { global } = seen.value;
  const finding = report.findings.find(({ checkId }) => checkId === globalRouterSettings.id);
  const isBad = finding?.status === 'warning' || finding?.status === 'critical';
  const { kind, uncertainty } = effectHere('global', snapshot, seen.value);
  // Of 1.80.13 and 1.80.14 it is hardly known what they do: a person decides there.
  const isSure = kind === 'per-request-router' && uncertainty?.confidence !== 'low';
  return isBad && isSure && global.routingPolicy.length === 0 && !isBack(global) ? global : null;
}

/** The purge itself refuses it too; asking each time would only make a connection more. */
function isBack({ lastPurge }: PresentRow): boolean {
  return lastPurge !== null && (lastPurge.mode === 'automatic' || lastPurge.restoredAt !== null);
}

function withNote(report: Audited['report'], automaticPurge: string): Audited['report'] {
  return {
    ...report,
    findings: report.findings.map((finding) =>
      finding.checkId === globalRouterSettings.id
        ? { ...finding, evidence: { ...finding.evidence, automaticPurge } }
        : finding,
    ),
  };
}

function withoutRow(snapshot: Snapshot, lastPurge: NonNullable<PresentRow['lastPurge']>): Snapshot {
  const seen = snapshot.sources['router-settings'];
  if (seen.status !== 'ok') return snapshot;
  const value = { ...seen.value, global: { state: 'absent', lastPurge } as const };
  return { ...snapshot, sources: { ...snapshot.sources, 'router-settings': { ...seen, value } } };
}
