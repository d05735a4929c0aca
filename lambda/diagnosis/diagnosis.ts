import type { Confidence } from '../core/finding.ts';

/** What can be wrong between LiteLLM and its database. Issue numbers: knowledge/litellm.md, sections 1 and 5. */
export type CauseId =
  | 'database-unreachable' // no way in for a reason of its own: network, IAM, TLS, a restart
  | 'iam-logins-refused' // RDS refuses IAM log-ins, of whoever tries
  | 'iam-token-refresh' // the guide's third: each refresh leaves the old connections open
  | 'orphaned-engine' // #24149
  | 'dead-worker-engine' // #33023
  | 'leaked-connections' // left over, and no known fault tells by what
  | 'managed-object-poll' // #23472
  | 'token-refresh-drops-limit' // #33021
  | 'per-request-router' // the guide's first, measured, or by the settings of a team or a key
  | 'global-router-settings' // the guide's second: the row that sets it off, by version and not measured
  | 'user-config'
  | 'idle-in-transaction'
  | 'other-application'
  | 'pools-do-not-fit' // the guide's fourth
  | 'under-provisioned' // healthy pools within their limits need more slots than there are
  | 'slots-exhausted' // full, and nothing seen tells by whom
  | 'query-engine' // "All connection attempts failed" while PostgreSQL is well
  | 'known-bad-version' // and no connection problem shows
  | 'none-of-the-known';

export interface Cause {
  readonly id: CauseId;
  /** A few words of our own, for a subject line. */
  readonly title: string;
  /** One sentence: what happens, with the numbers of the findings. May hold untrusted text from the database. */
  readonly what: string;
  /** One sentence: what to do first. May hold untrusted text from the database. */
  readonly first: string;
  /** The lowest of the findings it rests on. */
  readonly confidence: Confidence;
  /** Of the findings it rests on. */
  readonly fingerprints: readonly string[];
}

export interface Diagnosis {
  /** The most probable first; two at most. Empty when nothing is known to be wrong. */
  readonly causes: readonly Cause[];
}
