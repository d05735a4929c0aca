import * as z from 'zod';
import type { ActivitySeen } from '../snapshot.ts';

const counter = z.number().int().nullable();

/** One reading of table activity; a counter is null when its table is not there. */
export const readingSchema = z.object({
  /** The server's clock, seconds since 1970. */
  atSeconds: z.number(),
  configScans: counter,
  spendLogRows: counter,
  statsReset: z.string().nullable(),
});
export type ActivityReading = z.infer<typeof readingSchema>;

/**
 * What happened between two readings.
 * @param ownScans scans of "LiteLLM_Config" by the audit itself. The statistics may not have them yet, so the growth can come out that much too small.
 */
export function growth(first: ActivityReading, second: ActivityReading, ownScans: number): ActivitySeen {
  if (
    first.configScans === null ||
    second.configScans === null ||
    first.spendLogRows === null ||
    second.spendLogRows === null
  ) {
    return { state: 'no-table' };
  }
  const scans = second.configScans - first.configScans;
  const rows = second.spendLogRows - first.spendLogRows;
  return {
    state: 'seen',
    seconds: Math.max(0, Math.round((second.atSeconds - first.atSeconds) * 1000) / 1000),
    configScans: Math.max(0, scans - ownScans),
    spendLogRows: Math.max(0, rows),
    reset: first.statsReset !== second.statsReset || scans < 0 || rows < 0,
  };
}
