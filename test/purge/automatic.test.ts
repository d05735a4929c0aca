import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildModel } from '../../lambda/model/model.ts';
import { runAutomaticPurge } from '../../lambda/purge/automatic.ts';
import { buildReport } from '../../lambda/report/build.ts';
import type { Settings } from '../../lambda/settings/settings.ts';
import type { LastPurge, Sources } from '../../lambda/snapshot/snapshot.ts';
import { counted } from '../activity.ts';
import {
  globalRow,
  healthySnapshot,
  litellm,
  type PresentRow,
  proxy,
  routerSettings,
  seen,
  settingsFor,
} from '../snapshots.ts';
import { type Bench, hashOf, startBench } from './bench.ts';

const SCHEDULED_AT = '2026-11-22T03:00:00Z';
const BUDGET_MS = 30_000;
interface Circumstances {
  readonly budgetMs?: number;
  readonly configured?: string | null;
  readonly sources?: Partial<Sources>;
}

const HARMFUL = { keys: [{ name: 'num_retries', empty: false }], routingPolicy: [] };

/** The sources of a proxy whose replicas state these versions. */
function stating(...versions: readonly string[]): Partial<Sources> {
  return { proxy: seen(proxy({ versions: versions.map((version) => ({ version, from: 'readiness', count: 1 })) })) };
}

/**
 * What is done after an audit that saw this row; there is no database behind it, so a purge that is tried fails.
 * @param version as the proxy states it; null when nothing does
 */
function afterAudit(
  row: Partial<PresentRow>,
  version: string | null,
  settings: Partial<Settings> = {},
  { budgetMs = BUDGET_MS, configured = null, sources = {} }: Circumstances = {},
) {
  const snapshot = healthySnapshot({
    configuredVersion: configured,
    sources: {
      'router-settings': seen(routerSettings({ global: globalRow({ ...HARMFUL, ...row }) })),
      ...(version === null ? {} : stating(version)),
      ...sources,
    },
  });
  const base = settingsFor({ purge: 'automatic', connectTimeoutMs: 1000 });
  const login = { kind: 'password', password: '' } as const;
  const nowhere = { ...base, target: { ...base.target, host: '127.0.0.1', port: 1, login }, ...settings };
  const model = buildModel(snapshot, nowhere);
  const report = buildReport(snapshot, model, nowhere, 1);
  return runAutomaticPurge({ snapshot, model, report }, SCHEDULED_AT, nowhere, budgetMs);
}

function lastPurge(overrides: Partial<LastPurge>): LastPurge {
  return { backup: 1, at: '2026-11-01T00:00:00.000Z', mode: 'manual', hash: '', restoredAt: null, ...overrides };
}

function noteOf({ report }: Awaited<ReturnType<typeof afterAudit>>): unknown {
  return report.findings.find(({ checkId }) => checkId === 'global-router-settings')?.evidence.automaticPurge;
}

