import { describe, expect, it } from 'vitest';
import { findingsOf, healthySnapshot, previous, seen, server, tables } from '../../snapshots.ts';

const ID = 'deadlocks';
const BEFORE = { at: '2026-11-22T02:45:00.000Z', deadlocks: 3, statsReset: null, tables: [] };

function found(deadlocks: number, sources: object = {}) {
  return findingsOf(
    ID,
    healthySnapshot({
      sources: { tables: seen(tables({ deadlocks })), previous: seen(previous({ tables: BEFORE })), ...sources },
    }),
  );
}

describe(ID, () => {
  it.each([
    [3, 'ok'],
    [5, 'warning'],
  ])('compares %i with 3 of the earlier audit: %s', (deadlocks, status) => {
    expect(found(deadlocks)).toMatchObject([
      { kind: 'risk', status, evidence: { deadlocks: deadlocks - 3, total: deadlocks } },
    ]);
  });

  it.each([
    ['there is no earlier audit', { previous: { status: 'skipped', durationMs: 0, reason: 'None.' } }],
    ['the earlier one did not count', { previous: seen(previous({ tables: null })) }],
    [
      'the server was restarted',
      { previous: seen(previous({ tables: BEFORE, serverStartedAt: '2026-10-01T00:00:00.000Z' })) },
    ],
    [
      'the statistics were reset',
      { previous: seen(previous({ tables: { ...BEFORE, statsReset: '2026-11-21T00:00:00.000Z' } })) },
    ],
  ])('only informs, with the reason and the whole count, when %s', (_when, sources) => {
    expect(found(9, sources)).toMatchObject([{ status: 'info', evidence: { total: 9 } }]);
  });

  it('is ok without an earlier audit when none was ever counted', () => {
    expect(found(0, { previous: seen(previous({ tables: null })) })).toMatchObject([{ status: 'ok' }]);
  });

  it('is unknown on a replica', () => {
    expect(found(9, { server: seen(server({ inRecovery: true })) })).toMatchObject([{ status: 'unknown' }]);
  });
});
