import manifest from '../../package.json' with { type: 'json' };
import { logFailure } from '../core/failure-log.ts';
import { type Evidence, type Finding, fingerprintOf, severityRank } from '../core/finding.ts';
import type { Model } from '../model/model.ts';
import type { Settings } from '../settings/settings.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type Check, type CheckResult, type NotEvaluated, notEvaluated } from './check.ts';
import { missingSources } from './missing-sources.ts';
import { accessParts } from './parts.ts';
import { CHECKS, type CheckFinding } from './registry.ts';

/** A finding with the facts it was made of; null when the check could not be made. */
type WithFacts = Finding & { readonly facts: Evidence | null };

/** All findings of a snapshot; see `runEach`. */
export function runChecks(snapshot: Snapshot, model: Model, settings: Settings): CheckFinding[] {
  // The registry pairs each id with its facts; a list of checks has lost which is whose.
  return runEach(CHECKS, snapshot, model, settings) as CheckFinding[];
}

/**
 * Evaluates a snapshot by each check: worst first, then in the order of the checks, then by subject. Never throws: a check that is missing a
 * source, or fails itself, gives an `unknown` finding.
 */
export function runEach(checks: readonly Check[], snapshot: Snapshot, model: Model, settings: Settings): WithFacts[] {
  return checks
    .flatMap((check, rank) =>
      runCheck(check, snapshot, model, settings).map((result) => ({ rank, finding: finish(check, result, settings) })),
    )
    .sort(
      (a, b) =>
        severityRank(b.finding.status) - severityRank(a.finding.status) ||
        a.rank - b.rank ||
        compareText(a.finding.subject, b.finding.subject),
    )
    .map(({ finding }) => finding);
}

function runCheck(
  check: Check,
  snapshot: Snapshot,
  model: Model,
  settings: Settings,
): readonly CheckResult<Evidence>[] {
  const missing = missingSources(check.needs, snapshot);
  if (missing) return [missing];
  try {
    return check.evaluate({ seen: accessParts(snapshot, model), snapshot, model }, settings);
  } catch (error) {
    return [failedCheck(check.id, error, snapshot)];
  }
}

/** The result of a check that threw, which is a bug of the auditor: logged by its place in the code, never by a text that may quote data. */
function failedCheck(id: string, error: unknown, { database }: Snapshot): NotEvaluated {
  logFailure(`check ${id}`, error);
  return notEvaluated({
    subject: `database ${database}`,
    summary: `The check ${id} failed. This is a bug in the auditor and says nothing about the database.`,
    advice: [
      {
        text: `Report it at ${manifest.bugs.url} with the log entry "check ${id}" of this run, which holds the place in the code and no data.`,
      },
    ],
  });
}

function finish(check: Check, result: CheckResult<Evidence>, settings: Settings): WithFacts {
  const added = {
    checkId: check.id,
    fingerprint: fingerprintOf(check.id, result.subject),
    docs: `${settings.docsUrl}/${check.id}.md`,
  };
  if (result.facts === null) return { ...added, kind: check.kind, ...result };
  return { ...added, ...result, evidence: check.evidence?.(result.facts) ?? result.facts };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
