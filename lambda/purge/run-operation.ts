import manifest from '../../package.json' with { type: 'json' };
import { startBudget } from '../core/deadline.ts';
import type { PurgeRequest } from '../settings/request.ts';
import type { Settings } from '../settings/settings.ts';
import { attempt } from './attempt.ts';
import { backupsCall, purgeCall, restoreCall } from './calls.ts';
import { dryRun } from './dry-run.ts';
import { messagesFor } from './messages.ts';
import type { OperationOutcome, PurgeOperation, Requester } from './operation.ts';

/** From where and how it was asked. */
export interface Circumstances {
  readonly requester: Requester;
  readonly mode: 'manual' | 'automatic';
  /** Whether purge and restore are allowed at all; the shell leaves that to the database's own rights. */
  readonly enabled: boolean;
  /** The longest it may take. */
  readonly budgetMs: number;
}

/**
 * Does what was asked, once, and tells what became of it; publishes nothing. Never throws.
 */
export async function runOperation(
  request: PurgeRequest,
  settings: Settings,
  circumstances: Circumstances,
): Promise<PurgeOperation> {
  const start = performance.now();
  const startedAt = new Date().toISOString();
  const told = await outcomeOf(request, settings, circumstances);
  return {
    schemaVersion: 1,
    auditorVersion: manifest.version,
    database: settings.target.label,
    startedAt,
    durationMs: Math.round(performance.now() - start),
    mode: circumstances.mode,
    ...circumstances.requester,
    ...messagesFor(told, settings.target, circumstances),
    ...told,
  };
}

async function outcomeOf(
  request: PurgeRequest,
  settings: Settings,
  { requester, mode, enabled, budgetMs }: Circumstances,
): Promise<OperationOutcome> {
  const budget = startBudget(budgetMs);
  switch (request.action) {
    case 'purge': {
      const { action, confirm, loseRoutingPolicy = false } = request;
      if (confirm === undefined) return { action, outcome: await dryRun(settings, budgetMs) };
      if (!enabled) return { action, outcome: { outcome: 'disabled' } };
      const sent = await attempt(purgeCall({ hash: confirm, loseRoutingPolicy, mode, ...requester }), settings, budget);
      if ('notDone' in sent) return { action, outcome: sent.notDone };
      const { answer, wasLost } = sent;
      if (wasLost && answer.outcome === 'already-purged' && answer.sameRequest) {
        return { action, outcome: { outcome: 'purged', backup: answer.backup, at: answer.at } };
      }
      return { action, outcome: answer };
    }
    case 'restore': {
      const { action, backup, replace: replaces = null } = request;
      if (!enabled) return { action, backup, outcome: { outcome: 'disabled' } };
      const sent = await attempt(restoreCall({ backup, replaces, ...requester }), settings, budget);
      if ('notDone' in sent) return { action, backup, outcome: sent.notDone };
      const { answer, wasLost } = sent;
      if (wasLost && answer.outcome === 'already-restored' && answer.sameRequest) {
        const { hash, replaced } = answer;
        return { action, backup, outcome: { outcome: 'restored', hash, replaced } };
      }
      return { action, backup, outcome: answer };
    }
    case 'backups': {
      const { action } = request;
      const sent = await attempt(backupsCall, settings, budget);
      if ('notDone' in sent) return { action, outcome: sent.notDone };
      return { action, outcome: { outcome: 'listed', ...sent.answer } };
    }
  }
}
