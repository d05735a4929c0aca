import type { RestoreAnswer } from '../../database/answers.ts';
import { stepsToRun } from '../settings/commands.ts';
import type { Target } from '../settings/settings.ts';
import type { Words } from './messages.ts';

const READ_AGAIN =
  'LiteLLM 1.80.15 to 1.81.6 uses the row on the next request; others apply it when they read their configuration again, at the latest at a restart.';

/** A restore in plain words. */
export function restoreMessages(backup: number, told: RestoreAnswer, target: Target): Words {
  switch (told.outcome) {
    case 'restored':
      return {
        result: 'done',
        summary: `The global router_settings row is as in backup ${backup} again${told.replaced === null ? '' : `; the row that it replaced is backup ${told.replaced}`}.`,
        notes: [READ_AGAIN, 'Automatic purges leave it alone until somebody has purged by hand.'],
        advice: stepsToRun(
          'To undo it',
          told.replaced === null
            ? { action: 'purge', confirm: told.hash, loseRoutingPolicy: true }
            : { action: 'restore', backup: told.replaced, replace: told.hash },
          target,
        ),
      };
    case 'already-restored':
      return {
        result: 'nothing-to-do',
        summary: told.sameRequest
          ? `Backup ${backup} was restored by this same request already. Nothing more was done.`
          : `The row is as in backup ${backup} already. Nothing was done.`,
        notes: [],
        advice: [],
      };
    case 'no-backup':
      return {
        result: 'refused',
        summary: `There is no backup ${backup}; nothing was done.`,
        notes: [],
        advice: stepsToRun('To see which there are', { action: 'backups' }, target),
      };
    case 'row-exists':
      return {
        result: 'refused',
        summary: `There is a global router_settings row that is not the one of backup ${backup}; nothing was done.`,
        notes: [
          'It was written after the purge, by the UI perhaps. A restore that names it keeps it as a backup of its own.',
        ],
        advice: [
          ...stepsToRun('To see what it holds', { action: 'purge' }, target),
          ...stepsToRun('To replace it', { action: 'restore', backup, replace: told.hash }, target),
        ],
      };
    case 'changed':
      return {
        result: 'refused',
        summary:
          told.hash === null
            ? 'The row that was to be replaced is gone; nothing was done.'
            : 'The row is not the one that was to be replaced: it has changed since. Nothing was done.',
        notes: told.hash === null ? [] : [`Its hash is ${told.hash} now.`],
        advice:
          told.hash === null
            ? stepsToRun('To restore into the empty place', { action: 'restore', backup }, target)
            : stepsToRun('To see what it holds', { action: 'purge' }, target),
      };
  }
}
