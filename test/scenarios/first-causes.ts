import type { CauseId } from '../../lambda/diagnosis/diagnosis.ts';

/** The first cause that the report of a scenario has to name. */
export const FIRST_CAUSES: Readonly<Record<string, CauseId>> = {
  'iam-leak': 'iam-token-refresh',
  'per-request-router': 'per-request-router',
  'under-provisioned': 'under-provisioned',
  'slots-exhausted': 'slots-exhausted',
  'idle-in-transaction': 'idle-in-transaction',
  'wrong-version': 'known-bad-version',
  'old-schema': 'known-bad-version',
};