describe('after a scheduled audit', () => {
  it.each<[string, Partial<PresentRow>, string]>([
    ['the version builds a Router per request', {}, '1.81.3'],
    ['the guide calls the version fixed, and it is not', {}, '1.80.16'],
    ['the row is back after a purge by hand', { lastPurge: lastPurge({}) }, '1.81.3'],
  ])('a purge is tried when %s', async (_name, row, version) => {
    const done = await afterAudit(row, version);

    expect(done.operation).toMatchObject({ action: 'purge', mode: 'automatic', requestId: `schedule ${SCHEDULED_AT}` });
  });

  it.each<[string, Partial<PresentRow>, string | null, Partial<Settings>]>([
    ['the mode is manual', {}, '1.81.3', { purge: 'manual' }],
    ['the mode is disabled', {}, '1.81.3', { purge: 'disabled' }],
    ['the version builds no Router per request', {}, '1.108.13', {}],
    ['the version has no Router per request yet', {}, '1.80.13', {}],
    ['the version has none any more', {}, '1.81.6', {}],
    ['the version is not known', {}, null, {}],
    ['the row holds routing policy', { routingPolicy: ['fallbacks'] }, '1.81.3', {}],
    ['the row holds nothing', { kind: 'empty', keys: [] }, '1.81.3', {}],
    ['the row is a string', { kind: 'text', keys: [] }, '1.81.3', {}],
    ['the row came back after an automatic purge', { lastPurge: lastPurge({ mode: 'automatic' }) }, '1.81.3', {}],
    ['somebody restored the row', { lastPurge: lastPurge({ restoredAt: '2026-11-02T00:00:00.000Z' }) }, '1.81.3', {}],
  ])('no purge is tried when %s', async (_name, row, version, settings) => {
    const done = await afterAudit(row, version, settings);

    expect([done.operation, noteOf(done)]).toEqual([null, undefined]);
  });

  const migrated = (...applied: readonly string[]) => ({
    litellm: seen(litellm({ migrations: { state: 'seen', applied, failed: [] } })),
  });
  const IN_RANGE = '20260107111013_add_router_settings_to_keys_teams';
  const PAST = '20260131150814_add_team_user_to_vector_stores';
  it.each<[string, boolean, Circumstances]>([
    ['the version is configured, and nothing else shows it', false, { configured: '1.81.3' }],
    ['the migrations show that no newer one ran', true, { configured: '1.81.3', sources: migrated(IN_RANGE) }],
    ['the migrations show that a newer one ran', false, { configured: '1.81.3', sources: migrated(IN_RANGE, PAST) }],
    [
      'two audits show a lookup per request',
      true,
      { configured: '1.81.3', sources: counted({ lookups: 5000, requests: 3000, seconds: 900 }) },
    ],
    ['two audits show it, and nothing states a version', false, { sources: counted({ lookups: 552, requests: 500 }) }],
    ['one replica of two is of a newer version', false, { sources: stating('1.81.3', '1.108.13') }],
    [
      'two audits contradict the version',
      false,
      { sources: { ...stating('1.81.3'), ...counted({ lookups: 10, requests: 3000 }) } },
    ],
    ['the proxy states a build between two versions', false, { sources: stating('1.81.6rc1') }],
  ])('is certain enough, or says why not, when %s: %s', async (_what, isTried, circumstances) => {
    const done = await afterAudit({}, null, {}, circumstances);

    expect(done.operation !== null).toBe(isTried);
    if (!isTried) expect(noteOf(done)).toMatch(/^Not tried: it is not certain/);
  });

  it('the report says why when a purge was tried and failed', async () => {
    const done = await afterAudit({}, '1.81.3');

    expect(done.operation?.result).toBe('failed');
    expect(noteOf(done)).toMatch(/^A purge failed, and nothing was changed\. The host could not be reached/);
  });

  it('the report says so when there is no time left to try', async () => {
    const done = await afterAudit({}, '1.81.3', {}, { budgetMs: 1000 });

    expect([done.operation, noteOf(done)]).toEqual([null, 'Not tried: the audit left no time for it.']);
  });
});

describe('the database', () => {
  const ROW = '{"num_retries": 3}';
  const POLICY = '{"fallbacks": [{"a": ["b"]}]}';
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench('automatic');
  });
  afterAll(() => bench.stop());

  const purge = (mode: 'manual' | 'automatic') => bench.ask({ action: 'purge', confirm: hashOf(ROW) }, { mode });
  const stopped = (reason: string) => ({ result: 'refused', outcome: { outcome: 'automatic-stopped', reason } });

  it('stops automatic purges when the row has come back after one, until somebody has purged by hand', async () => {
    await bench.start(ROW);
    await purge('automatic');
    await bench.write(ROW);

    expect(await purge('automatic')).toMatchObject(stopped('reappeared'));
    expect(await purge('manual')).toMatchObject({ result: 'done' });
  });

  it.each(['manual', 'automatic'] as const)('stops them when the row was restored after a purge (%s)', async (mode) => {
    await bench.start(ROW);
    await purge(mode);
    await bench.ask({ action: 'restore', backup: 1 });

    expect(await purge('automatic')).toMatchObject(stopped('restored'));
  });

  it('makes one a day at most when a purge by hand has let them go on', async () => {
    await bench.start(ROW);
    await purge('automatic');
    await bench.write(ROW);
    await purge('manual');
    await bench.write(ROW);

    const soon = await purge('automatic');
    await bench.database.query(
      `UPDATE litellm_auditor.router_settings_backup SET taken_at = taken_at - interval '1 day'`,
    );
    const nextDay = await purge('automatic');

    expect(soon).toMatchObject(stopped('once-a-day'));
    expect(nextDay).toMatchObject({ result: 'done' });
  });

  it('loses no routing policy automatically, not even when the request allows it', async () => {
    await bench.start(POLICY);

    const answer = await bench.ask(
      { action: 'purge', confirm: hashOf(POLICY), loseRoutingPolicy: true },
      { mode: 'automatic' },
    );

    expect(answer).toMatchObject({ result: 'refused', outcome: { outcome: 'routing-policy' } });
    expect(await bench.row()).toBe(POLICY);
  });
});
