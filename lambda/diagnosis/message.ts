import type { CheckFinding } from '../checks/registry.ts';
import type { Advice } from '../core/finding.ts';

/** What the message of a cause is made from. */
export interface Support {
  /** The worst of the findings that are wrong, symptoms before the version. */
  readonly lead: CheckFinding;
  readonly findings: readonly CheckFinding[];
}

/** The title, what happens, and what to do first, of one cause. */
export interface Messages {
  title(support: Support): string;
  what(support: Support): string;
  first(support: Support): Advice;
}
