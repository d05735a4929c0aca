import { describe, expect, it } from 'vitest';
import { connectionTrend } from '../../lambda/model/connection-trend.ts';
import { cloudwatch, settingsFor, TAKEN_AT } from '../snapshots.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.parse(TAKEN_AT);

/** A reading so many hours before the audit. */
function reading(hoursAgo: number, value: number) {
  return { at: new Date(NOW - hoursAgo * HOUR_MS).toISOString(), value };
}

/** Readings every quarter of an hour, from so many hours ago until now. */
function readings(hours: number, valueAt: (hoursAgo: number) => number) {
  return Array.from({ length: 4 * hours + 1 }, (_, index) => hours - index / 4).map((hoursAgo) =>
    reading(hoursAgo, valueAt(hoursAgo)),
  );
}

function trendOf(points: readonly { readonly at: string; readonly value: number }[], growthWindowHours = 12) {
  const source = cloudwatch({ connections: { periodSeconds: 300, points } });
  return connectionTrend(source, TAKEN_AT, settingsFor({ growthWindowHours }));
}

describe('connectionTrend', () => {
  it('looks at the configured window, and keeps what was before for comparison', () => {
    const points = readings(36, () => 20);

    const [twelve, six] = [trendOf(points, 12), trendOf(points, 6)];

    expect([twelve.points.length, six.points.length]).toEqual([49, 25]);
    expect([twelve.points[0]?.time, six.points[0]?.time]).toEqual([NOW - 12 * HOUR_MS, NOW - 6 * HOUR_MS]);
    expect([twelve.hasDayBefore, six.hasDayBefore]).toEqual([true, true]);
  });

  it('has no day before when the readings fill the window alone', () => {
    expect(trendOf(readings(12, () => 20)).hasDayBefore).toBe(false);
  });

  it('counts the window back from the last reading, not from the audit', () => {
    const late = readings(14, () => 20).filter(({ at }) => Date.parse(at) <= NOW - HOUR_MS);

    const { points, ageMs } = trendOf(late);

    expect(points.at(0)?.time).toBe(NOW - 13 * HOUR_MS);
    expect(ageMs).toBe(HOUR_MS);
  });

  it('calls growth that repeats the day before periodic, and the same growth on its own growing', () => {
    const daily = readings(36, (hoursAgo) => 200 + 15 * ((36 - hoursAgo) % 24));

    expect(trendOf(daily).trend.kind).toBe('periodic');
    expect(trendOf(daily.slice(-49)).trend.kind).toBe('growing');
  });

  it('leaves out a reading without a time or a number', () => {
    const odd = [{ at: 'no time', value: 20 }, { at: TAKEN_AT, value: Number.NaN }, reading(1, 20)];

    expect(trendOf(odd).points).toEqual([{ time: NOW - HOUR_MS, value: 20 }]);
  });

  it('is too old to say anything when there is no reading', () => {
    expect(trendOf([])).toEqual({
      trend: { kind: 'too-few-points', windowHours: 0 },
      points: [],
      hasDayBefore: false,
      ageMs: Number.POSITIVE_INFINITY,
    });
  });
});
