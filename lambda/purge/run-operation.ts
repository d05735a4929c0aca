import manifest from '../../package.json' with { type: 'json' };
import { startBudget } from '../core/deadline.ts';
import type { PurgeRequest } from '../settings/request.ts';
import type { Settings } from '../settings/settings.ts';
import { attempt } from './attempt.ts';
import { backupsCall, purgeCall, restoreCall } from './calls.ts';
import { dryRun } from './dry-run.ts';
import { describeOperation } from './messages.ts';
import type { Circumstances, OperationOutcome, PurgeOperation } from './operation.ts';

/** Does what was requested, once, and reports the outcome; publishes nothing. Never throws. */
export async function runOperation(
  request: PurgeRequest,
  settings: Settings,
  circumstances: Circumstances,
): Promise<PurgeOperation> {
  const start = performance.now();
  const startedAt = new Date().toISOString();
  const operation = await perform(request, settings, circumstances);
  return {
    schemaVersion: 1,
    auditorVersion: manifest.version,
    database: settings.target.label,
    startedAt,
    durationMs: Math.round(performance.now() - start),
    mode: circumstances.mode,
    ...circumstances.requester,
    ...describeOperation(operation, settings, circumstances),
    ...operation,
  };
}

async function perform(
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
      const sent = await attempt(
        purgeCall({ hash: confirm, loseRoutingPolicy, mode, ...requester }, settings),
        settings,
        budget,
      );
      if ('notDone' in sent) return { action, outcome: sent.notDone };
      const { answer, wasLost } = sent;
      if (wasLost && answer.outcome === 'already-purged' && answer.sameRequest) {
        return { action, outcome: { schema: answer.schema, outcome: 'purged', backup: answer.backup, at: answer.at } };
      }
      return { action, outcome: answer };
    }
    case 'restore': {
      const { action, backup, replace: replaces = null } = request;
      if (!enabled) return { action, backup, outcome: { outcome: 'disabled' } };
      const sent = await attempt(restoreCall({ backup, replaces, ...requester }, settings), settings, budget);
      if ('notDone' in sent) return { action, backup, outcome: sent.notDone };
      const { answer, wasLost } = sent;
      if (wasLost && answer.outcome === 'already-restored' && answer.sameRequest) {
        const { schema, hash, replaced } = answer;
        return { action, backup, outcome: { schema, outcome: 'restored', hash, replaced } };
      }
      return { action, backup, outcome: answer };
    }
    case 'backups': {
      const { action } = request;
      const sent = await attempt(backupsCall(settings), settings, budget);
      if ('notDone' in sent) return { action, outcome: sent.notDone };
      return { action, outcome: sent.answer };
    }
  }
}
