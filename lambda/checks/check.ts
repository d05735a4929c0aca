import type { Finding } from '../core/finding.ts';
import type { Settings } from '../settings/settings.ts';
import type { Snapshot, SourceName, SourceValues } from '../snapshot/snapshot.ts';

/** What a check says; the runner adds its id, the fingerprint and the page. */
export type CheckResult = Omit<Finding, 'checkId' | 'fingerprint' | 'docs'>;

/** The sources a check asked for, all there, and the snapshot for what is optional. */
export interface Seen<Needs extends SourceName> {
  readonly source: { readonly [Name in Needs]: SourceValues[Name] };
  readonly snapshot: Snapshot;
}

/**
 * A check is pure: it never queries. When a source it needs is not there, the runner makes the `unknown` finding and `judge` is not called.
 * It returns one result a subject, and at least one: that it is ok is said too.
 */
export interface Check<Needs extends SourceName = SourceName> {
  readonly id: string;
  /** The sentence that holds when the check is ok. */
  readonly title: string;
  readonly needs: readonly Needs[];
  judge(seen: Seen<Needs>, settings: Settings): readonly CheckResult[];
}

/** Keeps the needed sources' types inside one check while a registry holds many. */
export function defineCheck<const Needs extends SourceName>(check: Check<Needs>): Check<Needs> {
  return check;
}
