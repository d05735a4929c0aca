import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyTrend } from '../../../lambda/model/trend/classify.ts';
import { anyPoints, everyNumberIsFinite } from './arbitraries.ts';
import { between, later, START, seeds, seriesOfLevels } from './series.ts';

const MINUTES_12 = 0.2;
const leak = (hour: number) => 100 + 10 * hour;
/** A rolling deploy at an hour: the new pods' pools beside the old ones' for half an hour. */
const surgeAt = (deploy: number, hour: number) => (hour > deploy && hour < deploy + 0.5 ? 80 : 0);

describe('a trend is growing', () => {
  it.each([
    { name: 'a leak without noise', points: seriesOfLevels(leak) },
    { name: 'a leak in noise', points: seriesOfLevels(leak, { noise: 10 }) },
    { name: 'a leak read each minute', points: seriesOfLevels(leak, { noise: 10, periodMinutes: 1 }) },
    { name: 'a leak in noise with a memory', points: seriesOfLevels(leak, { noise: 6, memory: 0.6 }) },
    {
      name: 'a leak with 20 % outliers',
      points: seriesOfLevels((hour) => 300 + leak(hour), { noise: 3, outliers: 0.2 }),
    },
    {
      name: 'a leak over rolling deploys',
      points: seriesOfLevels((h) => leak(h) + surgeAt(4, h) + surgeAt(8, h), { noise: 3 }),
    },
    { name: 'a leak read for 6 h', points: seriesOfLevels(leak, { noise: 3, hours: 6 }) },
  ])('when there is $name', ({ points }) => {
    const trend = classifyTrend(points);

    expect(trend).toMatchObject({ kind: 'growing', jumps: [] });
    if (trend.kind !== 'too-few-points') {
      expect(trend.recent.slope.lowPerHour).toBeLessThanOrEqual(10);
      expect(trend.recent.slope.highPerHour).toBeGreaterThanOrEqual(10);
      expect(trend.recent.hours).toBeGreaterThan(4);
    }
  });

  it('when it climbs a staircase of 12 minutes', () => {
    const points = seriesOfLevels((hour) => 100 + 10 * Math.floor(hour / MINUTES_12), { noise: 1 });

    const trend = classifyTrend(points);

    expect(trend).toMatchObject({ kind: 'growing', recent: { slope: { perHour: expect.closeTo(50, 0) } } });
  });

  it('when it climbs a staircase of 2 hours', () => {
    const points = seriesOfLevels((hour) => 100 + 10 * Math.floor(hour / 2), { noise: 1 });

    const trend = classifyTrend(points);

    expect(trend).toMatchObject({ kind: 'growing', windowHours: 12, jumps: [] });
  });

  it('when the leak began 4 hours ago, and says since when', () => {
    const trend = classifyTrend(seriesOfLevels((hour) => 100 + 15 * Math.max(0, hour - 8), { noise: 3 }));

    expect(trend).toMatchObject({ kind: 'growing', recent: { hours: expect.closeTo(4, 0) } });
  });

  it('when the leak began after a small decline', () => {
    const points = seriesOfLevels((hour) => (hour < 6 ? 120 - 3 * hour : 20 * (hour - 6) + 102), { noise: 2 });

    const trend = classifyTrend(points);

    expect(trend).toMatchObject({ kind: 'growing', recent: { hours: expect.closeTo(6, 0) } });
  });

  it('when a gap of 3 hours interrupts it', () => {
    const points = seriesOfLevels(leak, { noise: 3 });

    const trend = classifyTrend([...between(points, 0, 5), ...between(points, 8, 13)]);

    expect(trend).toMatchObject({ kind: 'growing', recent: { slope: { perHour: expect.closeTo(10, 0) } } });
  });

  it('when the day before had the same slope a rise lower', () => {
    const points = seriesOfLevels((hour) => 400 + 10 * hour, { noise: 3 });
    const dayBefore = later(
      seriesOfLevels((hour) => 160 + 10 * hour, { noise: 3, seed: 2 }),
      -24,
    );

    const trend = classifyTrend(points, { dayBefore });

    expect(trend.kind).toBe('growing');
  });

  it('when the day before was seen for a few hours only', () => {
    const points = seriesOfLevels(leak, { noise: 3 });

    const trend = classifyTrend(points, { dayBefore: later(between(points, 0, 4), -24) });

    expect(trend.kind).toBe('growing');
  });
});

