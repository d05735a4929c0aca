import { type Finding, fingerprintOf, severityOf } from '../core/finding.ts';
import type { Settings } from '../settings/settings.ts';
import type { Snapshot, SourceName, SourceResult, Sources, SourceValues } from '../snapshot/snapshot.ts';
import type { Check, CheckResult } from './check.ts';
import { judgeGaps } from './missing-sources.ts';
import { CHECKS } from './registry.ts';
import { result } from './result.ts';

/**
 * Judges a snapshot by every check: worst first, then in the registry's order, then by subject. Never throws: a check that lacks a
 * source, or has a fault of its own, gives an `unknown` finding.
 */
export function runChecks(snapshot: Snapshot, settings: Settings, checks: readonly Check[] = CHECKS): Finding[] {
  return checks
    .flatMap((check, rank) =>
      resultsOf(check, snapshot, settings).map((result) => ({
        rank,
        finding: finish(check, result, settings),
      })),
    )
    .sort(
      (a, b) =>
        severityOf(b.finding.status) - severityOf(a.finding.status) ||
        a.rank - b.rank ||
        compareText(a.finding.subject, b.finding.subject),
    )
    .map(({ finding }) => finding);
}

function resultsOf(check: Check, snapshot: Snapshot, settings: Settings): readonly CheckResult[] {
  const lack = judgeGaps(check.needs, snapshot);
  if (lack) return [lack];
  try {
    return check.judge({ source: seenIn(snapshot.sources), snapshot }, settings);
  } catch {
    // Not the error's text: it could quote what it stumbled over.
    return [
      result({
        status: 'unknown',
        subject: `database ${snapshot.database}`,
        summary: `The check ${check.id} failed: a fault of the auditor, not of the database.`,
        advice: [{ text: `Report it as a bug of litellm-db-auditor, with the name of the check, ${check.id}.` }],
      }),
    ];
  }
}

function finish(check: Check, result: CheckResult, settings: Settings): Finding {
  return {
    checkId: check.id,
    ...result,
    fingerprint: fingerprintOf(check.id, result.subject),
    docs: `${settings.docsUrl}/${check.id}.md`,
  };
}

/** Asking for a source that is not there is a fault of the check that asked: it has to name it in `needs`. */
function seenIn(sources: Sources): { readonly [Name in SourceName]: SourceValues[Name] } {
  return {
    get connection() {
      return taken(sources.connection);
    },
    get server() {
      return taken(sources.server);
    },
    get sessions() {
      return taken(sources.sessions);
    },
    get 'router-settings'() {
      return taken(sources['router-settings']);
    },
    get litellm() {
      return taken(sources.litellm);
    },
    get rds() {
      return taken(sources.rds);
    },
    get cloudwatch() {
      return taken(sources.cloudwatch);
    },
    get proxy() {
      return taken(sources.proxy);
    },
  };
}

function taken<Value>(result: SourceResult<Value>): Value {
  if (result.status !== 'ok') throw new Error('A check asked for a source that it does not need.');
  return result.value;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
