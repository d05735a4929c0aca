import type { RenderableReport } from './report.ts';

/**
 * The report for machines as one line of JSON: as the function returns it, without `notification`, which is not known while the message is
 * made, and with the number of findings that were left out of it.
 */
export function jsonOf(report: RenderableReport): string {
  const { schemaVersion, auditorVersion, database, startedAt, durationMs, status, risk, diagnosis, findings, sources } =
    report;
  return JSON.stringify({
    schemaVersion,
    auditorVersion,
    database,
    startedAt,
    durationMs,
    status,
    risk,
    diagnosis,
    findings,
    sources,
    findingsLeftOut: report.findingsLeftOut ?? 0,
  });
}