describe('a trend is flat', () => {
  it.each([
    { name: 'a constant count', points: seriesOfLevels(() => 100) },
    { name: 'noise', points: seriesOfLevels(() => 100, { noise: 5 }) },
    { name: 'noise with 20 % outliers', points: seriesOfLevels(() => 300, { noise: 5, outliers: 0.2 }) },
    { name: 'growth by less than 5 in all', points: seriesOfLevels((hour) => 100 + 0.35 * hour, { noise: 0.4 }) },
    { name: 'growth of 0.05 an hour', points: seriesOfLevels((hour) => 100 + 0.05 * hour) },
    {
      name: 'two rolling deploys to the same level',
      points: seriesOfLevels((h) => 100 + surgeAt(4, h) + surgeAt(8, h), { noise: 3 }),
    },
  ])('when there is $name', ({ points }) => {
    expect(classifyTrend(points).kind).toBe('flat');
  });
});

describe('a trend is a step', () => {
  it.each([
    { name: 'one deploy up', points: seriesOfLevels((hour) => (hour > 6 ? 130 : 100), { noise: 3 }), jumps: 1 },
    {
      name: 'a stair each 3 hours',
      points: seriesOfLevels((hour) => 100 + 20 * Math.floor(hour / 3), { noise: 1 }),
      jumps: 3,
    },
    {
      name: 'one deploy up two hours ago',
      points: seriesOfLevels((hour) => (hour > 10 ? 130 : 100), { noise: 3 }),
      jumps: 1,
    },
    { name: 'fewer pods', points: seriesOfLevels((hour) => (hour > 6 ? 70 : 100), { noise: 3 }), jumps: 1 },
    {
      name: 'two deploys up with their surges',
      points: seriesOfLevels((h) => 100 + (h > 4 ? 20 : 0) + (h > 8 ? 20 : 0) + surgeAt(4, h) + surgeAt(8, h), {
        noise: 3,
      }),
      jumps: 2,
    },
    {
      name: 'a leak that ended with a restart',
      points: seriesOfLevels((hour) => (hour < 7 ? 100 + 15 * hour : 100), { noise: 3 }),
      jumps: 1,
    },
  ])('when there is $name', ({ points, jumps }) => {
    const trend = classifyTrend(points);

    expect(trend).toMatchObject({ kind: 'step', jumps: { length: jumps } });
  });

  it('and shows when, from what and to what', () => {
    const trend = classifyTrend(seriesOfLevels((hour) => (hour > 6 ? 130 : 100), { noise: 1 }));

    expect(trend).toMatchObject({
      jumps: [{ fromLevel: expect.closeTo(100, 0), toLevel: expect.closeTo(130, 0) }],
    });
    const time = 'jumps' in trend ? (trend.jumps[0]?.time ?? 0) : 0;
    expect(Math.abs(time - (START + 6 * 3_600_000))).toBeLessThan(20 * 60_000);
  });
});

