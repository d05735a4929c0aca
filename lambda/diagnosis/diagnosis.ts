import type { Advice, Confidence, Finding } from '../core/finding.ts';

/** What can be wrong between LiteLLM and its database. Issue numbers: knowledge/litellm.md, sections 1 and 5. */
export type CauseId =
  | 'storage-full' // RDS says so of the writer, or none is left within hours
  | 'server-overloaded' // CPU, capacity, memory, credits or I/O are short: more connections would make it worse
  | 'failover-left-behind' // a failover that LiteLLM has not followed
  | 'database-read-only' // LiteLLM's sessions cannot write
  | 'bursts-fill-slots' // all slots were taken between two audits, and are not now
  | 'database-unreachable' // it answers nobody, as far as is known: network, a restart, silence
  | 'iam-refresh-fails' // #16220: LiteLLM's own refresh fails, so that its tokens expire
  | 'iam-logins-refused' // RDS refuses IAM logins, of whoever tries
  | 'iam-token-refresh' // the guide's third: each refresh leaves the old connections open
  | 'orphaned-engine' // #24149
  | 'dead-worker-engine' // #33023
  | 'leaked-connections' // leaked, and no known issue explains by what
  | 'managed-object-poll' // #23472
  | 'token-refresh-drops-limit' // #33021
  | 'split-ignores-pool-limit' // #33021: separate gateway and backend
  | 'per-request-router' // the guide's first: the version builds one for settings that are there
  | 'global-router-settings' // the guide's second: the row, while the version is not known
  | 'user-config'
  | 'migration-lock-orphaned' // #39365, #26712: an idle session holds the lock of `prisma migrate`
  | 'lock-pile-up' // sessions wait for locks, whatever is at their head
  | 'idle-in-transaction'
  | 'table-growth' // a table that nobody prunes, and that VACUUM does not keep up with
  | 'other-application'
  | 'pools-do-not-fit' // the guide's fourth
  | 'under-provisioned' // healthy pools within their limits need more slots than there are
  | 'connection-limit-reached' // of LiteLLM's role or database
  | 'rds-proxy-pinned' // RDS Proxy keeps a connection for each of LiteLLM's
  | 'slots-exhausted' // full, and nothing seen shows by whom
  | 'network-drops-idle' // "kind: Closed": idle connections die on the way
  | 'query-engine' // "All connection attempts failed", or no engine at all, while PostgreSQL is fine
  | 'known-bad-version' // an incident that nothing explains, while the version has known issues of its kind
  | 'auditor-cannot-look' // the auditor's own rights, credentials or network; says nothing about LiteLLM
  | 'none-of-the-known';

export interface Cause {
  readonly id: CauseId;
  /** A few words of our own, for a subject line. */
  readonly title: string;
  /** What happens, with the numbers of the findings. May hold untrusted text from the database. */
  readonly what: string;
  /** What to do first. May hold untrusted text from the database. */
  readonly first: Advice;
  /** Of what establishes it; what confirms it can raise that. */
  readonly confidence: Confidence;
  /** Of the findings it is based on. */
  readonly fingerprints: readonly string[];
}

export interface Diagnosis {
  /** The most probable first; two at most. Empty when nothing fails and no cause is established. */
  readonly causes: readonly Cause[];
}

/** Of each finding once, in their order. */
export function fingerprintsOf(findings: readonly Pick<Finding, 'fingerprint'>[]): string[] {
  return [...new Set(findings.map(({ fingerprint }) => fingerprint))];
}
