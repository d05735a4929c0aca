import type { RestoreAnswer } from '../../database/answers.ts';
import { PER_REQUEST_RANGE } from '../litellm/router-effect.ts';
import { stepsToRun } from '../settings/commands.ts';
import type { Settings } from '../settings/settings.ts';
import type { OperationDescription } from './operation.ts';

const READ_AGAIN = `LiteLLM ${PER_REQUEST_RANGE} uses the row from the next request on. Other versions apply it when they reload their configuration, at the latest at a restart.`;

/** Describes the outcome of a restore to people. */
export function describeRestore(
  backup: number,
  outcome: Exclude<RestoreAnswer, { outcome: 'other-schema' }>,
  settings: Settings,
): OperationDescription {
  switch (outcome.outcome) {
    case 'restored':
      return {
        result: 'done',
        summary: `Backup ${backup} of the global router_settings row was restored${outcome.replaced === null ? '' : `; the row that it replaced is backup ${outcome.replaced}`}.`,
        notes: [READ_AGAIN, 'Automatic purges leave the row alone until somebody has purged by hand.'],
        advice: stepsToRun(
          'To undo it',
          outcome.replaced === null
            ? { action: 'purge', confirm: outcome.hash, loseRoutingPolicy: true }
            : { action: 'restore', backup: outcome.replaced, replace: outcome.hash },
          settings,
        ),
      };
    case 'already-restored':
      return {
        result: 'nothing-to-do',
        summary: outcome.sameRequest
          ? `This request has already restored backup ${backup}. Nothing more was done.`
          : `The row is already the one of backup ${backup}. Nothing was done.`,
        notes: [],
        advice: [],
      };
    case 'no-backup':
      return {
        result: 'refused',
        summary: `There is no backup ${backup}. Nothing was done.`,
        notes: [],
        advice: stepsToRun('To list the backups', { action: 'backups' }, settings),
      };
    case 'row-exists':
      return {
        result: 'refused',
        summary: `There is a global router_settings row that is not the one of backup ${backup}. Nothing was done.`,
        notes: [
          "It was written after the purge, probably by LiteLLM's UI. A restore that names its hash keeps it as another backup.",
        ],
        advice: [
          ...stepsToRun('To see what it holds', { action: 'purge' }, settings),
          ...stepsToRun('To replace it', { action: 'restore', backup, replace: outcome.hash }, settings),
        ],
      };
    case 'changed':
      return outcome.hash === null
        ? {
            result: 'refused',
            summary: 'The row to replace no longer exists. Nothing was done.',
            notes: [],
            advice: stepsToRun('To restore without replacing a row', { action: 'restore', backup }, settings),
          }
        : {
            result: 'refused',
            summary: 'The row does not have the hash that was given: it has probably changed since. Nothing was done.',
            notes: [`Its hash is now ${outcome.hash}.`],
            advice: stepsToRun('To see what it holds', { action: 'purge' }, settings),
          };
  }
}
