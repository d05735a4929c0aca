import type { Status } from '../../core/finding.ts';
import { counted, durationText } from '../../core/text.ts';
import { mergeUncertainty, type Uncertainty } from '../../core/uncertainty.ts';
import type { GrowthShare } from '../../model/growth-share.ts';
import { type HoldersBefore, holdersBefore, holdersBeforeText } from '../../model/holders-before.ts';
import type { SessionsSince } from '../../model/sessions-since.ts';
import { usableSlots } from '../../model/slots.ts';
import { MS_PER_HOUR } from '../../model/trend/points.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { defineCheck, incident, notEvaluated } from '../check.ts';
import { adviceOnGrowth, FIX_METRIC } from './advice.ts';
import { type Forecast, forecastExhaustion } from './forecast.ts';
import { type Ceiling, forecastText, grownByText, type KnownTrend, trendText } from './messages.ts';
import { describeSeries, sparkline } from './sparkline.ts';

/** Columns of the sparkline: a quarter of an hour each for 12 h. */
const SPARKLINE_WIDTH = 48;
/** CloudWatch is a few minutes behind at most; a series that ended earlier says nothing about now. */
const STALE_MS = MS_PER_HOUR / 2;
/** The trend of less than this is a guess (docs/checks/connection-growth.md: 6 to 12 h). */
const SHORT_HOURS = 6;

export type GrowthFacts = {
  readonly points: number;
  readonly connections: string;
  readonly trend: KnownTrend['kind'];
  readonly sparkline: string;
  readonly hours: number;
  /** How long the latest line is that the readings follow. */
  readonly risingHours: number;
  readonly perHour: number;
  readonly perHourFrom: number;
  readonly perHourTo: number;
  /** null: who could connect would know. */
  readonly usableSlots: number | null;
  /** Whose sessions the rise is made of, as far as their start times show. */
  readonly grownBy?: GrowthShare;
  /** Sessions at an earlier audit and now. */
  readonly sincePreviousAudit?: SessionsSince;
  readonly sessionsSeenNow?: number;
  /** Who held the connections at an earlier audit, where nobody can connect now. */
  readonly heldBefore?: HoldersBefore;
  readonly exhaustedInHours?: { readonly likely: number; readonly earliest: number; readonly latest: number | string };
};

export const connectionGrowth = defineCheck({
  id: 'connection-growth',
  title: 'The connections do not grow towards the last slot.',
  kind: 'incident',
  // CloudWatch alone shows growth, and shows it when nobody can connect any more.
  needs: ['trend'],
  evaluate({ seen, snapshot, model }, settings) {
    const { trend, points, hasDayBefore, ageMs } = seen.trend;
    const subject = `database ${snapshot.database}`;
    const series = { points: points.length, connections: describeSeries(points) };
    if (trend.kind === 'too-few-points' || ageMs > STALE_MS) {
      const summary =
        trend.kind === 'too-few-points'
          ? `${counted(points.length, 'reading')} of DatabaseConnections over ${durationText(trend.windowHours * 3600)}: a trend requires three hours of them.`
          : `The last reading of DatabaseConnections is ${durationText(ageMs / 1000)} old: it says nothing about now.`;
      return [notEvaluated({ subject, summary, evidence: series, advice: FIX_METRIC })];
    }
    const ceiling = ceilingOf(snapshot, trend);
    const forecast = ceiling === null ? null : forecastExhaustion(points, ceiling.slots);
    const before = snapshot.sources.sessions.status === 'ok' ? null : holdersBefore(snapshot);
    // How soon a rise ends is not known without the slots.
    const status = rises(trend) && ceiling === null ? 'unknown' : statusOf(trend, forecast, settings);
    return [
      incident<GrowthFacts>({
        status,
        subject,
        summary: `${trendText(trend)}${grownByText(trend, model.growthShare)}${forecastText(trend, forecast, ceiling)}.${holdersBeforeText(before)}`,
        facts: {
          ...series,
          trend: trend.kind,
          sparkline: sparkline(points, { width: SPARKLINE_WIDTH }),
          hours: tenths(trend.windowHours),
          risingHours: tenths(trend.recent.hours),
          perHour: tenths(trend.recent.slope.perHour),
          perHourFrom: tenths(trend.recent.slope.lowPerHour),
          perHourTo: tenths(trend.recent.slope.highPerHour),
          usableSlots: ceiling?.isFull === false ? ceiling.slots : null,
          ...(rises(trend) && model.growthShare !== null && { grownBy: model.growthShare }),
          ...(model.sessionsSince !== null && { sincePreviousAudit: model.sessionsSince }),
          // CloudWatch counts at the level of TCP and can be lower (knowledge/aws.md, Amazon RDS): the two stand side by side.
          ...(model.slots && { sessionsSeenNow: model.slots.used }),
          ...(before !== null && { heldBefore: before }),
          ...(rises(trend) && forecast !== null ? { exhaustedInHours: rounded(forecast) } : {}),
        },
        advice: adviceOnGrowth(status, model.growthShare),
        uncertainty: status === 'ok' ? null : uncertaintyOf(trend, forecast, hasDayBefore),
      }),
    ];
  },
});

/** Where the connections end; when PostgreSQL is full, at the level that they have. null when neither is known. */
function ceilingOf({ sources: { server, connection } }: Snapshot, { recent }: KnownTrend): Ceiling | null {
  if (server.status === 'ok') return { slots: usableSlots(server.value), isFull: false };
  const isFull = connection.status === 'failed' && connection.failure.kind === 'slots-exhausted';
  return isFull ? { slots: Math.round(recent.toLevel), isFull } : null;
}

/** A sawtooth is no known leak, but its slots run out all the same when nothing resets it in time. */
function statusOf(trend: KnownTrend, forecast: Forecast | null, settings: Settings): Status {
  if (!rises(trend)) return 'ok';
  const hours = forecast?.hours ?? Number.POSITIVE_INFINITY;
  if (trend.kind === 'sawtooth') return hours < settings.growthCriticalHours ? 'warning' : 'info';
  if (hours < settings.growthCriticalHours) return 'critical';
  return hours < settings.growthWarningHours ? 'warning' : 'info';
}

function rises({ kind }: KnownTrend): boolean {
  return kind === 'growing' || kind === 'sawtooth';
}

function rounded({ hours, earliestHours, latestHours }: Forecast) {
  return {
    likely: tenths(hours),
    earliest: tenths(earliestHours),
    latest: latestHours === null ? 'over a week' : tenths(latestHours),
  };
}

function uncertaintyOf(trend: KnownTrend, forecast: Forecast | null, hasDayBefore: boolean): Uncertainty | null {
  const medium = (when: boolean, reason: string): Uncertainty | null =>
    when ? { confidence: 'medium', reason } : null;
  return mergeUncertainty([
    medium(!hasDayBefore, 'Without the day before, the first half of a daily peak looks the same.'),
    medium(
      trend.recent.hours < SHORT_HOURS,
      `The line is only ${durationText(trend.recent.hours * 3600)} long, less than ${SHORT_HOURS} h.`,
    ),
    medium(forecast !== null && forecast.latestHours === null, 'At its slowest it takes over a week.'),
  ]);
}

/** JSON has no -0, so 0 is added. */
function tenths(value: number): number {
  return Math.round(value * 10) / 10 + 0;
}
