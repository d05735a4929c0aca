import type { Budget } from '../../core/deadline.ts';
import type { Settings } from '../../settings/settings.ts';
import { readLoad, readRest } from '../aws/load.ts';
import type { LoadSource, MetricPoint, SourceResult, Sources } from '../snapshot.ts';
import { askAws, CONFIGURE_RDS } from './ask-aws.ts';
import type { DatabaseSources } from './database.ts';
import { skipped } from './timed.ts';

const PERMISSION = 'cloudwatch:GetMetricData';
/** In an audit every quarter of an hour, one an hour begins before this minute. */
const HOURLY_BEFORE_MINUTE = 15;

/**
 * The load of the server: a few series by every audit, since CloudWatch bills each. The others are read too by one audit an hour, by an audit from a
 * shell, which somebody waits for, and while something is wrong.
 * @param database what the same audit sees of the database, which decides about the others
 */
export async function collectLoad(
  settings: Settings,
  budget: Budget,
  takenAt: string,
  database: Promise<DatabaseSources>,
): Promise<Sources['load']> {
  const { target, awsTimeoutMs, topicArn } = settings;
  const { rds } = target;
  if (rds === undefined) return skipped('No RDS instance or cluster is configured.', CONFIGURE_RDS);
  const isHourly = new Date(takenAt).getUTCMinutes() < HOURLY_BEFORE_MINUTE;
  const read = (part: (signal: AbortSignal) => Promise<LoadSource>) =>
    askAws(part, budget.atMost(awsTimeoutMs), PERMISSION);
  const first = await read((signal) =>
    readLoad(isHourly || topicArn === undefined ? 'all' : 'essential', { target: rds, signal }),
  );
  if (first.status !== 'ok' || first.value.asked === 'all') return first;
  if (!looksWrong(first.value, await database)) return first;
  const more = await read((signal) => readRest(first.value, { target: rds, signal }));
  // What is there already is not lost.
  return more.status === 'ok' ? { ...more, durationMs: first.durationMs + more.durationMs } : first;
}

/** Below these nothing is short; above, a check may say that it is. Wider than any threshold of a check. */
const BUSY_CPU_PERCENT = 60;
const BUSY_CAPACITY_PERCENT = 80;
const ACTIVE_SESSIONS = 5;

/** Whether to pay for the other series: nobody was let in, the processor is busy, or several sessions are at work at once. */
function looksWrong({ cpuPercent, capacityPercent }: LoadSource, { connection, sessions }: DatabaseSources): boolean {
  if (connection.status === 'failed') return true;
  if (latest(cpuPercent) >= BUSY_CPU_PERCENT || latest(capacityPercent) >= BUSY_CAPACITY_PERCENT) return true;
  return activeSessions(sessions) >= ACTIVE_SESSIONS;
}

function activeSessions(sessions: SourceResult<{ readonly statements: DatabaseStatements }>): number {
  if (sessions.status !== 'ok') return 0;
  return (sessions.value.statements?.active ?? []).reduce((sum, { count }) => sum + count, 0);
}

type DatabaseStatements = { readonly active: readonly { readonly count: number }[] } | null;

function latest(points: readonly MetricPoint[]): number {
  return points.at(-1)?.value ?? 0;
}
