import type { CheckFinding } from '../checks/registry.ts';
import { type Confidence, isBad, severityRank } from '../core/finding.ts';
import { type Cause, type Diagnosis, fingerprintsOf } from './diagnosis.ts';
import { MESSAGES } from './messages.ts';
import { RULES, type Rule } from './rules.ts';
import { unexplained } from './unexplained.ts';

const MOST_CAUSES = 2;
const CONFIDENCES: readonly Confidence[] = ['low', 'medium', 'high'];

/** A cause that is established and not contradicted. */
interface Candidate {
  readonly rule: Rule;
  readonly lead: CheckFinding;
  readonly findings: readonly CheckFinding[];
  /** 0 for low up to 2. */
  readonly certainty: number;
}

/**
 * The most probable causes of what the findings show, two at most: by the severity of what shows it, then by confidence, then in the order
 * of the table. None when no cause is established, nothing fails and nothing kept the auditor from looking; an incident that no cause
 * explains is `known-bad-version` where the version has known issues of its kind, else `none-of-the-known`. Never throws.
 */
export function diagnose(findings: readonly CheckFinding[]): Diagnosis {
  const candidates = RULES.flatMap((rule) => candidateOf(rule, findings)).sort(byEvidence);
  const causes = candidates.filter((candidate) => !isPartOfAnother(candidate, candidates)).map(causeOf);
  // What the auditor could not see explains nothing of what it did see.
  const isExplained = candidates.some(({ lead }) => isBad(lead));
  return { causes: [...(isExplained ? [] : unexplained(findings)), ...causes].slice(0, MOST_CAUSES) };
}

function candidateOf(rule: Rule, all: readonly CheckFinding[]): Candidate[] {
  if (rule.unless.some((sign) => sign.find(all).length > 0)) return [];
  const rows = rule.when.map((signs) => signs.map((sign) => sign.find(all)));
  const met = rows.filter((row) => row.every((shown) => shown.length > 0));
  const established = met.flat(2);
  const lead = worstSymptom(established.filter(rule.leads ?? isBad));
  if (lead === undefined) return [];
  const confirming = rule.confirms.flatMap((sign) => sign.find(all));
  const supporting = rule.also.flatMap((sign) => sign.find(all));
  return [
    {
      rule,
      lead,
      findings: [...new Set([...established, ...confirming, ...supporting])],
      certainty: certaintyOf(
        met,
        confirming.filter((finding) => !established.includes(finding)),
      ),
    },
  ];
}

/**
 * As certain as the row that establishes it best, and each row as its least certain sign. What confirms it raises that by one step, once, and only
 * where it is not a guess itself. Nothing lowers it: more evidence never makes a cause less certain.
 */
function certaintyOf(
  rows: readonly (readonly (readonly CheckFinding[])[])[],
  confirming: readonly CheckFinding[],
): number {
  const established = Math.max(...rows.map((row) => Math.min(...row.map(surest))));
  const raised = surest(confirming) >= CONFIDENCES.indexOf('medium') ? established + 1 : established;
  return Math.min(raised, CONFIDENCES.length - 1);
}

/** The highest confidence among the findings, -1 for none. */
function surest(findings: readonly CheckFinding[]): number {
  return Math.max(-1, ...findings.map(({ confidence }) => CONFIDENCES.indexOf(confidence)));
}

/** The version never leads where a symptom can: it shows what may happen, not what does. */
function worstSymptom(wrong: readonly CheckFinding[]): CheckFinding | undefined {
  const symptoms = wrong.filter(({ checkId }) => checkId !== 'litellm-version');
  return (symptoms.length > 0 ? symptoms : wrong).toSorted(byStatus)[0];
}

function byEvidence(a: Candidate, b: Candidate): number {
  return byStatus(a.lead, b.lead) || b.certainty - a.certainty;
}

function byStatus(a: CheckFinding, b: CheckFinding): number {
  return severityRank(b.status) - severityRank(a.status);
}

/** Whether another is based on all that it is based on and more, or on the same and stands before it. */
function isPartOfAnother(candidate: Candidate, candidates: readonly Candidate[]): boolean {
  const rank = candidates.indexOf(candidate);
  return candidates.some((other, otherRank) => {
    if (other === candidate || !candidate.findings.every((finding) => other.findings.includes(finding))) return false;
    return other.findings.length > candidate.findings.length || otherRank < rank;
  });
}

function causeOf({ rule: { id }, lead, findings, certainty }: Candidate): Cause {
  const { title, what, first } = MESSAGES[id];
  const support = { lead, findings };
  return {
    id,
    title: title(support),
    what: what(support),
    first: first(support),
    confidence: CONFIDENCES[certainty] ?? 'low',
    fingerprints: fingerprintsOf(findings),
  };
}
