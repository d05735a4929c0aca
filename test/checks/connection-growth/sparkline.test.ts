import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeSeries, sparkline } from '../../../lambda/checks/connection-growth/sparkline.ts';
import { anyPoints } from '../../model/trend/arbitraries.ts';
import { between, START, seriesOfLevels } from '../../model/trend/series.ts';

describe('the sparkline', () => {
  it('climbs from the lowest block to the highest when the count grows', () => {
    const points = seriesOfLevels((hour) => 100 + 10 * hour);

    expect(sparkline(points, { width: 16 })).toBe('▁▁▂▂▃▃▄▄▅▅▆▆▇▇██');
  });

  it('shows a gap as spaces', () => {
    const points = seriesOfLevels((hour) => 100 + 10 * hour);

    const line = sparkline([...between(points, 0, 4), ...between(points, 8.5, 13)], { width: 12 });

    expect(line).toBe('▁▂▂▃    ▆▇▇█');
  });

  it('shows a peak however short', () => {
    const points = seriesOfLevels((hour) => (hour === 6.5 ? 200 : 100));

    expect(sparkline(points, { width: 12 })).toBe('▁▁▁▁▁▁█▁▁▁▁▁');
  });

  it('stays low when the count varies by one or two', () => {
    const points = seriesOfLevels((hour) => 100 + (Math.round(hour * 12) % 3));

    expect(sparkline(points, { width: 8 })).toMatch(/^[▁▂▃]{8}$/);
  });

  it('has one column for each point when they come regularly and fit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 72 }), fc.integer({ min: 1, max: 600_000 }), (count, periodMs) => {
        const points = Array.from({ length: count }, (_, index) => ({ time: START + index * periodMs, value: 100 }));

        expect(sparkline(points, { width: 72 })).toBe('▁'.repeat(count));
      }),
    );
  });

  it('is one block for one point and empty for none', () => {
    const lines = [[{ time: START, value: 7 }], []].map((points) => sparkline(points, { width: 24 }));

    expect(lines).toEqual(['▁', '']);
  });

  it('is blocks and spaces, no wider than asked, when the numbers are any', () => {
    fc.assert(
      fc.property(anyPoints, fc.double(), (points, width) => {
        const line = sparkline(points, { width });

        expect(line).toMatch(/^[▁▂▃▄▅▆▇█ ]*$/);
        expect(line.length).toBeLessThanOrEqual(Math.min(72, Math.max(1, width || 1)));
      }),
    );
  });
});

describe('the description of a series', () => {
  it('names lowest, highest, first and last when there are points', () => {
    const points = [97, 96, 188.44, 187].map((value, hour) => ({ time: START + hour * 3_600_000, value }));

    expect(describeSeries(points.toReversed())).toBe('min 96, max 188.4, first 97, last 187');
  });

  it('says so when there are none', () => {
    expect(describeSeries([{ time: Number.NaN, value: 1 }])).toBe('no points');
  });

  it('is printable ASCII when the numbers are any', () => {
    fc.assert(
      fc.property(anyPoints, (points) => {
        expect(describeSeries(points)).toMatch(/^(no points|[ -~]*\d)$/);
        expect(describeSeries(points)).not.toMatch(/NaN|Infinity|undefined/);
      }),
    );
  });
});