describe('a trend is periodic', () => {
  const day = (hour: number) => 100 - 50 * Math.cos((Math.PI * hour) / 12);

  it.each([
    {
      name: 'half a sine',
      points: seriesOfLevels((hour) => 100 + 100 * Math.sin((Math.PI * hour) / 12), { noise: 3 }),
    },
    {
      name: 'half a sine without noise',
      points: seriesOfLevels((hour) => 100 + 100 * Math.sin((Math.PI * hour) / 12)),
    },
    {
      name: 'a rise that has nearly ended',
      points: seriesOfLevels((hour) => 100 + 100 * Math.sin((Math.PI * hour) / 24), { noise: 3 }),
    },
    {
      name: 'a rise that has nearly ended in noise',
      points: seriesOfLevels((hour) => 100 + 100 * Math.sin((Math.PI * hour) / 24), { noise: 12 }),
    },
    { name: 'a slow shift change', points: seriesOfLevels(day) },
    { name: 'a ramp and a plateau', points: seriesOfLevels((hour) => 100 + 20 * Math.min(4, hour), { noise: 3 }) },
    { name: 'a fall and the rise back', points: seriesOfLevels((hour) => 100 + 16 * Math.abs(hour - 6), { noise: 3 }) },
    { name: 'a valley', points: seriesOfLevels((hour) => 150 + 50 * Math.cos((Math.PI * hour) / 6), { noise: 3 }) },
  ])('when there is $name', ({ points }) => {
    expect(classifyTrend(points).kind).toBe('periodic');
  });

  it('when a morning rises as it did the day before', () => {
    const morning = (hour: number) => 100 + 15 * Math.max(0, hour - 7);
    const points = seriesOfLevels(morning, { noise: 3 });
    const dayBefore = later(seriesOfLevels(morning, { noise: 3, seed: 2 }), -24);

    const kinds = [classifyTrend(points).kind, classifyTrend(points, { dayBefore }).kind];

    expect(kinds).toEqual(['growing', 'periodic']);
  });
});

describe('a trend is a sawtooth', () => {
  it.each([
    { name: 'restarts each 4 hours', level: (hour: number) => 100 + 20 * (hour % 4), lastTooth: 4 },
    { name: 'restarts each 5 hours', level: (hour: number) => 100 + 20 * (hour % 5), lastTooth: 2 },
    { name: 'one restart', level: (hour: number) => 100 + 20 * (hour % 7), lastTooth: 5 },
    {
      name: 'a restart at the ceiling',
      level: (hour: number) => (hour < 3 ? 300 : 100 + 20 * (hour - 3)),
      lastTooth: 9,
    },
    {
      name: 'restarts that free a part only',
      level: (hour: number) => 100 + 20 * hour - 40 * Math.floor(hour / 4),
      lastTooth: 4,
    },
  ])('when a leak goes on after $name, and has the growth of the last tooth', ({ level, lastTooth }) => {
    const trend = classifyTrend(seriesOfLevels(level, { hours: 11.9 }));

    expect(trend).toMatchObject({
      kind: 'sawtooth',
      recent: { hours: expect.closeTo(lastTooth, 0), slope: { perHour: expect.closeTo(20, 0) } },
    });
  });
});

describe('a trend', () => {
  it('is falling when the count goes down to the end', () => {
    const trend = classifyTrend(seriesOfLevels((hour) => 300 - 10 * hour, { noise: 5 }));

    expect(trend).toMatchObject({ kind: 'falling', recent: { slope: { perHour: expect.closeTo(-10, 0) } } });
  });

  it.each([
    { name: 'without memory', memory: 0 },
    { name: 'with a memory', memory: 0.9 },
  ])('grows in less than 2 % of series when there is noise $name', ({ memory }) => {
    const kinds = seeds(100).map((seed) => classifyTrend(seriesOfLevels(() => 100, { noise: 3, memory, seed })).kind);

    const growing = kinds.filter((kind) => kind === 'growing' || kind === 'sawtooth');
    expect(growing.length).toBeLessThan(0.02 * kinds.length);
  });

  it('has too few points when there are less than 3 hours of them', () => {
    const twoHours = seriesOfLevels(leak, { hours: 2.5 });

    const trends = [[], twoHours.slice(0, 1), twoHours].map((points) => classifyTrend(points));

    expect(trends).toEqual([0, 0, 2.5].map((windowHours) => ({ kind: 'too-few-points', windowHours })));
  });

  it('has a kind and finite numbers when the points are any', () => {
    fc.assert(
      fc.property(anyPoints, anyPoints, (points, dayBefore) => {
        const trend = classifyTrend(points, { dayBefore });

        expect(everyNumberIsFinite(trend)).toBe(true);
      }),
    );
  });
});
