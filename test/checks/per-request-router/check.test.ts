import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RouterSettingsSource, Sources } from '../../../lambda/snapshot/snapshot.ts';
import { anyActivity, anyEarlierActivity, type Counted, counted } from '../../activity.ts';
import {
  failed,
  findingsOf,
  globalRow,
  healthySnapshot,
  holders,
  olderLitellm,
  previous,
  proxy,
  proxyLog,
  routerSettings,
  seen,
  server,
  sessionGroup,
  sessions,
  skipped,
} from '../../snapshots.ts';

const HIDDEN = {
  state: 'hidden',
  remediation: { text: 'Run this:', command: 'npm run --silent database-setup' },
} as const;

interface World {
  /** As the proxy states it; null when nothing does. */
  readonly version?: string | null;
  readonly settings?: Partial<RouterSettingsSource>;
  readonly counted?: Counted;
  readonly sources?: Partial<Sources>;
}

function evaluateWith({ version = '1.81.3', settings = {}, counted: between, sources = {} }: World) {
  const versions = version === null ? [] : [{ version, from: 'readiness' as const, count: 3 }];
  const snapshot = healthySnapshot({
    configuredVersion: null,
    sources: {
      proxy: seen(proxy({ versions })),
      'router-settings': seen(routerSettings(settings)),
      ...(between === undefined ? { litellm: seen(olderLitellm()) } : counted(between)),
      ...sources,
    },
  });
  return findingsOf('per-request-router', snapshot);
}

const ROW: World = { settings: { global: globalRow() } };
const KEYS: World = { settings: { key: holders({ live: 5 }) } };
const TEAMS: World = { settings: { team: holders({ live: 2 }) } };
/** The healthy snapshot has 20 sessions, so at most 4 workers and 52 lookups by polling within 30 s. */
const FOLLOW: Counted = { lookups: 552, requests: 500 };
const APART: Counted = { lookups: 20, requests: 500 };

