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
