import manifest from '../../package.json' with { type: 'json' };
import { runChecks } from '../checks/run.ts';
import { worstStatus } from '../core/finding.ts';
import { diagnose } from '../diagnosis/diagnose.ts';
import type { Settings } from '../settings/settings.ts';
import type { Snapshot, SourceName } from '../snapshot/snapshot.ts';
import type { RenderableReport } from './renderable.ts';
import type { SourceSummary } from './report.ts';

/** The report of a snapshot. `durationMs`: how long the look and what followed it took. */
export function judge(snapshot: Snapshot, settings: Settings, durationMs: number): RenderableReport {
  const findings = runChecks(snapshot, settings);
  return {
    schemaVersion: 1,
    auditorVersion: manifest.version,
    database: snapshot.database,
    startedAt: snapshot.takenAt,
    durationMs,
    status: worstStatus(findings.map((finding) => finding.status)),
    diagnosis: diagnose(findings),
    findings,
    sources: summarize(snapshot),
  };
}

const SOURCE_NAMES: readonly SourceName[] = [
  'connection',
  'server',
  'sessions',
  'router-settings',
  'litellm',
  'rds',
  'cloudwatch',
  'proxy',
];

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
