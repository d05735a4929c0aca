import { describe, expect, it } from 'vitest';
import type { TableIndex, TableStatistics, TablesSource } from '../../../lambda/snapshot/snapshot.ts';
import {
  findingsOf,
  healthySnapshot,
  previous,
  seen,
  server,
  settingsFor,
  TAKEN_AT,
  tableStatistics,
  tables,
} from '../../snapshots.ts';

const ID = 'table-growth';
const MILLION = 1_000_000;

function found(source: TablesSource, sources: object = {}, version = '1.98.0') {
  return findingsOf(ID, healthySnapshot({ configuredVersion: version, sources: { tables: seen(source), ...sources } }));
}

function withTable(statistics: Partial<TableStatistics>): TablesSource {
  return tables({ tables: [tableStatistics(statistics)] });
}

function index(name: string, columns: readonly string[], more: Partial<TableIndex> = {}): TableIndex {
  return { name, table: 'LiteLLM_SpendLogs', columns, unique: false, valid: true, partial: false, ...more };
}

/** All that 1.98.0 has on the table. */
const SPEND_INDEXES = [
  index('LiteLLM_SpendLogs_pkey', ['request_id'], { unique: true }),
  index('LiteLLM_SpendLogs_startTime_idx', ['startTime']),
  index('LiteLLM_SpendLogs_end_user_idx', ['end_user']),
  index('LiteLLM_SpendLogs_session_id_idx', ['session_id']),
  index('LiteLLM_SpendLogs_startTime_request_id_idx', ['startTime', 'request_id']),
];

function withIndexes(indexes: readonly TableIndex[], estimatedRows = MILLION): TablesSource {
  return tables({ tables: [tableStatistics({ estimatedRows })], indexes });
}

