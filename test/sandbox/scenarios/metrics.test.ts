import { describe, expect, it } from 'vitest';
import { logging } from '../../../sandbox/scenarios/log-lines.ts';
import { type History, metricSeries, steady } from '../../../sandbox/scenarios/metrics.ts';

const NOW = new Date('2026-11-22T12:00:00Z');

/** The samples of one metric by their hours before now. */
function samplesByHour(history: History, name: string): ReadonlyMap<number, number> | undefined {
  const series = metricSeries(history, { kind: 'instance', identifier: 'litellm', database: 'prod', now: NOW });
  const found = series.find(({ metricName }) => metricName === name);
  return found && new Map(found.samples.map(({ at, value }) => [(NOW.getTime() - at.getTime()) / 3_600_000, value]));
}

describe('metricSeries', () => {
  it('interpolates when there are several levels', () => {
    const connections = [
      { hoursAgo: 36, level: 12 },
      { hoursAgo: 8, level: 12 },
      { hoursAgo: 0, level: 48 },
    ];

    const samples = samplesByHour({ connections }, 'DatabaseConnections');

    expect(samples?.size).toBe(432);
    expect([36, 20, 8, 4, 1].map((hoursAgo) => samples?.get(hoursAgo))).toEqual([12, 12, 12, 30, 44]);
  });

  it('is constant when there is one level', () => {
    const samples = samplesByHour(steady(9), 'DatabaseConnections');

    expect(new Set(samples?.values())).toEqual(new Set([9]));
  });

  it("counts the lines of the proxy's log in either form when the history has some", () => {
    const history = { ...steady(9), log: logging({ connectionAttemptsFailed: 31, poolTimeouts: 2 }) };

    expect(samplesByHour(history, 'ProxyConnectionAttemptsFailed')).toEqual(new Map([[0.5, 31]]));
    expect(samplesByHour(history, 'ProxyPoolTimeouts')).toEqual(new Map([[0.5, 2]]));
    expect(samplesByHour(history, 'ProxyDeadlocks')).toBeUndefined();
    expect(samplesByHour(steady(9), 'ProxyPoolTimeouts')).toBeUndefined();
  });
});
