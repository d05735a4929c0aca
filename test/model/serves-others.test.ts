import { describe, expect, it } from 'vitest';
import { connectionTrend } from '../../lambda/model/connection-trend.ts';
import { servesOthers } from '../../lambda/model/serves-others.ts';
import type { ProxySource, RdsInstance, Sources } from '../../lambda/snapshot/snapshot.ts';
import {
  cloudwatch,
  failed,
  healthySnapshot,
  proxy,
  rds,
  rdsInstance,
  seen,
  settingsFor,
  skipped,
  TAKEN_AT,
} from '../snapshots.ts';

const MINUTE_MS = 60_000;

interface Seen {
  /** Every five minutes, oldest first. */
  readonly values?: readonly number[];
  /** From the last reading to the audit. */
  readonly minutesAgo?: number;
  readonly sources?: Partial<Sources>;
}

const STEADY = Array.from({ length: 12 }, () => 20);

function shownBy({ values = STEADY, minutesAgo = 3, sources = {} }: Seen): string | null {
  const last = Date.parse(TAKEN_AT) - minutesAgo * MINUTE_MS;
  const points = values.map((value, index) => ({
    at: new Date(last - (values.length - 1 - index) * 5 * MINUTE_MS).toISOString(),
    value,
  }));
  const snapshot = healthySnapshot({ sources });
  const source = cloudwatch({ connections: { periodSeconds: 300, points } });
  return servesOthers(snapshot, connectionTrend(source, snapshot.takenAt, settingsFor()));
}

function instances(...members: readonly Partial<RdsInstance>[]): Partial<Sources> {
  return { rds: seen(rds({ instances: members.map(rdsInstance) })) };
}

function readiness(...answers: ProxySource['readiness']): Partial<Sources> {
  return { proxy: seen(proxy({ readiness: answers })) };
}

/** Before, at 20, then the last quarter of an hour. */
function then(...last: readonly number[]): readonly number[] {
  return [...STEADY, ...last];
}

describe('servesOthers', () => {
  it.each<readonly [string, Seen]>([
    ['nothing has changed', {}],
    ['connections grew', { values: then(30, 40, 50) }],
    ['connections fell to seventy percent', { values: then(14, 14, 14) }],
    ['the last reading is half an hour old', { minutesAgo: 30 }],
    ['there are three readings before the last three', { values: STEADY.slice(0, 6) }],
    ['the proxy is not asked', { sources: { proxy: skipped('Not configured.', 'proxy') } }],
    ['the proxy does not answer', { sources: { proxy: failed('timeout') } }],
    ['the proxy does not say', { sources: readiness({ httpStatus: 200, database: null }) }],
    ['only a reader is down', { sources: instances({}, { isWriter: false, status: 'rebooting' }) }],
  ])('shows it when %s', (_when, world) => {
    expect(shownBy(world)).toMatch(/available.* \d+ connections/);
  });

  it('counts the fewest of the last three readings', () => {
    expect(shownBy({ values: then(19, 15, 17) })).toContain('15 connections');
  });

  it.each<readonly [string, Seen]>([
    ['connections fell below seventy percent', { values: then(20, 20, 13) }],
    ['connections dipped and came back', { values: then(5, 20, 20) }],
    ['there were never any', { values: STEADY.map(() => 0) }],
    ['the last reading is older than half an hour', { minutesAgo: 31 }],
    ['there are fewer than three readings before the last three', { values: STEADY.slice(0, 5) }],
    ['there are no readings', { values: [] }],
    ['RDS was not seen', { sources: { rds: failed('timeout') } }],
    ['RDS is not asked', { sources: { rds: skipped('Not configured.', 'rds') } }],
    ['RDS calls it storage-full', { sources: instances({ status: 'storage-full' }) }],
    ['RDS names no writer', { sources: instances({ isWriter: false }) }],
    ['one of two writers is down', { sources: instances({}, { status: 'rebooting' }) }],
    ['RDS names no instance', { sources: instances() }],
    [
      'one pod of the proxy lost it',
      { sources: readiness({ httpStatus: 200, database: 'connected' }, { httpStatus: 200, database: 'disconnected' }) },
    ],
    ['the proxy is not ready', { sources: readiness({ httpStatus: 503, database: null }) }],
  ])('does not show it when %s', (_when, world) => {
    expect(shownBy(world)).toBeNull();
  });

  it('does not show it when CloudWatch was not seen', () => {
    expect(servesOthers(healthySnapshot(), null)).toBeNull();
  });
});
