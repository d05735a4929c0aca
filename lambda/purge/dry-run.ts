import type { PurgeAnswer } from '../../database/answers.ts';
import { buildModel } from '../model/model.ts';
import type { Settings } from '../settings/settings.ts';
import { collectSnapshot } from '../snapshot/collect/collect.ts';
import { failureOf } from '../snapshot/failure.ts';
import type { DryRun, NotDone } from './operation.ts';

/** Reads the row as an audit does, and changes nothing. Never throws. */
export async function dryRun(
  settings: Settings,
  budgetMs: number,
): Promise<DryRun | NotDone | Extract<PurgeAnswer, { outcome: 'absent' }>> {
  const snapshot = await collectSnapshot(settings, budgetMs);
  const { connection, server, 'router-settings': seen } = snapshot.sources;
  if (seen.status !== 'ok') {
    const [failure = failureOf('other')] = [connection, server, seen].flatMap((source) =>
      source.status === 'failed' ? [source.failure] : [],
    );
    return { outcome: 'failed', failure };
  }
  const { global } = seen.value;
  const schema = (server.status === 'ok' ? server.value.litellmSchema : null) ?? settings.litellmSchema ?? '';
  switch (global.state) {
    case 'absent':
      return { schema, outcome: 'absent' };
    case 'no-table':
      return {
        outcome: 'failed',
        failure: failureOf('other', { message: 'This database has no LiteLLM_Config table, so no global row either.' }),
      };
    case 'hidden':
      return {
        outcome: 'failed',
        failure: failureOf('permission-denied', {
          message: 'The role cannot see whether there is a global router_settings row.',
          remediation: global.remediation,
        }),
      };
    case 'failed':
      return { outcome: 'failed', failure: global.failure };
    case 'present': {
      const { hash, kind, keys, keyCount, routingPolicy } = global;
      const { global: effect = null } = buildModel(snapshot, settings).routerEffects ?? {};
      const row = { schema, hash, kind, keys, keyCount, routingPolicy };
      return {
        outcome: 'dry-run',
        ...row,
        effect: effect?.kind ?? 'unknown',
        litellmVersion: effect?.version ?? null,
      };
    }
  }
}
