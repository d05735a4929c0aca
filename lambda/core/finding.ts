import { createHash } from 'node:crypto';
import type { Json } from './json.ts';

/** From best to worst; the order in which an overall status is decided (docs/architecture.md, "Contracts"). */
export const STATUSES = ['ok', 'info', 'unknown', 'warning', 'critical'] as const;
export type Status = (typeof STATUSES)[number];
export type Confidence = 'high' | 'medium' | 'low';

/** Incident: the service fails now or within hours. Risk: posture, version, budget or certificate; at most a warning. */
export type FindingKind = 'incident' | 'risk';

/** How bad it is, and in what sense: nothing that is only a risk is ever critical. */
export type Severity =
  | { readonly kind: 'incident'; readonly status: Status }
  | { readonly kind: 'risk'; readonly status: Exclude<Status, 'critical'> };

/** One step to take. `command` is shell or SQL to paste; it stands on lines of its own wherever it is shown. */
export interface Advice {
  readonly text: string;
  readonly command?: string;
}

/** What was seen, by name. Untrusted text may be among it. */
export type Evidence = { readonly [name: string]: Json | undefined };

/** A source that a check needed and did not get. */
export interface MissingSource {
  readonly source: string;
  readonly status: 'failed' | 'skipped';
  readonly reason: string;
  /** The kind of failure, where it failed. */
  readonly kind?: string;
  /** SQLSTATE, or the name or code of the error. */
  readonly code?: string;
}

interface FindingParts {
  readonly checkId: string;
  /** What it is about: `database prod`, `client 10.0.3.17`, `team payments`. May hold untrusted text from the database. */
  readonly subject: string;
  /** Stable over runs: made of checkId and subject, never of live numbers. */
  readonly fingerprint: string;
  readonly confidence: Confidence;
  /** Present when the confidence is not high. */
  readonly confidenceReason?: string;
  /** One or two sentences, with the numbers. */
  readonly summary: string;
  readonly evidence: Evidence;
  /** Present when the check could not be made because these are missing. */
  readonly missingSources?: readonly MissingSource[];
  readonly advice: readonly Advice[];
  /** Where the check's page is. */
  readonly docs: string;
}

export type Finding = FindingParts & Severity;

/** 0 for ok up to 4 for critical. */
export function severityRank(status: Status): number {
  return STATUSES.indexOf(status);
}

/** The worst of the statuses; `unknown` for none at all, since nothing was checked. */
export function worstStatus(statuses: readonly Status[]): Status {
  return (
    statuses.reduce<Status | undefined>(
      (worst, next) => (worst === undefined || severityRank(next) > severityRank(worst) ? next : worst),
      undefined,
    ) ?? 'unknown'
  );
}

/** Whether it warns or is critical. */
export function isBad({ status }: { readonly status: Status }): boolean {
  return status === 'warning' || status === 'critical';
}

/** 16 hex digits that identify a finding over runs. */
export function fingerprintOf(checkId: string, subject: string): string {
  return createHash('sha256').update(`${checkId}\0${subject}`).digest('hex').slice(0, 16);
}