describe(ID, () => {
  it.each([
    [{}, 'ok'],
    [{ estimatedRows: 99 * MILLION }, 'ok'],
    [{ estimatedRows: 100 * MILLION }, 'warning'],
    [{ estimatedRows: null, liveRows: 100 * MILLION }, 'warning'],
    [{ liveRows: 7 * MILLION, deadRows: 3 * MILLION }, 'warning'],
    [{ liveRows: 71 * MILLION, deadRows: 29 * MILLION }, 'ok'],
    [{ liveRows: 100, deadRows: 999_999 }, 'ok'],
  ])('rates a table with %o as %s', (statistics, status) => {
    expect(found(withTable(statistics))).toMatchObject([{ kind: 'risk', status }]);
  });

  it('follows the limit of the settings', () => {
    const snapshot = healthySnapshot({ sources: { tables: seen(withTable({ estimatedRows: 5000 })) } });

    expect(findingsOf(ID, snapshot, settingsFor({ tableWarningRows: 5000 }))).toMatchObject([{ status: 'warning' }]);
  });

  it('names size, dead rows and how LiteLLM prunes the table', () => {
    const [finding] = found(
      withTable({
        estimatedRows: 210 * MILLION,
        liveRows: 70 * MILLION,
        deadRows: 140 * MILLION,
        heapPages: 26_000_000,
      }),
    );

    expect(finding).toMatchObject({
      subject: 'table LiteLLM_SpendLogs',
      evidence: { estimatedRows: 210 * MILLION, gigabytes: 198.4, deadPercent: 66, isLarge: true, isBloated: true },
    });
    const advice = finding?.advice.map(({ text }) => text).join(' ');
    expect(advice).toContain('maximum_spend_logs_retention_period');
    expect(finding?.advice[0]?.command).toContain('VACUUM');
    expect(finding?.advice.map(({ command }) => command).join(' ')).not.toContain('FULL');
  });

  it('says how fast a table grows when an earlier audit counted it', () => {
    const before = {
      at: '2026-11-21T15:00:00.000Z',
      deadlocks: 0,
      statsReset: null,
      tables: [{ name: 'LiteLLM_SpendLogs', rowsInserted: 500, rowsDeleted: 0 }],
    };
    const growing = withTable({ estimatedRows: 100 * MILLION, rowsInserted: 500 + 2 * MILLION, rowsDeleted: MILLION });

    const rowsPerDay = (sources: object) => found(growing, sources)[0]?.evidence.rowsPerDay;

    expect(rowsPerDay({ previous: seen(previous({ tables: before })) })).toBe(2 * MILLION);
    expect(
      rowsPerDay({ previous: seen(previous({ tables: { ...before, at: '2026-11-22T02:30:00.000Z' } })) }),
    ).toBeUndefined();
    expect(rowsPerDay({ previous: seen(previous({ tables: { ...before, statsReset: TAKEN_AT } })) })).toBeUndefined();
    expect(
      rowsPerDay({ previous: seen(previous({ tables: before, serverStartedAt: '2026-10-01T00:00:00.000Z' })) }),
    ).toBeUndefined();
  });

  it('is unknown on a replica, which counts no changes', () => {
    expect(
      found(withTable({ estimatedRows: 500 * MILLION }), { server: seen(server({ inRecovery: true })) }),
    ).toMatchObject([{ status: 'unknown' }]);
  });

  it.each([
    [{ server: seen(server({ startedAt: '2026-11-22T02:30:00.000Z' })) }, {}],
    [{}, { statsReset: '2026-11-22T02:30:00.000Z' }],
  ])('is less certain when the counters may have begun a moment ago: %o, %o', (sources, statistics) => {
    expect(found(tables(statistics), sources)).toMatchObject([{ status: 'ok', confidence: 'medium' }]);
  });

  it('has nothing to say of the indexes when all of the version are there', () => {
    expect(found(withIndexes(SPEND_INDEXES)).map(({ subject }) => subject)).toEqual(['database prod']);
  });

  it.each([
    [MILLION, 'warning'],
    [99_999, 'info'],
  ])('rates a missing index on %i rows as %s, and builds it without keeping anybody waiting', (rows, status) => {
    const [finding] = found(withIndexes(SPEND_INDEXES.slice(0, 4), rows)).filter(({ subject }) =>
      subject.startsWith('indexes'),
    );

    expect(finding).toMatchObject({
      status,
      evidence: { missing: [{ index: 'LiteLLM_SpendLogs_startTime_request_id_idx', byHand: false }] },
    });
    expect(finding?.advice[0]?.command).toBe(
      'CREATE INDEX CONCURRENTLY IF NOT EXISTS "LiteLLM_SpendLogs_startTime_request_id_idx" ON "public"."LiteLLM_SpendLogs" ("startTime", "request_id");',
    );
  });

  it('takes an index under another name with the same columns first, and no invalid or partial one', () => {
    const missing = (other: TableIndex) =>
      found(withIndexes([...SPEND_INDEXES.slice(0, 4), other])).some(({ subject }) => subject.startsWith('indexes'));

    expect(missing(index('mine', ['startTime', 'request_id', 'model']))).toBe(false);
    expect(missing(index('mine', ['request_id', 'startTime']))).toBe(true);
    expect(missing(index('mine', ['startTime', 'request_id'], { partial: true }))).toBe(true);
  });

  it('misses the two indexes that no migration makes when the version declares them', () => {
    const missing = (version: string) =>
      found(withIndexes(SPEND_INDEXES), {}, version).flatMap(({ evidence }) =>
        Array.isArray(evidence.missing) ? evidence.missing : [],
      );

    expect(missing('1.102.4')).toEqual([]);
    expect(missing('1.103.0')).toMatchObject([
      { columns: ['api_key', 'startTime'], byHand: true },
      { columns: ['litellm_call_id'], byHand: true },
    ]);
  });

  it('warns of an invalid index, and builds it again', () => {
    const broken = index('LiteLLM_SpendLogs_end_user_idx', ['end_user'], { valid: false });
    const source = withIndexes(
      SPEND_INDEXES.map((one) => (one.name === broken.name ? broken : one)),
      10,
    );

    const [finding] = found(source).filter(({ subject }) => subject.startsWith('indexes'));

    expect(finding).toMatchObject({ status: 'warning', evidence: { missing: [], invalid: [{ index: broken.name }] } });
    expect(finding?.advice[0]?.command).toBe('REINDEX INDEX CONCURRENTLY "public"."LiteLLM_SpendLogs_end_user_idx";');
  });

  it('claims no missing index when the version is not known, or not all indexes were read', () => {
    expect(found(withIndexes([]), {}, 'unstable').filter(({ subject }) => subject.startsWith('indexes'))).toEqual([]);
    expect(found({ ...withIndexes(SPEND_INDEXES.slice(0, 2)), indexCount: 900 })).toHaveLength(1);
  });
});
