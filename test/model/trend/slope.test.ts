import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { robustSlope } from '../../../lambda/model/trend/slope.ts';
import { anyPoints, everyNumberIsFinite } from './arbitraries.ts';
import { START, seeds, seriesOfLevels } from './series.ts';

const countPoints = fc.array(
  fc.record({
    time: fc.integer({ min: 0, max: 720 }).map((minute) => START + minute * 60_000),
    value: fc.integer({ min: 0, max: 5000 }),
  }),
  { minLength: 6, maxLength: 200 },
);

describe('the robust slope', () => {
  it('is that of the line, without uncertainty, when there is no noise', () => {
    const slope = robustSlope(seriesOfLevels((hour) => 100 + 12 * hour));

    expect(slope).toEqual({ perHour: 12, lowPerHour: 12, highPerHour: 12 });
  });

  it('stays when 20 % of the points are outliers', () => {
    const slope = robustSlope(seriesOfLevels((hour) => 300 + 12 * hour, { noise: 2, outliers: 0.2 }));

    expect(slope?.perHour).toBeCloseTo(12, 0);
  });

  it('is zero when the count is constant', () => {
    const slope = robustSlope(seriesOfLevels(() => 100));

    expect(slope).toEqual({ perHour: 0, lowPerHour: 0, highPerHour: 0 });
  });

  it('does not exist when there are no six different times', () => {
    const twoAtOneTime = [
      { time: START, value: 1 },
      { time: START, value: 9 },
    ];
    const fiveTimes = seriesOfLevels((hour) => hour, { hours: 0.4 });

    const slopes = [[], twoAtOneTime.slice(1), twoAtOneTime, [...fiveTimes, ...fiveTimes]].map(robustSlope);

    expect(slopes).toEqual([null, null, null, null]);
  });

  it('is the median when several points have one time', () => {
    const line = seriesOfLevels((hour) => 12 * hour, { hours: 1 });
    const astray = line.flatMap(({ time }) => [
      { time, value: -1000 },
      { time, value: 1000 },
    ]);

    const slope = robustSlope([...line, ...astray]);

    expect(slope).toEqual(robustSlope(line));
  });

  it('has the true slope in its 99 % interval when noise is independent', () => {
    const slopes = seeds(150).map((seed) => robustSlope(seriesOfLevels((hour) => 200 + 3 * hour, { noise: 8, seed })));

    const holding = slopes.filter((slope) => slope && slope.lowPerHour <= 3 && slope.highPerHour >= 3);
    expect(holding.length).toBeGreaterThanOrEqual(0.97 * slopes.length);
  });

  it('has a wider interval when noise has a memory', () => {
    const width = (memory: number) => {
      const slope = robustSlope(seriesOfLevels(() => 200, { noise: 8, memory }));
      return slope ? slope.highPerHour - slope.lowPerHour : 0;
    };

    const [fresh, lasting] = [width(0), width(0.8)];

    expect(lasting).toBeGreaterThan(1.5 * fresh);
  });

  it('is the same when the points come in another order', () => {
    const shuffled = countPoints.chain((points) =>
      fc.tuple(fc.constant(points), fc.shuffledSubarray(points, { minLength: points.length })),
    );

    fc.assert(
      fc.property(shuffled, ([points, inAnotherOrder]) => {
        expect(robustSlope(inAnotherOrder)).toEqual(robustSlope(points));
      }),
    );
  });

  it('stays when a constant is added, and scales with the values', () => {
    fc.assert(
      fc.property(countPoints, fc.integer({ min: 1, max: 1000 }), (points, number) => {
        const slope = robustSlope(points);
        const raised = robustSlope(points.map(({ time, value }) => ({ time, value: value + number })));
        const scaled = robustSlope(points.map(({ time, value }) => ({ time, value: value * number })));

        const size = 1 + Math.abs(slope?.perHour ?? 0);
        expect(Math.abs((raised?.perHour ?? 0) - (slope?.perHour ?? 0))).toBeLessThan(1e-9 * size);
        expect(Math.abs((scaled?.perHour ?? 0) - number * (slope?.perHour ?? 0))).toBeLessThan(1e-9 * size * number);
      }),
    );
  });

  it('is finite and within its interval when the numbers are any', () => {
    fc.assert(
      fc.property(anyPoints, (points) => {
        const slope = robustSlope(points);

        if (slope === null) return;
        expect(everyNumberIsFinite(slope)).toBe(true);
        expect(slope.lowPerHour).toBeLessThanOrEqual(slope.perHour);
        expect(slope.highPerHour).toBeGreaterThanOrEqual(slope.perHour);
      }),
    );
  });
});
