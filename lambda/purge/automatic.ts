import type { CheckId } from '../checks/registry.ts';
import { isBad } from '../core/finding.ts';
import { PER_REQUEST_RANGE } from '../litellm/router-effect.ts';
import { buildModel } from '../model/model.ts';
import { buildReport } from '../report/build.ts';
import type { Audit, RenderableReport } from '../report/report.ts';
import type { Settings } from '../settings/settings.ts';
import type { GlobalRouterSettings, Snapshot } from '../snapshot/snapshot.ts';
import type { PurgeOperation } from './operation.ts';
import { runOperation } from './run-operation.ts';

/** A scheduled audit, with what was done about it: `operation` is null when nothing was tried. */
export interface AutomaticPurge extends Audit {
  readonly operation: PurgeOperation | null;
}

/**
 * Purges the global row after a scheduled audit has found that it makes every request slow, when the version is certain and it holds no routing
 * policy. The report is that of the state afterwards. Never throws.
 * @param scheduledAt of the event: the same for every delivery of it, so that it purges once
 * @param budgetMs the longest it may take
 */
export async function runAutomaticPurge(
  audit: Audit,
  scheduledAt: string,
  settings: Settings,
  budgetMs: number,
): Promise<AutomaticPurge> {
  const row = harmfulRow(audit);
  if (settings.purge !== 'automatic' || row === null) return { ...audit, operation: null };
  if (!isCertain(audit)) return { ...audit, report: withNote(audit.report, NOT_CERTAIN), operation: null };
  if (budgetMs < settings.connectTimeoutMs + settings.statementTimeoutMs) {
    const report = withNote(audit.report, 'Not tried: the audit left no time for it.');
    return { ...audit, report, operation: null };
  }
  const operation = await runOperation({ action: 'purge', confirm: row.hash }, settings, {
    requester: { requestedBy: `the schedule of ${scheduledAt}`, requestId: `schedule ${scheduledAt}` },
    mode: 'automatic',
    enabled: true,
    budgetMs,
  });
  if (operation.action === 'purge' && operation.outcome.outcome === 'purged') {
    const { backup, at } = operation.outcome;
    const purge = { backup, at, mode: 'automatic', hash: row.hash, restoredAt: null } as const;
    const snapshot = withoutRow(audit.snapshot, purge);
    const model = buildModel(snapshot, settings);
    const report = buildReport(snapshot, model, settings, audit.report.durationMs + operation.durationMs);
    return { snapshot, model, report, operation };
  }
  return { ...audit, report: withNote(audit.report, operation.summary), operation };
}

const GLOBAL_ROW_CHECK: CheckId = 'global-router-settings';

type PresentRow = Extract<GlobalRouterSettings, { readonly state: 'present' }> & { readonly hash: string };

/** The row, when it costs each request a Router, holds no routing policy, and has not come back after an earlier purge. */
function harmfulRow({ snapshot, model, report }: Audit): PresentRow | null {
  const seen = snapshot.sources['router-settings'];
  if (seen.status !== 'ok' || seen.value.global.state !== 'present' || model.routerEffects === null) return null;
  const { global } = seen.value;
  const { hash } = global;
  if (hash === null) return null;
  const finding = report.findings.find(({ checkId }) => checkId === GLOBAL_ROW_CHECK);
  const isWrong = model.routerEffects.global.kind === 'per-request-router' && finding !== undefined && isBad(finding);
  return isWrong && global.routingPolicy.length === 0 && !isBack(global) ? { ...global, hash } : null;
}

const NOT_CERTAIN = `Not tried: it is not certain that LiteLLM ${PER_REQUEST_RANGE} runs, and on any other version the row harms nothing. Set "proxy.url", so that the proxy itself states its version.`;

/** Whether the version that runs is in the range for certain: a person decides otherwise. */
function isCertain({ model }: Audit): boolean {
  return model.routerEffects?.global.uncertainty === null;
}

/** The purge itself refuses it too; asking each time would only make a connection more. */
function isBack({ lastPurge }: Pick<PresentRow, 'lastPurge'>): boolean {
  return lastPurge !== null && (lastPurge.mode === 'automatic' || lastPurge.restoredAt !== null);
}

function withNote(report: RenderableReport, automaticPurge: string): RenderableReport {
  return {
    ...report,
    findings: report.findings.map((finding) =>
      finding.checkId === GLOBAL_ROW_CHECK
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
