import type { CheckFinding } from '../checks/registry.ts';
import { type Confidence, isBad, severityRank } from '../core/finding.ts';
import type { Cause, Diagnosis } from './diagnosis.ts';
import { MESSAGES } from './messages.ts';
import { noneOfTheKnown } from './none-of-the-known.ts';
import { RULES, type Rule } from './rules.ts';

const MOST_CAUSES = 2;
const CONFIDENCES: readonly Confidence[] = ['low', 'medium', 'high'];

/** A cause that is supported and not contradicted. */
interface Candidate {
  readonly rule: Rule;
  readonly lead: CheckFinding;
  readonly findings: readonly CheckFinding[];
}

/**
 * The most probable causes of what the findings show, two at most: by the severity of what shows it, then by confidence, then in the order
 * of the table. None when nothing warns and nothing kept the auditor from looking; `none-of-the-known` when something warns that no cause explains.
 * Never throws.
 */
export function diagnose(findings: readonly CheckFinding[]): Diagnosis {
  const candidates = RULES.flatMap((rule) => candidateOf(rule, findings)).sort(byEvidence);
  const causes = candidates
    .filter((candidate, rank) => !candidates.some((other, otherRank) => explains(other, candidate, otherRank < rank)))
    .map(causeOf);
  // What the auditor could not see explains nothing of what it did see.
  const isExplained = candidates.some(({ lead }) => isBad(lead));
  const wrong = findings.filter((finding) => isBad(finding) && (causes.length === 0 || finding.kind === 'incident'));
  return { causes: [...(isExplained ? [] : unexplained(wrong, findings)), ...causes].slice(0, MOST_CAUSES) };
}

function candidateOf(rule: Rule, all: readonly CheckFinding[]): Candidate[] {
  if (rule.unless.some((sign) => sign.find(all).length > 0)) return [];
  const rows = rule.when.map((signs) => signs.map((sign) => sign.find(all)));
  const met = rows.filter((row) => row.every((shown) => shown.length > 0)).flat(2);
  const lead = worstSymptom(met.filter(rule.leads ?? isBad));
  if (lead === undefined) return [];
  return [{ rule, lead, findings: [...new Set([...met, ...rule.also.flatMap((sign) => sign.find(all))])] }];
}

/** The version leads only where it is all there is: it shows what may happen, not what does. */
function worstSymptom(wrong: readonly CheckFinding[]): CheckFinding | undefined {
  const symptoms = wrong.filter(({ checkId }) => checkId !== 'litellm-version');
  return (symptoms.length > 0 ? symptoms : wrong).toSorted(byStatus)[0];
}

function byEvidence(a: Candidate, b: Candidate): number {
  return byStatus(a.lead, b.lead) || certainty(b.findings) - certainty(a.findings);
}

function byStatus(a: CheckFinding, b: CheckFinding): number {
  return severityRank(b.status) - severityRank(a.status);
}

/** Whether `other` is based on all that `candidate` is based on, and more; `before` decides between those that share the same. */
function explains(other: Candidate, candidate: Candidate, before: boolean): boolean {
  if (other === candidate || !candidate.findings.every((finding) => other.findings.includes(finding))) return false;
  return other.findings.length > candidate.findings.length || before;
}

function causeOf({ rule: { id }, lead, findings }: Candidate): Cause {
  const { title, what, first } = MESSAGES[id];
  const support = { lead, findings };
  return { id, title: title(support), what: what(support), first: first(support), ...basis(findings) };
}

function unexplained(wrong: readonly CheckFinding[], findings: readonly CheckFinding[]): Cause[] {
  const [worst] = wrong.toSorted(byStatus);
  if (worst === undefined) return [];
  const alike = wrong.filter(({ status }) => status === worst.status);
  return [{ id: 'none-of-the-known', ...noneOfTheKnown(worst, findings), ...basis(alike) }];
}

function basis(findings: readonly CheckFinding[]): Pick<Cause, 'confidence' | 'fingerprints'> {
  return {
    confidence: CONFIDENCES[certainty(findings)] ?? 'low',
    fingerprints: [...new Set(findings.map(({ fingerprint }) => fingerprint))],
  };
}

/** The lowest of the confidences, 0 for low up to 2. */
function certainty(findings: readonly CheckFinding[]): number {
  return Math.min(...findings.map(({ confidence }) => CONFIDENCES.indexOf(confidence)));
}
