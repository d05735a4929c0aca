import { type Confidence, type Finding, severityOf } from '../core/finding.ts';
import type { Cause, Diagnosis } from './diagnosis.ts';
import { WORDS } from './messages.ts';
import { noneOfTheKnown } from './none-of-the-known.ts';
import { RULES, type Rule } from './rules.ts';
import { isBad, VERSION_CHECK } from './signs.ts';

const MOST_CAUSES = 2;
const CONFIDENCES: readonly Confidence[] = ['low', 'medium', 'high'];

/** A cause that is supported and not contradicted. */
interface Candidate {
  readonly rule: Rule;
  readonly lead: Finding;
  readonly findings: readonly Finding[];
}

/**
 * The most probable causes of what the findings tell, two at most: by the severity of what shows it, then by confidence, then in the order
 * of the table. None when nothing warns; `none-of-the-known` when something does and no cause fits. Never throws.
 */
export function diagnose(findings: readonly Finding[]): Diagnosis {
  const candidates = RULES.flatMap((rule) => candidateOf(rule, findings)).sort(byEvidence);
  const causes = candidates
    .filter((candidate, rank) => !candidates.some((other, otherRank) => explains(other, candidate, otherRank < rank)))
    .slice(0, MOST_CAUSES)
    .map(causeOf);
  return { causes: causes.length > 0 ? causes : unexplained(findings) };
}

function candidateOf(rule: Rule, all: readonly Finding[]): Candidate[] {
  if (rule.unless.some((sign) => sign(all).length > 0)) return [];
  const rows = rule.when.map((signs) => signs.map((sign) => sign(all)));
  const met = rows.filter((row) => row.every((shown) => shown.length > 0)).flat(2);
  const lead = worstSymptom(met.filter(isBad));
  if (lead === undefined) return [];
  return [{ rule, lead, findings: [...new Set([...met, ...rule.also.flatMap((sign) => sign(all))])] }];
}

/** The version leads only where it is all there is: it tells what may happen, not what does. */
function worstSymptom(wrong: readonly Finding[]): Finding | undefined {
  const symptoms = wrong.filter(({ checkId }) => checkId !== VERSION_CHECK);
  return (symptoms.length > 0 ? symptoms : wrong).toSorted(byStatus)[0];
}

function byEvidence(a: Candidate, b: Candidate): number {
  return byStatus(a.lead, b.lead) || sureness(b.findings) - sureness(a.findings);
}

function byStatus(a: Finding, b: Finding): number {
  return severityOf(b.status) - severityOf(a.status);
}

/** Whether `other` rests on all that `candidate` rests on, and more; `before` decides between those that rest on the same. */
function explains(other: Candidate, candidate: Candidate, before: boolean): boolean {
  if (other === candidate || !candidate.findings.every((finding) => other.findings.includes(finding))) return false;
  return other.findings.length > candidate.findings.length || before;
}

function causeOf({ rule: { id }, lead, findings }: Candidate): Cause {
  const { title, what, first } = WORDS[id];
  const support = { lead, findings };
  return { id, title: title(support), what: what(support), first: first(support), ...restingOn(findings) };
}

function unexplained(findings: readonly Finding[]): Cause[] {
  const wrong = findings.filter(isBad).sort(byStatus);
  const [worst] = wrong;
  if (worst === undefined) return [];
  const alike = wrong.filter(({ status }) => status === worst.status);
  return [{ id: 'none-of-the-known', ...noneOfTheKnown(worst, findings), ...restingOn(alike) }];
}

function restingOn(findings: readonly Finding[]): Pick<Cause, 'confidence' | 'fingerprints'> {
  return {
    confidence: CONFIDENCES[sureness(findings)] ?? 'low',
    fingerprints: [...new Set(findings.map(({ fingerprint }) => fingerprint))],
  };
}

/** The lowest of the confidences, 0 for low up to 2. */
function sureness(findings: readonly Finding[]): number {
  return Math.min(...findings.map(({ confidence }) => CONFIDENCES.indexOf(confidence)));
}
