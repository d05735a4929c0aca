import { type Finding, type Status, worstStatus } from '../core/finding.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { Model } from '../model/model.ts';
import type { Snapshot, SourceName } from '../snapshot/snapshot.ts';
import type { Change, MemoryUse, Muted } from './change.ts';

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

/** What a rendering is made from: the report before its message is sent, so without what became of it. A `Report` fits too. */
export interface RenderableReport {
  readonly schemaVersion: 2;
  readonly auditorVersion: string;
  /** Of what day the auditor's knowledge of LiteLLM is, and the newest release it covers. */
  readonly knowledge: { readonly date: string; readonly newest: string };
  readonly database: string;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** The worst incident: whether the service fails now or within hours. */
  readonly status: Status;
  /** The worst risk, at most `warning`; `ok` when no check is about one. */
  readonly risk: Exclude<Status, 'critical'>;
  readonly diagnosis: Diagnosis;
  /** Worst first, then by check and subject. */
  readonly findings: readonly Finding[];
  readonly sources: readonly SourceSummary[];
  /** What people have not been told yet; empty without a memory. */
  readonly changes: readonly Change[];
  readonly memory: MemoryUse;
  /** What is muted: its incidents are in the report, and people are not told. */
  readonly muted: readonly Muted[];
  /** Public names of advisories of the running version that are exploited without a login. */
  readonly exploited: readonly string[];
  /** Findings left out to fit a limit of the carrier; undefined: none. */
  readonly findingsLeftOut?: number;
}

/** What was seen, what it means, and what is said of it. */
export interface Audit {
  readonly snapshot: Snapshot;
  readonly model: Model;
  readonly report: RenderableReport;
}

/** What the function returns and `--json` prints (docs/architecture.md, "Contracts"). */
export interface Report extends Omit<RenderableReport, 'findingsLeftOut'> {
  readonly notification: Notification;
}

/** The overall verdict, and what an exit status says: the worse of incident and risk. */
export function overallStatus({ status, risk }: Pick<RenderableReport, 'status' | 'risk'>): Status {
  return worstStatus([status, risk]);
}
