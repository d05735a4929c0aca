import type { Advice } from '../../core/finding.ts';
import type { Target } from '../../settings/settings.ts';
import type { SourceFailure } from '../../snapshot/snapshot.ts';

/** What a failure to connect means and what to do about it. */
export interface ConnectionError {
  readonly happened: string;
  /** Who cannot connect: everybody (`database`), the auditor alone, or one of these. */
  readonly side: 'database' | 'auditor' | 'unclear';
  readonly concerns: string;
  readonly steps: readonly Advice[];
}

/** What failed, and what is known besides. */
export interface FailedConnection {
  readonly failure: SourceFailure;
  readonly target: Target;
  /** `host:port` */
  readonly place: string;
  /** CloudWatch counts logins that the policy did not allow. */
  readonly deniedByPolicy: boolean;
  /** The auditor logs in as LiteLLM does. */
  readonly asLitellm: boolean;
}

export type Explanation = (failed: FailedConnection) => ConnectionError;

export const EVERYBODY = { side: 'database', concerns: 'every new connection, LiteLLM included' } as const;
export const AUDITOR_ONLY = {
  side: 'auditor',
  concerns: "the auditor's own login; it says nothing about LiteLLM's",
} as const;
export const AUDITORS_WAY = {
  side: 'auditor',
  concerns: "the auditor's way to the database; LiteLLM's can differ",
} as const;
export const EITHER = { side: 'unclear', concerns: "the auditor's way to the database; LiteLLM's can differ" } as const;

/** The sentence of the failure, with the place. */
export function at(place: string, { message }: SourceFailure): string {
  return `At ${place}: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}
