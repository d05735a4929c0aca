import type { RenderableReport } from './report.ts';
import { plainLine } from './untrusted-text.ts';

/** `2026-11-22 03:04:05 UTC, in 1.2 s`. */
export function timeOf({ startedAt, durationMs }: Pick<RenderableReport, 'startedAt' | 'durationMs'>): string {
  const moment = plainLine(startedAt, 40).replace(/^([\d-]+)T([\d:]+)(\.\d+)?Z$/, '$1 $2 UTC');
  return `${moment}, in ${(durationMs / 1000).toFixed(1)} s`;
}
