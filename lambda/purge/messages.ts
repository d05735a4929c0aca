import type { Backup } from '../../database/answers.ts';
import type { Advice } from '../core/finding.ts';
import { listed } from '../core/text.ts';
import { askFor, enable } from '../settings/commands.ts';
import type { Target } from '../settings/settings.ts';
import type { Circumstances } from './operation.ts';
import type { NotDone, RemedyOutcome, UnsentRemedy } from './outcome.ts';
import { purgeWords } from './purge-messages.ts';
import { restoreWords } from './restore-messages.ts';

/** What is said of an outcome. */
export type Words = Pick<UnsentRemedy, 'result' | 'summary' | 'notes' | 'advice'>;

/** The outcome in plain words: what was done, what follows from it, and how to go on or back. */
export function wordsOf(told: RemedyOutcome, target: Target, circumstances: Circumstances): Words {
  switch (told.action) {
    case 'purge':
      if (isNotDone(told.outcome)) return notDoneWords('A purge', told.outcome);
      return purgeWords(told.outcome, target, circumstances);
    case 'restore':
      if (isNotDone(told.outcome)) return notDoneWords(`The restore of backup ${told.backup}`, told.outcome);
      return restoreWords(told.backup, told.outcome, target);
    case 'backups':
      if (isNotDone(told.outcome)) return notDoneWords('A list of backups', told.outcome);
      return backupsWords(told.outcome, target);
  }
}

function isNotDone(outcome: { readonly outcome: string }): outcome is NotDone {
  return ['disabled', 'failed', 'not-known'].includes(outcome.outcome);
}

function notDoneWords(what: string, told: NotDone): Words {
  switch (told.outcome) {
    case 'disabled':
      return {
        result: 'refused',
        summary: `${what} is not enabled for this database; nothing was done.`,
        notes: [],
        advice: enable(),
      };
    case 'failed': {
      const { message, missing } = told.failure;
      return {
        result: 'failed',
        summary: `${what} failed, and nothing was changed. ${message}`,
        notes: [],
        advice: missing === undefined ? [] : [mend(missing)],
      };
    }
    case 'not-known':
      return {
        result: 'not-known',
        summary: `${what} was sent twice, and whether it was done is not known. ${told.failure.message}`,
        notes: ['PostgreSQL does it wholly or not at all: the row is either there, or in the backups.'],
        advice: [{ text: 'Ask for the same again: that is harmless, and tells.' }],
      };
  }
}

/** What is missing is a command or a sentence. */
function mend(missing: string): Advice {
  return /^(GRANT|npm run) /.test(missing)
    ? { text: 'Run this, with purge enabled in the configuration, and ask again:', command: missing }
    : { text: missing };
}

function backupsWords({ total, backups }: { total: number; backups: readonly Backup[] }, target: Target): Words {
  const [newest] = backups;
  if (newest === undefined) {
    return { result: 'shown', summary: 'There are no backups: nothing was ever purged here.', notes: [], advice: [] };
  }
  const more = total > backups.length ? ` The newest ${backups.length} are shown.` : '';
  return {
    result: 'shown',
    summary: `${total === 1 ? 'There is 1 backup' : `There are ${total} backups`} of the global router_settings row.${more}`,
    notes: backups.map(backupLine),
    advice: askFor(`To put one back, here the newest`, { action: 'restore', backup: newest.backup }, target),
  };
}

function backupLine({ backup, at, action, mode, requestedBy, bytes, keys, restoredAt }: Backup): string {
  const how =
    action === 'restore' ? 'replaced by a restore' : `purged ${mode === 'automatic' ? 'automatically' : 'by hand'}`;
  const held = keys.length === 0 ? `${bytes} bytes` : `${bytes} bytes: ${listed(keys, 20)}`;
  return `${backup}: ${at}, ${how}, asked by ${requestedBy}; ${held}${restoredAt === null ? '' : `; restored ${restoredAt}`}`;
}
