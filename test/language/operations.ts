import type { Backup } from '../../database/answers.ts';
import { operationFailure } from '../../lambda/purge/failure.ts';
import type { DryRun, NotDone, OperationOutcome } from '../../lambda/purge/operation.ts';
import { failureOf } from '../../lambda/snapshot/failure.ts';
import { presentRowSchema } from '../../lambda/snapshot/schema/router-settings.ts';
import { failureKindSchema } from '../../lambda/snapshot/schema/source.ts';

const AT = '2026-11-22T03:00:00Z';
const SCHEMA = 'public';
const HASH = 'ab'.repeat(32);
const SQLSTATES = ['42501', '42883', '3F000', '42P01', '25006', '54000', '55P03', 'P0001', '57P01', '57014', 'XX000'];

const failures = [
  ...failureKindSchema.options.map((kind) => failureOf(kind)),
  ...SQLSTATES.map((code) => operationFailure(Object.assign(new Error(), { code }))),
];
const notDone: readonly NotDone[] = [
  { outcome: 'disabled' },
  ...failures.map((failure) => ({ outcome: 'failed', failure }) as const),
  ...failures.map((failure) => ({ outcome: 'not-known', failure }) as const),
];

const EFFECTS = ['per-request-router', 'shared-router', 'ignored', 'no-router', 'unknown'] as const;
const KEYS = [{ name: 'num_retries', empty: false }];
const dryRuns: readonly DryRun[] = presentRowSchema.shape.kind.options.flatMap((kind) =>
  EFFECTS.flatMap((effect) =>
    [[], ['fallbacks']].map((routingPolicy) => ({
      outcome: 'dry-run' as const,
      schema: SCHEMA,
      hash: kind === 'other' ? null : HASH,
      kind,
      keys: KEYS,
      keyCount: 3,
      routingPolicy,
      effect,
      litellmVersion: effect === 'unknown' ? null : '1.81.3',
    })),
  ),
);

type PurgeOutcome = Extract<OperationOutcome, { action: 'purge' }>['outcome'];
type RestoreOutcome = Extract<OperationOutcome, { action: 'restore' }>['outcome'];
type Answers<Outcome extends { outcome: string }> = {
  readonly [Name in Outcome['outcome']]: readonly Extract<Outcome, { outcome: Name }>[];
};

const purges: Answers<Exclude<PurgeOutcome, NotDone>> = {
  'dry-run': dryRuns,
  'other-schema': [{ schema: SCHEMA, outcome: 'other-schema' }],
  purged: [{ schema: SCHEMA, outcome: 'purged', backup: 1, at: AT }],
  'already-purged': [true, false].map((sameRequest) => ({
    schema: SCHEMA,
    outcome: 'already-purged',
    backup: 1,
    at: AT,
    requestedBy: 'alice',
    sameRequest,
  })),
  absent: [{ schema: SCHEMA, outcome: 'absent' }],
  changed: [{ schema: SCHEMA, outcome: 'changed', hash: HASH }],
  'routing-policy': [{ schema: SCHEMA, outcome: 'routing-policy', keys: ['fallbacks'] }],
  'automatic-stopped': (['reappeared', 'restored', 'once-a-day'] as const).map((reason) => ({
    schema: SCHEMA,
    outcome: 'automatic-stopped',
    reason,
  })),
};
const restores: Answers<Exclude<RestoreOutcome, NotDone>> = {
  'other-schema': [{ schema: SCHEMA, outcome: 'other-schema' }],
  restored: [null, 2].map((replaced) => ({ schema: SCHEMA, outcome: 'restored', hash: HASH, replaced })),
  'already-restored': [true, false].map((sameRequest) => ({
    schema: SCHEMA,
    outcome: 'already-restored',
    sameRequest,
    hash: HASH,
    replaced: null,
  })),
  'no-backup': [{ schema: SCHEMA, outcome: 'no-backup' }],
  'row-exists': [{ schema: SCHEMA, outcome: 'row-exists', hash: HASH }],
  changed: [HASH, null].map((hash) => ({ schema: SCHEMA, outcome: 'changed', hash })),
};

const backup: Backup = {
  backup: 1,
  at: AT,
  action: 'purge',
  mode: 'manual',
  requestedBy: 'alice',
  hash: HASH,
  keys: ['num_retries'],
  restoredAt: AT,
};
const BACKUPS: Backup[] = [
  backup,
  { ...backup, action: 'restore', restoredAt: null },
  { ...backup, mode: 'automatic', keys: [] },
];

/** Every outcome that an operation can have. */
export const OUTCOMES: readonly OperationOutcome[] = [
  ...[...Object.values(purges).flat(), ...notDone].map((outcome) => ({ action: 'purge' as const, outcome })),
  ...[...Object.values(restores).flat(), ...notDone].map((outcome) => ({
    action: 'restore' as const,
    backup: 1,
    outcome,
  })),
  ...[[], [backup], BACKUPS].map((backups) => ({
    action: 'backups' as const,
    outcome: { schema: SCHEMA, outcome: 'listed' as const, total: backups.length * 2, backups },
  })),
  { action: 'backups', outcome: { schema: SCHEMA, outcome: 'other-schema' } },
  ...notDone.map((outcome) => ({ action: 'backups' as const, outcome })),
];
