import { describe, expect, it } from 'vitest';
import type { GlobalRouterSettings, LastPurge } from '../../../lambda/snapshot/snapshot.ts';
import {
  failed,
  findingsOf,
  globalRow,
  healthySnapshot,
  olderLitellm,
  routerSettings,
  seen,
  settingsFor,
} from '../../snapshots.ts';

const ID = 'router-settings-reappeared';

function purged(overrides: Partial<LastPurge> = {}): LastPurge {
  return {
    backup: 7,
    at: '2026-11-20T01:02:03.000Z',
    mode: 'automatic',
    hash: 'cd'.repeat(32),
    restoredAt: null,
    ...overrides,
  };
}

function evaluateWith(
  global: GlobalRouterSettings,
  configuredVersion: string | null = '1.81.3',
  purge: 'manual' | 'automatic' = 'automatic',
) {
  const snapshot = healthySnapshot({
    configuredVersion,
    sources: { litellm: seen(olderLitellm()), 'router-settings': seen(routerSettings({ global })) },
  });
  return findingsOf(ID, snapshot, settingsFor({ purge }));
}

describe(ID, () => {
  it.each<[string, GlobalRouterSettings]>([
    ['there is no row', { state: 'absent', lastPurge: purged() }],
    ['there never was a purge', globalRow()],
    ['the row was restored on purpose', globalRow({ lastPurge: purged({ restoredAt: '2026-11-21T00:00:00.000Z' }) })],
  ])('is ok when %s', (_name, global) => {
    expect(evaluateWith(global)).toMatchObject([{ kind: 'risk', status: 'ok', confidence: 'high' }]);
  });

  it.each([
    ['1.81.3', 'settings', 'warning'],
    [null, 'settings', 'warning'],
    ['1.108.13', 'settings', 'info'],
    ['1.81.3', 'empty', 'info'],
  ] as const)('says that it is back when the version is %s and the row holds %s: %s', (version, kind, status) => {
    const findings = evaluateWith(globalRow({ kind, lastPurge: purged() }), version);

    expect(findings).toMatchObject([
      {
        kind: 'risk',
        status,
        evidence: { backup: 7, sameValue: false },
        summary: expect.stringMatching(/is back after the purge of 2026-11-20/),
      },
    ]);
  });

  it('says so when the value is the same', () => {
    const row = globalRow({ lastPurge: purged({ hash: globalRow().hash }) });

    expect(evaluateWith(row)[0]?.summary).toContain('with the same value');
  });

  it.each([
    ['automatic', 'automatic', true],
    ['manual', 'automatic', false],
    ['automatic', 'manual', false],
  ] as const)(
    'shows whether automatic purges have stopped when the last was %s and the mode is %s',
    (mode, purge, stopped) => {
      const [finding] = evaluateWith(globalRow({ lastPurge: purged({ mode }) }), '1.81.3', purge);

      expect(finding?.summary.includes('Automatic purges have stopped')).toBe(stopped);
    },
  );

  it('offers the dry run first when it is back', () => {
    const [finding] = evaluateWith(globalRow({ lastPurge: purged() }));

    expect(finding?.advice.map(({ command }) => command)).toContain('{"action":"purge"}');
  });

  it.each<[string, GlobalRouterSettings]>([
    [
      'the row is hidden',
      { state: 'hidden', remediation: { text: 'Run this:', command: 'npm run --silent database-setup' } },
    ],
    ['there is no table', { state: 'no-table' }],
  ])('is unknown, for the same reason as global-router-settings, when %s', (_name, global) => {
    const sources = { 'router-settings': seen(routerSettings({ global })) };
    const [other] = findingsOf('global-router-settings', healthySnapshot({ sources }));

    expect(evaluateWith(global)).toMatchObject([{ status: 'unknown', summary: other?.summary, advice: other?.advice }]);
  });

  it('is unknown when the settings could not be read', () => {
    const findings = findingsOf(ID, healthySnapshot({ sources: { 'router-settings': failed('timeout') } }));

    expect(findings).toMatchObject([{ status: 'unknown' }]);
  });
});
