import type { Advice, Confidence, Finding, Status } from '../core/finding.ts';
import type { SourceFailure } from '../snapshot/snapshot.ts';
import type { CheckResult } from './check.ts';

/** Why a result is not sure; shown beside it. */
export interface Uncertainty {
  readonly confidence: Exclude<Confidence, 'high'>;
  readonly reason: string;
}

/** All uncertainties as one, at the lowest of their confidences; null for none. */
export function mergeUncertainty(uncertainties: readonly (Uncertainty | null)[]): Uncertainty | null {
  const real = uncertainties.filter((uncertainty) => uncertainty !== null);
  if (real.length === 0) return null;
  return {
    confidence: real.some(({ confidence }) => confidence === 'low') ? 'low' : 'medium',
    reason: real.map(({ reason }) => reason).join(' '),
  };
}

/** A result; one without a uncertainty is of high confidence, and a uncertainty always comes with its reason. */
export function result(parts: {
  readonly status: Status;
  readonly subject: string;
  readonly summary: string;
  readonly evidence?: Finding['evidence'];
  readonly advice?: readonly Advice[];
  readonly uncertainty?: Uncertainty | null;
}): CheckResult {
  const { status, subject, summary, evidence = {}, advice = [], uncertainty } = parts;
  return {
    status,
    subject,
    confidence: uncertainty?.confidence ?? 'high',
    summary,
    evidence: uncertainty ? { ...evidence, confidenceReason: uncertainty.reason } : evidence,
    advice,
  };
}

/** The step that mends what a source lacked: SQL and shell as a command, a permission or a setting as a sentence. */
export function mend(missing: NonNullable<SourceFailure['missing']>): Advice {
  return /^(GRANT|npm run) /.test(missing)
    ? { text: 'Run this, then audit again:', command: missing }
    : { text: missing };
}
