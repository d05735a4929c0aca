import type { Advice, Confidence, Evidence, FindingKind, MissingSource, Severity, Status } from '../core/finding.ts';
import type { Uncertainty } from '../core/uncertainty.ts';
import type { Derived, Model } from '../model/model.ts';
import type { Settings } from '../settings/settings.ts';
import type { Snapshot, SourceValues } from '../snapshot/snapshot.ts';

/** What a check can need: a source of the snapshot, or what the model derives from several. */
export interface Parts extends SourceValues, Derived {}
export type Part = keyof Parts;

/** The parts that a check asked for, all there; snapshot and model for what is optional. */
export interface CheckInput<Needs extends Part> {
  readonly seen: { readonly [Name in Needs]: Parts[Name] };
  readonly snapshot: Snapshot;
  readonly model: Model;
}

interface ResultParts {
  readonly subject: string;
  readonly summary: string;
  readonly confidence: Confidence;
  readonly confidenceReason?: string;
  readonly advice: readonly Advice[];
}

/** What a check says of one subject; the runner adds its id, the fingerprint and the page. */
export type Evaluated<Facts extends Evidence> = ResultParts & Severity & { readonly facts: Facts };

/** That a check could not be made; the runner adds the kind of the check. */
export type NotEvaluated = ResultParts & {
  readonly status: 'info' | 'unknown';
  readonly facts: null;
  readonly evidence: Evidence;
  readonly missingSources?: readonly MissingSource[];
};

export type CheckResult<Facts extends Evidence> = Evaluated<Facts> | NotEvaluated;

/**
 * A check is pure: it never queries, and never calls another check. When a part that it needs is not there, the runner says so and `evaluate` is
 * not called. It returns one result per subject, and at least one: that it passes is said too.
 *
 * `Facts` is what it found, typed: the diagnosis reads it, and the evidence that people see is made of it. It has to be a `type`, since an
 * interface is no JSON to TypeScript.
 */
export interface Check<Id extends string = string, Needs extends Part = Part, Facts extends Evidence = Evidence> {
  readonly id: Id;
  /** The sentence that is true when the check passes. */
  readonly title: string;
  /** Of results that could not be made; each other result states its own. */
  readonly kind: FindingKind;
  readonly needs: readonly Needs[];
  evaluate(input: CheckInput<Needs>, settings: Settings): readonly CheckResult<Facts>[];
  /** What people see of the facts; the facts themselves when left out. */
  evidence?(facts: Facts): Evidence;
}

/** Keeps id, needs and facts as narrow as they are written, while a registry holds many checks. */
export function defineCheck<const Id extends string, const Needs extends Part, Facts extends Evidence>(
  check: Check<Id, Needs, Facts>,
): Check<Id, Needs, Facts> {
  return check;
}

export interface Statement<Facts> {
  readonly subject: string;
  readonly summary: string;
  readonly facts: Facts;
  readonly advice?: readonly Advice[];
  readonly uncertainty?: Uncertainty | null;
}

/** A result about the service itself: it fails now, or will within hours; or, when ok, it does not. */
export function incident<Facts extends Evidence>(
  statement: Statement<Facts> & { readonly status: Status },
): Evaluated<Facts> {
  const { status, ...rest } = statement;
  return { kind: 'incident', status, ...withConfidence(rest) };
}

/** A result about posture, version, budget or certificate, which is never critical. */
export function risk<Facts extends Evidence>(
  statement: Statement<Facts> & { readonly status: Exclude<Status, 'critical'> },
): Evaluated<Facts> {
  const { status, ...rest } = statement;
  return { kind: 'risk', status, ...withConfidence(rest) };
}

/** The result of a check that could not be made: `unknown`, or `info` where nobody asked for it. */
export function notEvaluated(parts: {
  readonly status?: NotEvaluated['status'];
  readonly subject: string;
  readonly summary: string;
  readonly evidence?: Evidence;
  readonly missingSources?: readonly MissingSource[];
  readonly advice?: readonly Advice[];
}): NotEvaluated {
  const { status = 'unknown', evidence = {}, advice = [], ...rest } = parts;
  return { status, confidence: 'high', facts: null, evidence, advice, ...rest };
}

function withConfidence<Facts>({ uncertainty, advice = [], ...rest }: Statement<Facts>) {
  return uncertainty
    ? { ...rest, advice, confidence: uncertainty.confidence, confidenceReason: uncertainty.reason }
    : { ...rest, advice, confidence: 'high' as const };
}
