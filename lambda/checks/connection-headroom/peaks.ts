import type { Advice } from '../../core/finding.ts';
import { counted, durationText } from '../../core/text.ts';
import type { ConnectionTrend } from '../../model/connection-trend.ts';
import { type HoldersBefore, holdersBeforeText } from '../../model/holders-before.ts';
import type { SlotUse } from '../../model/slots.ts';
import { type Evaluated, incident } from '../check.ts';

export type PeakFacts = {
  /** The highest number of connections of the window, by CloudWatch. */
  readonly peak: number;
  /** Start and end of each time that they met the last usable slot, ISO 8601; at most 5, newest last. */
  readonly bursts: readonly { readonly from: string; readonly to: string }[];
  readonly burstCount: number;
  readonly usable: number;
  readonly usedNow: number;
  readonly earlierAudit?: HoldersBefore;
};

interface Burst {
  readonly from: number;
  readonly to: number;
}

const SHOWN_BURSTS = 5;
/** Readings of five minutes: a gap of two between them makes it another burst. */
const APART_MS = 15 * 60_000;

/**
 * Bursts that met the last slot between two audits, while there is room now: nothing when there were none. A peak above max_connections is of another
 * limit, before a restart.
 */
export function peakConcern(
  { points }: ConnectionTrend,
  slots: SlotUse,
  {
    maxConnections,
    before,
    database,
  }: {
    readonly maxConnections: number;
    readonly before: HoldersBefore | null;
    readonly database: string;
  },
): readonly Evaluated<PeakFacts>[] {
  const peak = Math.max(0, ...points.map(({ value }) => value));
  if (slots.usable === 0 || peak < slots.usable || peak > maxConnections) return [];
  const bursts = burstsOf(points.filter(({ value }) => value >= slots.usable).map(({ time }) => time));
  const last = bursts.at(-1);
  if (last === undefined) return [];
  const hours = ((points.at(-1)?.time ?? 0) - (points[0]?.time ?? 0)) / 3_600_000;
  return [
    incident({
      // Once may have been a deployment; what happens again will happen again.
      status: bursts.length > 1 ? 'critical' : 'warning',
      subject: `database ${database}: peaks`,
      summary: `Within ${durationText(hours * 3600)} the connections met the last of ${slots.usable} usable slots ${bursts.length === 1 ? 'once' : counted(bursts.length, 'time')}, last at ${clock(last.to)}, while ${slots.used} are used now: new connections were refused then.${holdersBeforeText(before)}`,
      facts: {
        peak,
        bursts: bursts
          .slice(-SHOWN_BURSTS)
          .map(({ from, to }) => ({ from: new Date(from).toISOString(), to: new Date(to).toISOString() })),
        burstCount: bursts.length,
        usable: slots.usable,
        usedNow: slots.used,
        ...(before !== null && { earlierAudit: before }),
      },
      advice: adviceOn(bursts.slice(-SHOWN_BURSTS)),
      // CloudWatch counts the sessions of RDS itself too, which have slots of their own.
      uncertainty:
        peak < maxConnections
          ? {
              confidence: 'medium',
              reason: `CloudWatch counts sessions of RDS itself too: at ${peak} of ${maxConnections} a few slots may have been left.`,
            }
          : null,
    }),
  ];
}

function burstsOf(times: readonly number[]): readonly Burst[] {
  const starts = times.filter((time, index) => time - (times[index - 1] ?? Number.NEGATIVE_INFINITY) > APART_MS);
  return starts.map((from, index) => ({
    from,
    to: times.findLast((time) => time < (starts[index + 1] ?? Number.POSITIVE_INFINITY)) ?? from,
  }));
}

function adviceOn(bursts: readonly Burst[]): readonly Advice[] {
  const times = bursts.map(({ from }) => clock(from)).join(', ');
  return [
    {
      text: `Find out what runs at ${times}: a deployment, a job at the full hour, a peak of requests. The proxy's log has "too many clients" or "remaining connection slots" at these times. To name who it is, audit every few minutes until the next one ("schedule" in the configuration), or run this at the time:`,
      command: `SELECT usename, client_addr, application_name, count(*), min(backend_start) AS oldest FROM pg_stat_activity
 WHERE backend_type = 'client backend' GROUP BY 1, 2, 3 ORDER BY 4 DESC;`,
    },
    {
      text: 'If it is a deployment, add fewer pods at once (maxSurge). If it is a job, give it a smaller pool or another hour. If it is LiteLLM under load, pool-budget has the sum and what fits.',
    },
  ];
}

function clock(time: number): string {
  return `${new Date(time).toISOString().slice(11, 16)} UTC`;
}
