import type { Backup } from '../../database/answers.ts';
import type { Advice } from '../core/finding.ts';
import { listed } from '../core/text.ts';
import { enablePurge, stepsToRun } from '../settings/commands.ts';
import type { Target } from '../settings/settings.ts';
import type { NotDone, OperationOutcome, PurgeOperation } from './operation.ts';
import { purgeMessages } from './purge-messages.ts';
import { restoreMessages } from './restore-messages.ts';
import type { Circumstances } from './run-operation.ts';

/** What is said of an outcome. */
export type Words = Pick<PurgeOperation, 'result' | 'summary' | 'notes' | 'advice'>;

/** The outcome in plain words: what was done, what follows from it, and how to go on or back. */
export function messagesFor(told: OperationOutcome, target: Target, circumstances: Circumstances): Words {
  switch (told.action) {
    case 'purge':
      if (isNotDone(told.outcome)) return notDoneMessages('A purge', told.outcome);
      return purgeMessages(told.outcome, target, circumstances);
    case 'restore':
      if (isNotDone(told.outcome)) return notDoneMessages(`The restore of backup ${told.backup}`, told.outcome);
      return restoreMessages(told.backup, told.outcome, target);
    case 'backups':
      if (isNotDone(told.outcome)) return notDoneMessages('A list of backups', told.outcome);
      return backupsMessages(told.outcome, target);
  }
}

function isNotDone(outcome: { readonly outcome: string }): outcome is NotDone {
  return ['disabled', 'failed', 'not-known'].includes(outcome.outcome);
}

function notDoneMessages(what: string, told: NotDone): Words {
  switch (told.outcome) {
    case 'disabled':
      return {
        result: 'refused',
        summary: `${what} is not enabled for this database; nothing was done.`,
        notes: [],
        advice: enablePurge(),
      };
    case 'failed': {
      const { message, remediation } = told.failure;
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
        summary: `${what} was sent twice, and whether it was done is not known. ${told.failure.message}`,
        notes: ['PostgreSQL does it completely or not at all: the row is either there, or in the backups.'],
        advice: [{ text: 'Send the same request again. It is safe and reports the outcome.' }],
      };
  }
}

function backupsMessages({ total, backups }: { total: number; backups: readonly Backup[] }, target: Target): Words {
  const [newest] = backups;
  if (newest === undefined) {
    return { result: 'shown', summary: 'There are no backups: nothing was ever purged here.', notes: [], advice: [] };
  }
  const more = total > backups.length ? ` The newest ${backups.length} are shown.` : '';
  return {
    result: 'shown',
    summary: `${total === 1 ? 'There is 1 backup' : `There are ${total} backups`} of the global router_settings row.${more}`,
    notes: backups.map(backupLine),
    advice: stepsToRun(`To restore one, here the newest`, { action: 'restore', backup: newest.backup }, target),
  };
}

function backupLine({ backup, at, action, mode, requestedBy, bytes, keys, restoredAt }: Backup): string {
  const how =
    action === 'restore' ? 'replaced by a restore' : `purged ${mode === 'automatic' ? 'automatically' : 'by hand'}`;
  const held = keys.length === 0 ? `${bytes} bytes` : `${bytes} bytes: ${listed(keys, 20)}`;
  return `${backup}: ${at}, ${how}, asked by ${requestedBy}; ${held}${restoredAt === null ? '' : `; restored ${restoredAt}`}`;
}
