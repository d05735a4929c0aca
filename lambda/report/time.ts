import type { RenderableReport } from './report.ts';
import { plainLine } from './untrusted-text.ts';

/** `2026-11-22 03:04:05 UTC` for a time in ISO 8601 UTC; any other text as it is. */
export function momentText(text: string): string {
  return text.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z$/, '$1 $2 UTC');
}

/** `2026-11-22 03:04:05 UTC, in 1.2 s`. */
export function timeOf({ startedAt, durationMs }: Pick<RenderableReport, 'startedAt' | 'durationMs'>): string {
  return `${momentText(plainLine(startedAt, 40))}, in ${(durationMs / 1000).toFixed(1)} s`;
}
