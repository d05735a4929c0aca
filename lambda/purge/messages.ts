import type { Backup } from '../../database/answers.ts';
import { listed } from '../core/text.ts';
import { ENABLE_PURGE, stepsToRun } from '../settings/commands.ts';
import type { Settings } from '../settings/settings.ts';
import type { Circumstances, NotDone, OperationDescription, OperationOutcome } from './operation.ts';
import { describePurge } from './purge-messages.ts';
import { describeRestore } from './restore-messages.ts';

/** Describes an outcome to people: what was done, what follows from it, and what can be done next. */
export function describeOperation(
  operation: OperationOutcome,
  settings: Settings,
  circumstances: Circumstances,
): OperationDescription {
  switch (operation.action) {
    case 'purge':
      if (isNotDone(operation.outcome)) return describeNotDone('A purge', operation.outcome);
      if (operation.outcome.outcome === 'other-schema')
        return describeOtherSchema('A purge', operation.outcome, settings);
      return describePurge(operation.outcome, settings, circumstances);
    case 'restore':
      if (isNotDone(operation.outcome))
        return describeNotDone(`The restore of backup ${operation.backup}`, operation.outcome);
      if (operation.outcome.outcome === 'other-schema')
        return describeOtherSchema(`The restore of backup ${operation.backup}`, operation.outcome, settings);
      return describeRestore(operation.backup, operation.outcome, settings);
    case 'backups':
      if (isNotDone(operation.outcome)) return describeNotDone('The list of backups', operation.outcome);
      if (operation.outcome.outcome === 'other-schema')
        return describeOtherSchema('The list of backups', operation.outcome, settings);
      return describeBackups(operation.outcome, settings);
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

/** The functions belong to one schema of LiteLLM, and the row of another one is not theirs to touch. */
function describeOtherSchema(
  what: string,
  { schema }: { readonly schema: string },
  { litellmSchema, auditorSchema }: Settings,
): OperationDescription {
  const asked =
    litellmSchema === undefined
      ? 'this database has several LiteLLM schemas and the request names none'
      : `the request is for ${litellmSchema}`;
  return {
    result: 'refused',
    summary: `${what} was refused: the functions in schema ${auditorSchema} are for the LiteLLM schema ${schema}, and ${asked}. Nothing was done.`,
    notes: [],
    advice: [
      {
        text: `Name the schema with "litellmSchema" in the configuration (in a shell: --schema). Each LiteLLM schema requires its own "auditorSchema" and "user" (in a shell: --auditor-schema), installed by:`,
        command: 'npm run --silent database-setup',
      },
    ],
  };
}

function describeBackups(
  { total, backups }: { total: number; backups: readonly Backup[] },
  settings: Settings,
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
      settings,
    ),
  };
}

function backupLine({ backup, at, action, mode, requestedBy, keys, restoredAt }: Backup): string {
  const how =
    action === 'restore' ? 'replaced by a restore' : `purged ${mode === 'automatic' ? 'automatically' : 'by hand'}`;
  const held = keys.length === 0 ? 'no settings' : listed(keys, 20);
  return `${backup}: ${at}, ${how}, asked by ${requestedBy}; ${held}${restoredAt === null ? '' : `; restored ${restoredAt}`}`;
}
