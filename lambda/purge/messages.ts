import type { Backup } from '../../database/answers.ts';
import { listed } from '../core/text.ts';
import { ENABLE_PURGE, stepsToRun } from '../settings/commands.ts';
import type { Target } from '../settings/settings.ts';
import type { Circumstances, NotDone, OperationDescription, OperationOutcome } from './operation.ts';
import { describePurge } from './purge-messages.ts';
import { describeRestore } from './restore-messages.ts';

/** Describes an outcome to people: what was done, what follows from it, and what can be done next. */
export function describeOperation(
  operation: OperationOutcome,
  target: Target,
  circumstances: Circumstances,
): OperationDescription {
  switch (operation.action) {
    case 'purge':
      if (isNotDone(operation.outcome)) return describeNotDone('A purge', operation.outcome);
      return describePurge(operation.outcome, target, circumstances);
    case 'restore':
      if (isNotDone(operation.outcome))
        return describeNotDone(`The restore of backup ${operation.backup}`, operation.outcome);
      return describeRestore(operation.backup, operation.outcome, target);
    case 'backups':
      if (isNotDone(operation.outcome)) return describeNotDone('The list of backups', operation.outcome);
      return describeBackups(operation.outcome, target);
  }
}

function isNotDone(outcome: { readonly outcome: string }): outcome is NotDone {
  return ['disabled', 'failed', 'not-known'].includes(outcome.outcome);
}

function describeNotDone(what: string, notDone: NotDone): OperationDescription {
  switch (notDone.outcome) {
    case 'disabled':
      return {
        result: 'refused',
        summary: `${what} is not enabled for this database. Nothing was done.`,
        notes: [],
        advice: [ENABLE_PURGE],
      };
    case 'failed': {
      const { message, remediation } = notDone.failure;
      return {
        result: 'failed',
        summary: `${what} failed, and nothing was changed. ${message}`,
        notes: [],
        advice: remediation === undefined ? [] : [remediation],
      };
    }
    case 'not-known':
      return {
        result: 'not-known',
        summary: `${what} was sent twice, and it is not known whether it was done. ${notDone.failure.message}`,
        notes: ['PostgreSQL does it completely or not at all: the row is either unchanged, or in the backups.'],
        advice: [{ text: 'Send the same request again. It is safe and reports the outcome.' }],
      };
  }
}

function describeBackups(
  { total, backups }: { total: number; backups: readonly Backup[] },
  target: Target,
): OperationDescription {
  const [newest] = backups;
  if (newest === undefined) {
    return { result: 'shown', summary: 'There are no backups: nothing was ever purged here.', notes: [], advice: [] };
  }
  const more = total > backups.length ? ` The newest ${backups.length} are shown.` : '';
  return {
    result: 'shown',
    summary: `${total === 1 ? 'There is 1 backup' : `There are ${total} backups`} of the global router_settings row.${more}`,
    notes: backups.map(backupLine),
    advice: stepsToRun(
      'To restore one of them (here the newest)',
      { action: 'restore', backup: newest.backup },
      target,
    ),
  };
}

function backupLine({ backup, at, action, mode, requestedBy, bytes, keys, restoredAt }: Backup): string {
  const how =
    action === 'restore' ? 'replaced by a restore' : `purged ${mode === 'automatic' ? 'automatically' : 'by hand'}`;
  const held = keys.length === 0 ? `${bytes} bytes` : `${bytes} bytes: ${listed(keys, 20)}`;
  return `${backup}: ${at}, ${how}, asked by ${requestedBy}; ${held}${restoredAt === null ? '' : `; restored ${restoredAt}`}`;
}
