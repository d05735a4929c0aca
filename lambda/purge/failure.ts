import type { Advice } from '../core/finding.ts';
import { CONFIG_TABLE } from '../litellm/tables.ts';
import { ENABLE_PURGE } from '../settings/commands.ts';
import { codeAndText, failureOf, SourceError } from '../snapshot/failure.ts';
import { postgresFailure } from '../snapshot/postgres/failure.ts';
import type { FailureKind, SourceFailure } from '../snapshot/snapshot.ts';

/** By SQLSTATE (PostgreSQL manual, appendix A): what it means when it comes from one of our own functions. */
const OWN_MEANINGS: Readonly<Record<string, { kind: FailureKind; message: string; remediation?: Advice }>> = {
  '42501': {
    kind: 'permission-denied',
    message:
      'The role may not execute the functions that purge and restore: the setup script was last run with purge disabled, or for another role.',
    remediation: ENABLE_PURGE,
  },
  '42883': {
    kind: 'other',
    message:
      'The functions that purge and restore are not installed in this database, or are those of another release.',
    remediation: ENABLE_PURGE,
  },
  '42P01': {
    kind: 'other',
    message: `${CONFIG_TABLE} or the table of backups is no longer where it was when the functions were installed.`,
    remediation: ENABLE_PURGE,
  },
  '25006': {
    kind: 'other',
    message: 'This server is read-only: a replica. Name the writer as host.',
  },
  '54000': {
    kind: 'other',
    message:
      'The row was purged or replaced 100 times in the last 24 hours, which is the limit: more backups could fill the disk.',
  },
  '55P03': {
    kind: 'locked',
    message: 'Timed out waiting for a lock on the row or the table. Try again in a moment.',
  },
  P0001: {
    kind: 'other',
    message:
      'PostgreSQL did something other than what was asked, probably because of a trigger, and everything was rolled back.',
  },
};

/** Returns why an operation was not done, in our own words. */
export function operationFailure(error: unknown): SourceFailure {
  // Before the call, or of its answer.
  if (error instanceof SourceError) return error.failure;
  const other = postgresFailure(error, { iam: false, phase: 'statement' });
  if (other.kind === 'row-security' || other.kind === 'pooler-refused') return other;
  const { code } = codeAndText(error);
  // 3F000, no such schema, is 42883 one step earlier.
  const own = OWN_MEANINGS[code === '3F000' ? '42883' : code];
  if (own === undefined) return other;
  const { kind, ...more } = own;
  return failureOf(kind, { code, ...more });
}