describe('per-request-router', () => {
  it.each(['1.80.15', '1.80.17', '1.81.0', '1.81.5'])('warns of settings when the version is %s', (version) => {
    for (const settings of [ROW, KEYS, TEAMS]) {
      const findings = evaluateWith({ ...settings, version });

      expect(findings).toMatchObject([
        {
          kind: 'risk',
          status: 'warning',
          confidence: 'high',
          evidence: { lookupPerRequest: 'yes', routerPerRequest: 'yes' },
        },
      ]);
      expect(findings[0]?.advice[0]?.text).toMatch(/^Upgrade LiteLLM to /);
    }
  });

  it.each(['1.80.13', '1.81.6', '1.81.8', '1.81.9', '1.108.13'])(
    'is ok with a global row when the version is %s',
    (version) => {
      const findings = evaluateWith({ ...ROW, version });

      expect(findings).toMatchObject([
        { status: 'ok', evidence: { lookupPerRequest: 'no', routerPerRequest: 'no' }, advice: [] },
      ]);
    },
  );

  it('only informs of the lookup when nothing has a Router built', () => {
    const none = evaluateWith({});
    const blocked = evaluateWith({ settings: { key: holders({ blocked: 1 }) }, counted: FOLLOW });

    for (const findings of [none, blocked]) {
      expect(findings).toMatchObject([
        { status: 'info', evidence: { lookupPerRequest: 'yes', routerPerRequest: 'no', builtFor: [] } },
      ]);
    }
  });

  it('warns of keys with settings, whatever was counted, and says that their Routers cannot be measured', () => {
    const findings = evaluateWith({ ...KEYS, counted: APART });

    expect(findings).toMatchObject([
      {
        status: 'warning',
        evidence: { routerPerRequest: 'yes', cannotBeMeasured: ['the router_settings of 5 keys'] },
      },
    ]);
    expect(findings[0]?.summary).toContain('cannot be measured');
  });

  it('is an incident when requests fail beside it, and a risk when they fail alone', () => {
    const failing = { 'proxy-log': seen(proxyLog({ poolTimeouts: 7 })) };

    const [bad] = evaluateWith({ ...ROW, sources: failing });
    const [alone] = evaluateWith({ version: '1.108.13', ...ROW, sources: failing });

    expect(bad).toMatchObject({ kind: 'incident', status: 'warning' });
    expect(bad?.summary).toContain('shows 7 pool timeouts in the last hour.');
    expect(alone).toMatchObject({ kind: 'risk', status: 'ok' });
  });

  describe('while the version is not known', () => {
    it.each<[string, World, string, string]>([
      ['a row', ROW, 'unknown', 'not-known'],
      ['hidden settings', { settings: { global: HIDDEN } }, 'unknown', 'not-known'],
      ['no settings', {}, 'info', 'no'],
      ['a row, and lookups that follow the requests', { ...ROW, counted: FOLLOW }, 'warning', 'yes'],
      ['a row, and lookups that do not', { ...ROW, counted: APART }, 'ok', 'no'],
      ['no settings, and lookups that follow', { counted: FOLLOW }, 'info', 'no'],
      ['keys with settings, and lookups that do not follow', { ...KEYS, counted: APART }, 'unknown', 'not-known'],
      [
        'hidden keys, and lookups that do not follow',
        { settings: { key: HIDDEN }, counted: APART },
        'unknown',
        'not-known',
      ],
    ])('of %s says so', (_what, world, status, router) => {
      const findings = evaluateWith({ ...world, version: null });

      expect(findings).toMatchObject([{ status, evidence: { routerPerRequest: router } }]);
    });

    it('shows how to learn it: by the version, or by a second audit', () => {
      const [finding] = evaluateWith({ ...ROW, version: null });

      const text = JSON.stringify(finding?.advice);
      expect(text).toContain('litellmVersion');
      expect(text).toContain('--since');
    });

    it('shows the grant when settings are hidden', () => {
      const [finding] = evaluateWith({ settings: { global: HIDDEN }, version: null });

      expect(finding?.advice).toContainEqual(HIDDEN.remediation);
    });
  });

  it('is unknown about the Router, and not about the lookup, when settings are hidden on such a version', () => {
    const findings = evaluateWith({ settings: { global: HIDDEN } });

    expect(findings).toMatchObject([
      { status: 'unknown', evidence: { lookupPerRequest: 'yes', routerPerRequest: 'not-known' } },
    ]);
    expect(findings[0]?.advice).toContainEqual(HIDDEN.remediation);
  });

  it('doubts the version when what was counted contradicts it', () => {
    const newer = evaluateWith({ ...ROW, version: '1.90.0', counted: FOLLOW });
    const older = evaluateWith({ ...ROW, version: '1.81.3', counted: APART });

    expect(newer).toMatchObject([{ status: 'warning', confidence: 'low' }]);
    expect(older).toMatchObject([{ status: 'warning', confidence: 'low' }]);
  });

  it.each<[Counted, string]>([
    [{ lookups: 552, requests: 500 }, 'yes'],
    [{ lookups: 177, requests: 500 }, 'yes'],
    [{ lookups: 176, requests: 500 }, 'not-known'],
    [{ lookups: 2052, requests: 500 }, 'yes'],
    [{ lookups: 2053, requests: 500 }, 'not-known'],
    [{ lookups: 49, requests: 500 }, 'no'],
    [{ lookups: 50, requests: 500 }, 'not-known'],
    [{ lookups: 0, requests: 10 }, 'no'],
    [{ lookups: 0, requests: 9 }, 'not-known'],
    [{ lookups: 500, requests: 9 }, 'not-known'],
    // In a quarter of an hour polling explains 1560, and batches of spend logs even out.
    [{ lookups: 1560 + 5000, requests: 10_000, seconds: 900 }, 'yes'],
    [{ lookups: 1560 + 4999, requests: 10_000, seconds: 900 }, 'not-known'],
    [{ lookups: 1560 + 20_001, requests: 10_000, seconds: 900 }, 'not-known'],
  ])('takes %o between two audits for a lookup per request: %s', (between, lookupPerRequest) => {
    const findings = evaluateWith({ ...ROW, version: null, counted: between });

    expect(findings).toMatchObject([{ evidence: { lookupPerRequest } }]);
  });

  it('shows what was counted', () => {
    const [finding] = evaluateWith({ ...ROW, counted: { lookups: 9000, requests: 7000, seconds: 900 } });

    expect(finding?.evidence).toMatchObject({
      measured: true,
      seconds: 900,
      configLookups: 9000,
      requestsWritten: 7000,
      lookupsThatPollingExplains: 1560,
    });
    expect(finding?.summary).toContain('9000 lookups of "LiteLLM_Config" and 7000 requests in 15 min');
  });

  it('expects polling of each address on its own, and none of RDS or of other databases', () => {
    const groups = [
      sessionGroup({ clientAddress: '10.0.0.1', count: 1 }),
      sessionGroup({ clientAddress: '10.0.0.2', count: 4 }),
      sessionGroup({ clientAddress: '10.0.0.2', count: 2, state: 'active' }),
      sessionGroup({ user: 'rdsadmin', clientAddress: null, count: 50 }),
      sessionGroup({ database: 'other', count: 50 }),
    ];

    const findings = evaluateWith({ ...ROW, counted: FOLLOW, sources: { sessions: seen(sessions({ groups })) } });

    expect(findings).toMatchObject([{ evidence: { lookupsThatPollingExplains: 39 } }]);
  });

  const now = counted(FOLLOW);
  it.each<[string, Partial<Sources>]>([
    ['no earlier audit is known', { ...now, previous: skipped('No earlier audit is known.') }],
    ['the earlier audit did not count', { ...now, previous: seen(previous()) }],
    [
      'the server was restarted, or another took over',
      { ...now, server: seen(server({ startedAt: '2026-11-22T02:58:00.000Z' })) },
    ],
    ['the tables are of another schema', { ...now, server: seen(server({ litellmSchema: 'gateway' })) }],
    ['the statistics were reset', { ...now, ...withReading({ statsReset: '2026-11-22T02:50:00.000Z' }) }],
    ['a counter went backwards', { ...now, ...withReading({ configScans: 3 }) }],
    ['a table is gone', { ...now, ...withReading({ spendLogRows: null }) }],
    ['the tables could not be read', { ...now, litellm: failed('timeout') }],
    ['the clock of the server stands still', { ...counted({ ...FOLLOW, seconds: 0 }) }],
  ])('compares nothing when %s', (_what, sources) => {
    const findings = evaluateWith({ ...ROW, version: null, sources });

    expect(findings).toMatchObject([{ status: 'unknown', evidence: { measured: false } }]);
  });

  it('is unknown when there are no tables of LiteLLM', () => {
    const findings = evaluateWith({ settings: { global: { state: 'no-table' } } });

    expect(findings).toMatchObject([{ status: 'unknown', evidence: { table: 'LiteLLM_Config' } }]);
  });

  it('never throws, is never critical, and shows no NaN, for any two readings', () => {
    const version = fc.constantFrom(null, 'nonsense', '1.81.3', '1.108.13');
    fc.assert(
      fc.property(
        anyActivity,
        anyEarlierActivity,
        version,
        fc.nat({ max: 400 }),
        (activity, before, version, count) => {
          const [finding] = evaluateWith({
            ...ROW,
            version,
            sources: {
              litellm: seen(olderLitellm({ activity })),
              previous: seen(previous({ activity: before })),
              sessions: seen(sessions({ groups: [sessionGroup({ count })] })),
            },
          });

          expect(JSON.stringify(finding)).not.toMatch(/bug in the auditor|\b(NaN|undefined|Infinity)\b/);
          expect(finding?.status).not.toBe('critical');
        },
      ),
    );
  });
});

/** A later reading with other counters. */
function withReading(changes: { configScans?: number; spendLogRows?: number | null; statsReset?: string }) {
  const source = counted(FOLLOW).litellm;
  if (source.status !== 'ok' || source.value.activity.state !== 'seen') throw new Error('There is no reading.');
  return { litellm: seen(olderLitellm({ activity: { ...source.value.activity, ...changes } })) };
}
