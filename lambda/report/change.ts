import type { Status } from '../core/finding.ts';

/** What people are to be told of one problem. */
export interface Change {
  readonly kind: 'new' | 'worse' | 'resolved' | 'still' | 'flapping' | 'advisory' | 'purge';
  /** The id of a check or a cause; of an advisory its public name, of a purge the id of its request. */
  readonly problem: string;
  readonly status: Status;
  /** What they were told of it since it began; null: nothing. */
  readonly was: Status | null;
  /** When it began, ISO 8601 UTC. */
  readonly since: string;
  /** When it ended; null while it is there. */
  readonly ended: string | null;
  /** Untrusted text. */
  readonly headline: string;
}

/** Whether the audit could be compared with earlier ones. */
export type MemoryUse =
  | { readonly status: 'used' }
  /** None is configured. */
  | { readonly status: 'none' }
  | { readonly status: 'failed'; readonly reason: string };

/** A check or a finding that people do not want to be told of for a time. */
export interface Muted {
  /** The id of a check, or a fingerprint. */
  readonly finding: string;
  /** ISO 8601 UTC. */
  readonly until: string;
  /** Untrusted text. */
  readonly why: string;
  /** How many findings that warn or are critical it hides from messages now. */
  readonly findings: number;
}
