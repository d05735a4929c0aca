import type { Status } from '../../core/finding.ts';
import { counted, durationText } from '../../core/text.ts';
import { slotUse, usableSlots } from '../../model/slots.ts';
import { classifyTrend } from '../../model/trend/classify.ts';
import { type Forecast, forecastExhaustion } from '../../model/trend/forecast.ts';
import { MS_PER_HOUR, type TrendPoint } from '../../model/trend/points.ts';
import { describeSeries, sparkline } from '../../model/trend/sparkline.ts';
import type { Settings } from '../../settings/settings.ts';
import type { CloudWatchSource, Snapshot } from '../../snapshot/snapshot.ts';
import { defineCheck } from '../check.ts';
import { mergeUncertainty, result, type Uncertainty } from '../result.ts';
import { adviceOnGrowth, MEND_METRIC } from './advice.ts';
import { forecastWords, type KnownTrend, shapeWords } from './messages.ts';

/** Columns of the sparkline: a quarter of an hour each for 12 h. */
const SPARKLINE_WIDTH = 48;
/** CloudWatch is a few minutes behind at most; a series that ended earlier says nothing of now. */
const STALE_MS = MS_PER_HOUR / 2;
/** The trend of less than this is a guess (docs/design.md section 4: 6 to 12 h). */
const SHORT_HOURS = 6;

export const connectionGrowth = defineCheck({
  id: 'connection-growth',
  title: 'The connections do not grow towards the last slot.',
  needs: ['cloudwatch', 'server'],
  judge({ source: { cloudwatch, server }, snapshot }, settings) {
    const { recent, dayBefore, last } = pointsOf(cloudwatch, settings);
    const subject = `database ${snapshot.database}`;
    const trend = classifyTrend(recent, { dayBefore });
    const seen = { points: recent.length, connections: describeSeries(recent) };
    const lateMs = Date.parse(snapshot.takenAt) - last;
    if (trend.kind === 'too-few-points' || lateMs > STALE_MS) {
      const summary =
        trend.kind === 'too-few-points'
          ? `${counted(recent.length, 'reading')} of DatabaseConnections over ${durationText(trend.windowHours * 3600)}: a trend takes three hours of them.`
          : `The last reading of DatabaseConnections is ${durationText(lateMs / 1000)} old: it tells nothing of now.`;
      return [result({ status: 'unknown', subject, summary, evidence: seen, advice: MEND_METRIC })];
    }
    const usable = usableSlots(server);
    const forecast = forecastExhaustion(recent, usable);
    const status = statusOf(trend, forecast, settings);
    return [
      result({
        status,
        subject,
        summary: `${shapeWords(trend)}${forecastWords(trend, forecast, usable)}.`,
        evidence: {
          ...seen,
          trend: trend.kind,
          sparkline: sparkline(recent, { width: SPARKLINE_WIDTH }),
          hours: tenths(trend.windowHours),
          perHour: tenths(trend.recent.slope.perHour),
          perHourFrom: tenths(trend.recent.slope.lowPerHour),
          perHourTo: tenths(trend.recent.slope.highPerHour),
          usableSlots: usable,
          ...sessionsNow(snapshot),
          ...(rises(trend) && forecast !== null ? { exhaustedInHours: rounded(forecast) } : {}),
        },
        advice: adviceOnGrowth(status),
        uncertainty: status === 'ok' ? null : uncertaintyOf(trend, forecast, dayBefore),
      }),
    ];
  },
});

/** What the source read before the window is for comparison with the day before. */
function pointsOf({ connections }: CloudWatchSource, { growthWindowHours }: Settings) {
  const points = connections.points
    .map(({ at, value }) => ({ time: Date.parse(at), value }))
    .filter(({ time, value }) => Number.isFinite(time) && Number.isFinite(value));
  const last = points.reduce((latest, { time }) => Math.max(latest, time), Number.NEGATIVE_INFINITY);
  const start = last - growthWindowHours * MS_PER_HOUR;
  return {
    last,
    recent: points.filter(({ time }) => time >= start),
    dayBefore: points.filter(({ time }) => time < start),
  };
}

/** A tooth is no leak that is known, but its slots run out all the same when nothing resets it in time. */
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

/** CloudWatch counts at the level of TCP and can be lower (knowledge/aws.md, Amazon RDS): the two stand side by side. */
function sessionsNow({ sources: { server, sessions } }: Snapshot): { readonly sessionsSeenNow?: number } {
  if (server.status !== 'ok' || sessions.status !== 'ok') return {};
  return { sessionsSeenNow: slotUse(server.value, sessions.value).used };
}

function rounded({ hours, earliestHours, latestHours }: Forecast) {
  return {
    likely: tenths(hours),
    earliest: tenths(earliestHours),
    latest: latestHours === null ? 'over a week' : tenths(latestHours),
  };
}

function uncertaintyOf(
  trend: KnownTrend,
  forecast: Forecast | null,
  dayBefore: readonly TrendPoint[],
): Uncertainty | null {
  const medium = (when: boolean, reason: string): Uncertainty | null =>
    when ? { confidence: 'medium', reason } : null;
  return mergeUncertainty([
    medium(dayBefore.length === 0, 'Without the day before, the first half of a daily peak looks the same.'),
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
