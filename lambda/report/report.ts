import type { Finding, Status } from '../core/finding.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { SourceName } from '../snapshot/snapshot.ts';

export type Notification =
  | { readonly status: 'published'; readonly messageId: string; readonly findingsLeftOut: number }
  | { readonly status: 'skipped'; readonly reason: string }
  | { readonly status: 'failed'; readonly error: string };

export interface SourceSummary {
  readonly name: SourceName;
  readonly status: 'ok' | 'failed' | 'skipped';
  readonly durationMs: number;
  readonly error?: string;
}

/** What the function returns and `--json` prints (docs/design.md section 3). */
export interface Report {
  readonly schemaVersion: 1;
  readonly auditorVersion: string;
  readonly database: string;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly status: Status;
  readonly diagnosis: Diagnosis;
  /** Worst first, then by check and subject. */
  readonly findings: readonly Finding[];
  readonly sources: readonly SourceSummary[];
  readonly notification: Notification;
}
