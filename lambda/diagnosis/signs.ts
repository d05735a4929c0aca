import type { CheckFinding, CheckId, FactsOf, FindingOf } from '../checks/registry.ts';
import { type Confidence, isBad } from '../core/finding.ts';
import type { KnownIssueId } from '../litellm/known-issues.ts';

/** What shows something: the findings that do, none when it was not seen; and the checks it reads. */
export interface Sign {
  readonly checkIds: readonly CheckId[];
  find(findings: readonly CheckFinding[]): readonly CheckFinding[];
  /** How certain it can make a cause, whatever the findings' own confidence; high when left out. */
  readonly atMost?: Confidence;
}

type Condition<Id extends CheckId> = (facts: FactsOf<Id>) => boolean;

/** The check warns or is critical, and `when` is true of its facts. */
export function bad<const Id extends CheckId>(checkId: Id, when?: Condition<Id>): Sign {
  const sign = seen(checkId, when);
  return { ...sign, find: (findings) => sign.find(findings).filter(isBad) };
}

/** The check was made, is ok for every subject, and `when` is true of each. */
export function fine<const Id extends CheckId>(checkId: Id, when?: Condition<Id>): Sign {
  const all = seen(checkId);
  const good = seen(checkId, when);
  return {
    ...all,
    find: (findings) => {
      const own = all.find(findings);
      return own.every(({ status }) => status === 'ok') && good.find(own).length === own.length ? own : [];
    },
  };
}

/** Findings of the check, whatever their status, for which `when` is true; without `when` also those that have no facts. */
export function seen<const Id extends CheckId>(checkId: Id, when?: Condition<Id>): Sign {
  return {
    checkIds: [checkId],
    find: (findings) =>
      findings.filter((finding) => {
        if (!isOf(finding, checkId)) return false;
        return when === undefined || (finding.facts !== null && when(finding.facts));
      }),
  };
}

/** The LiteLLM version that runs has one of these known issues, by their ids in knowledge/known-issues.tsv. */
export function knownIssue(...ids: readonly KnownIssueId[]): Sign {
  return seen('litellm-version', ({ issues }) => issues.some(({ id }) => ids.some((known) => known === id)));
}

/** The same for an issue that requires a setting or a kind of deployment that no source shows. */
export function possibleIssue(...ids: readonly KnownIssueId[]): Sign {
  return { ...knownIssue(...ids), atMost: 'medium' };
}

/** Whether a finding is of that check; its facts are typed then. */
export function isOf<Id extends CheckId>(finding: CheckFinding, checkId: Id): finding is CheckFinding & FindingOf<Id> {
  return finding.checkId === checkId;
}

/** The facts of one check in the findings, those that it could establish. */
export function factsIn<Id extends CheckId>(findings: readonly CheckFinding[], checkId: Id): readonly FactsOf<Id>[] {
  return findings.flatMap((finding) => (isOf(finding, checkId) && finding.facts !== null ? [finding.facts] : []));
}
