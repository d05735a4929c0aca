import manifest from '../../package.json' with { type: 'json' };
import type { CheckFinding } from '../checks/registry.ts';
import { runChecks } from '../checks/run.ts';
import { type Finding, severityRank, worstStatus } from '../core/finding.ts';
import { diagnose } from '../diagnosis/diagnose.ts';
import { publicName } from '../litellm/known-issues.ts';
import { ABOUT } from '../litellm/releases/about.ts';
import type { Model } from '../model/model.ts';
import type { Settings } from '../settings/settings.ts';
import { type Snapshot, SOURCE_NAMES } from '../snapshot/snapshot.ts';
import type { RenderableReport, SourceSummary } from './report.ts';

/** The report of a snapshot. `durationMs`: how long reading it and what followed took. */
export function buildReport(
  snapshot: Snapshot,
  model: Model,
  settings: Settings,
  durationMs: number,
): RenderableReport {
  const findings = runChecks(snapshot, model, settings);
  return {
    schemaVersion: 2,
    auditorVersion: manifest.version,
    knowledge: { date: ABOUT.date, newest: ABOUT.newest },
    database: snapshot.database,
    startedAt: snapshot.takenAt,
    durationMs,
    status: worstStatus(findings.flatMap(({ kind, status }) => (kind === 'incident' ? status : []))),
    risk: worstRisk(findings),
    diagnosis: diagnose(findings),
    findings: findings.map(shown),
    sources: summarize(snapshot),
    changes: [],
    memory: { status: 'none' },
    muted: [],
    exploited: exploitedWithoutLogin(findings),
  };
}

/** What is attacked already is told at once, other than a risk: the digest of tomorrow would be too late. */
function exploitedWithoutLogin(findings: readonly CheckFinding[]): readonly string[] {
  return findings.flatMap((finding) =>
    finding.checkId === 'litellm-security' && finding.facts !== null && 'issues' in finding.facts
      ? finding.facts.issues
          .filter(({ advisory }) => advisory?.exploited === true && advisory.withoutLogin)
          .map(publicName)
      : [],
  );
}

function worstRisk(findings: readonly Finding[]): RenderableReport['risk'] {
  return findings
    .flatMap((finding) => (finding.kind === 'risk' ? finding.status : []))
    .reduce<RenderableReport['risk']>((worst, next) => (severityRank(next) > severityRank(worst) ? next : worst), 'ok');
}

/** People see the evidence that was made of the facts. */
function shown({ facts: _facts, ...finding }: CheckFinding): Finding {
  return finding;
}

function summarize({ sources }: Snapshot): readonly SourceSummary[] {
  return SOURCE_NAMES.map((name) => {
    const { status, durationMs, ...rest } = sources[name];
    if ('failure' in rest) {
      const code = rest.failure.code === undefined ? '' : ` (${rest.failure.code})`;
      return { name, status, durationMs, error: `${rest.failure.message}${code}` };
    }
    return 'reason' in rest ? { name, status, durationMs, error: rest.reason } : { name, status, durationMs };
  });
}
