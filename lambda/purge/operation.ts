import type { BackupsAnswer, PurgeAnswer, RestoreAnswer } from '../../database/answers.ts';
import type { Advice } from '../core/finding.ts';
import type { RouterEffectKind } from '../litellm/router-effect.ts';
import type { Notification } from '../report/report.ts';
import type { RouterSettingsKind, SettingKey, SourceFailure } from '../snapshot/snapshot.ts';

/** What became of it, whatever was asked. Only `done` and perhaps `not-known` have changed anything. */
export type OperationResult = 'done' | 'nothing-to-do' | 'shown' | 'refused' | 'failed' | 'not-known';

export type NotDone =
  /** `purge` is disabled in the configuration. */
  | { readonly outcome: 'disabled' }
  | { readonly outcome: 'failed'; readonly failure: SourceFailure }
  /** The call was sent twice, and the first answer was lost: it may have been done. Sending it again is safe, and reports the outcome. */
  | { readonly outcome: 'not-known'; readonly failure: SourceFailure };

/** What a purge would remove. No values. */
export interface DryRun {
  readonly outcome: 'dry-run';
  /** The schema of LiteLLM's tables. */
  readonly schema: string;
  /** null: the setup script has not run, so that nothing can be purged. */
  readonly hash: string | null;
  readonly kind: RouterSettingsKind;
  /** At most 100. Untrusted text. */
  readonly keys: readonly SettingKey[];
  readonly keyCount: number;
  readonly routingPolicy: readonly string[];
  /** What the row does on the version that runs; null: not known. */
  readonly effect: RouterEffectKind;
  readonly litellmVersion: string | null;
}

/** Who asked, as far as it can be known. */
export interface Requester {
  /** A sentence's part: `alice at a shell on build-7`. May hold untrusted text. */
  readonly requestedBy: string;
  /** The same for the same event delivered again, so that it is done once. */
  readonly requestId: string;
}

interface OperationCommon extends Requester {
  readonly schemaVersion: 1;
  readonly auditorVersion: string;
  readonly database: string;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly mode: 'manual' | 'automatic';
  readonly result: OperationResult;
  /** One sentence. May hold untrusted text. */
  readonly summary: string;
  /** What to know about it, a sentence or two each. May hold untrusted text. */
  readonly notes: readonly string[];
  /** What to do next: how to undo it, how to do it for real. */
  readonly advice: readonly Advice[];
}

export type OperationOutcome =
  | { readonly action: 'purge'; readonly outcome: PurgeAnswer | DryRun | NotDone }
  | { readonly action: 'restore'; readonly backup: number; readonly outcome: RestoreAnswer | NotDone }
  | { readonly action: 'backups'; readonly outcome: BackupsAnswer | NotDone };

/** An operation that was not published yet. */
export type PurgeOperation = OperationCommon & OperationOutcome;

/** How an outcome is described to people. */
export type OperationDescription = Pick<OperationCommon, 'result' | 'summary' | 'notes' | 'advice'>;

/** From where and how an operation was requested. */
export interface Circumstances {
  readonly requester: Requester;
  readonly mode: OperationCommon['mode'];
  /** Whether purge and restore are allowed at all; the shell leaves that to the database's own rights. */
  readonly enabled: boolean;
  /** The longest it may take. */
  readonly budgetMs: number;
}

/** What the function returns for a purge, a restore or a list of backups, and what the shell prints with --json. */
export type PurgeReport = PurgeOperation & { readonly notification: Notification };
