import { createHash } from 'node:crypto';
import type { Json } from './json.ts';

/** From best to worst; the order in which a report's overall status is decided (docs/design.md section 3). */
export const STATUSES = ['ok', 'info', 'unknown', 'warning', 'critical'] as const;
export type Status = (typeof STATUSES)[number];
export type Confidence = 'high' | 'medium' | 'low';

/** One step to take. `command` is shell or SQL to paste; it stands on lines of its own wherever it is shown. */
export interface Advice {
  readonly text: string;
  readonly command?: string;
}

export interface Finding {
  readonly checkId: string;
  readonly status: Status;
  /** What it is about: `database prod`, `client 10.0.3.17`, `team payments`. May hold untrusted text from the database. */
  readonly subject: string;
  /** Stable over runs: made of checkId and subject, never of live numbers. */
  readonly fingerprint: string;
  readonly confidence: Confidence;
  /** One sentence with the numbers. */
  readonly summary: string;
  /** Holds `confidenceReason` when the confidence is not high. */
  readonly evidence: { readonly [name: string]: Json };
  readonly advice: readonly Advice[];
  /** Where the check's page is. */
  readonly docs: string;
}

/** 0 for ok up to 4 for critical. */
export function severityOf(status: Status): number {
  return STATUSES.indexOf(status);
}

/** The worst of the statuses; `unknown` for none at all, since nothing was judged. */
export function worstStatus(statuses: readonly Status[]): Status {
  return (
    statuses.reduce<Status | undefined>(
      (worst, next) => (worst === undefined || severityOf(next) > severityOf(worst) ? next : worst),
      undefined,
    ) ?? 'unknown'
  );
}

/** 16 hex digits that identify a finding over runs. */
export function fingerprintOf(checkId: string, subject: string): string {
  return createHash('sha256').update(`${checkId}\0${subject}`).digest('hex').slice(0, 16);
}
