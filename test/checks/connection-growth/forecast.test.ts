import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forecastExhaustion } from '../../../lambda/checks/connection-growth/forecast.ts';
import { anyPoints, everyNumberIsFinite } from '../../model/trend/arbitraries.ts';
import { seeds, seriesOfLevels } from '../../model/trend/series.ts';

const leak = (hour: number) => 100 + 10 * hour;

describe('the forecast of exhaustion', () => {
  it('is where the line meets the ceiling when there is no noise', () => {
    const forecast = forecastExhaustion(seriesOfLevels(leak), 250);

    expect(forecast?.hours).toBeCloseTo(3, 1);
  });

  it('holds the true hour between its bounds when there is noise', () => {
    const forecasts = seeds(50).map((seed) => forecastExhaustion(seriesOfLevels(leak, { noise: 8, seed }), 300));

    const holding = forecasts.filter((it) => it && it.earliestHours <= 8 && (it.latestHours ?? 0) >= 8);
    expect(holding.length).toBeGreaterThanOrEqual(0.9 * forecasts.length);
  });

  it('follows the last tooth when restarts reset the count', () => {
    const forecast = forecastExhaustion(
      seriesOfLevels((hour) => 100 + 20 * (hour % 7), { noise: 1 }),
      300,
    );

    expect(forecast?.hours).toBeCloseTo(5, 0);
  });

  it('has no latest hour when the slope may be zero', () => {
    const points = seriesOfLevels((hour) => 100 + 0.5 * hour, { noise: 6, seed: 3 });

    const forecast = forecastExhaustion(points, 120);

    expect(forecast).toMatchObject({ hours: expect.any(Number), latestHours: null });
  });

  it('is now when the count is at the ceiling or above', () => {
    const forecasts = [220, 150].map((ceiling) => forecastExhaustion(seriesOfLevels(leak, { noise: 1 }), ceiling));

    expect(forecasts.map((it) => it?.hours.toFixed(1))).toEqual(['0.0', '0.0']);
    expect(forecasts[1]).toEqual({ hours: 0, earliestHours: 0, latestHours: 0 });
  });

  it.each([
    { name: 'the count is constant', points: seriesOfLevels(() => 100), ceiling: 200 },
    { name: 'the count falls', points: seriesOfLevels((hour) => 300 - 10 * hour), ceiling: 400 },
    {
      name: 'the count has been flat since a step',
      points: seriesOfLevels((hour) => (hour > 6 ? 130 : 100)),
      ceiling: 200,
    },
    { name: 'growth is 0.05 an hour', points: seriesOfLevels((hour) => 100 + 0.05 * hour), ceiling: 400 },
    { name: 'the ceiling is weeks away', points: seriesOfLevels(leak), ceiling: 5000 },
    { name: 'the points are too few', points: seriesOfLevels(leak, { hours: 2 }), ceiling: 200 },
    { name: 'there are no points', points: [], ceiling: 200 },
    { name: 'the ceiling is no number', points: seriesOfLevels(leak), ceiling: Number.NaN },
  ])('does not exist when $name', ({ points, ceiling }) => {
    expect(forecastExhaustion(points, ceiling)).toBeNull();
  });

  it('is finite and in order when the numbers are any', () => {
    fc.assert(
      fc.property(anyPoints, fc.double(), (points, ceiling) => {
        const forecast = forecastExhaustion(points, ceiling);

        if (forecast === null) return;
        expect(everyNumberIsFinite(forecast)).toBe(true);
        expect(forecast.earliestHours).toBeLessThanOrEqual(forecast.hours);
        expect(forecast.latestHours ?? forecast.hours).toBeGreaterThanOrEqual(forecast.hours);
      }),
    );
  });
});
