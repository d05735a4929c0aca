import type { ActivityReading, PreviousSource, Snapshot } from '../snapshot/snapshot.ts';

/** What PostgreSQL counted of LiteLLM's tables between an earlier audit and this one. */
export interface CountedSince {
  readonly seconds: number;
  /** Scans of "LiteLLM_Config". */
  readonly lookups: number;
  /** Rows written to "LiteLLM_SpendLogs": about one per request. */
  readonly requests: number;
}

/** The difference of two readings, or why there is none: a clause. Counters begin anew with a reset, a restart and on another server. */
export function countedSince({
  sources: { litellm, previous, server },
}: Snapshot): CountedSince | { readonly missing: string } {
  if (previous.status !== 'ok') return { missing: 'no earlier audit is known to compare with' };
  if (litellm.status !== 'ok' || server.status !== 'ok')
    return { missing: 'the activity of LiteLLM could not be read' };
  const { activity } = litellm.value;
  if (activity.state !== 'seen') return { missing: "LiteLLM's tables were not counted" };
  const { activity: before } = previous.value;
  if (before === null) return { missing: 'the earlier audit did not count the tables' };
  const another = otherServer(previous.value, server.value);
  return another === null ? difference(before, activity) : { missing: another };
}

function otherServer(
  { serverStartedAt, litellmSchema }: PreviousSource,
  now: { readonly startedAt: string; readonly litellmSchema: string | null },
): string | null {
  if (!isSameStart(serverStartedAt, now.startedAt)) {
    return 'the server was restarted since the earlier audit, or another one has taken over';
  }
  return litellmSchema === now.litellmSchema ? null : "the earlier audit counted another schema's tables";
}

/** Whether a server is the same one, and has not been restarted in between. */
export function isSameStart(before: string | null, now: string): boolean {
  return before !== null && Date.parse(before) === Date.parse(now);
}

function difference(before: ActivityReading, now: ActivityReading): CountedSince | { readonly missing: string } {
  const { configScans, spendLogRows } = now;
  if (configScans === null || spendLogRows === null || before.configScans === null || before.spendLogRows === null) {
    return { missing: 'one of the tables was not there' };
  }
  const lookups = configScans - before.configScans;
  const requests = spendLogRows - before.spendLogRows;
  const seconds = (Date.parse(now.at) - Date.parse(before.at)) / 1000;
  if (now.statsReset !== before.statsReset || lookups < 0 || requests < 0) {
    return { missing: "PostgreSQL's statistics were reset since the earlier audit" };
  }
  return seconds > 0
    ? { seconds, lookups, requests }
    : { missing: 'the earlier audit is not earlier by the clock of the server' };
}

/** The counters of the tables at an earlier audit, or why they cannot be compared with those of this one: a clause. */
export function earlierTables({
  sources: { tables, previous, server },
}: Snapshot): NonNullable<PreviousSource['tables']> | { readonly missing: string } {
  if (previous.status !== 'ok') return { missing: 'no earlier audit is known to compare with' };
  if (tables.status !== 'ok' || server.status !== 'ok') return { missing: 'the statistics could not be read' };
  const before = previous.value.tables;
  if (before === null) return { missing: 'the earlier audit did not read the statistics of the tables' };
  const another = otherServer(previous.value, server.value);
  if (another !== null) return { missing: another };
  return before.statsReset === tables.value.statsReset
    ? before
    : { missing: "PostgreSQL's statistics were reset since the earlier audit" };
}
