import { describe, expect, it } from 'vitest';
import type { RouterSettingsSource } from '../../../lambda/snapshot/snapshot.ts';
import { counted } from '../../activity.ts';
import {
  findingsOf,
  globalRow,
  healthySnapshot,
  olderLitellm,
  routerSettings,
  seen,
  server,
  settingsFor,
  textOf,
} from '../../snapshots.ts';

const ID = 'global-router-settings';

function evaluateWith(configuredVersion: string | null, overrides: Partial<RouterSettingsSource> = {}) {
  return findingsOf(
    ID,
    healthySnapshot({
      configuredVersion,
      sources: {
        litellm: seen(olderLitellm()),
        'router-settings': seen(routerSettings({ global: globalRow(), ...overrides })),
      },
    }),
  );
}

const OLD_SCHEMA = { team: { state: 'no-column' }, key: { state: 'no-column' } } as const;

describe(ID, () => {
  it('is ok when there is no row', () => {
    const findings = evaluateWith('1.81.3', { global: { state: 'absent', lastPurge: null } });

    expect(findings).toMatchObject([{ kind: 'risk', status: 'ok' }]);
  });

  it.each([
    ['automatic', 'automatically'],
    ['manual', 'manually'],
  ] as const)('shows the purge and its backup when there is no row and the last purge was %s', (mode, how) => {
    const lastPurge = { backup: 7, at: '2026-11-20T01:02:03.000Z', mode, hash: 'cd'.repeat(32), restoredAt: null };

    const findings = evaluateWith('1.81.3', { global: { state: 'absent', lastPurge } });

    expect(findings).toMatchObject([{ status: 'ok', evidence: { backup: 7 }, summary: expect.stringContaining(how) }]);
  });

  it.each(['sql-null', 'json-null', 'empty'] as const)('is ok when the row is %s', (kind) => {
    const findings = evaluateWith('1.81.3', { global: globalRow({ kind, keys: [] }) });

    expect(findings).toMatchObject([{ status: 'ok', confidence: 'high' }]);
  });

  it.each([
    ['1.80.12', 'info', 'medium', OLD_SCHEMA],
    ['1.80.13', 'info', 'medium', {}],
    ['1.80.15', 'warning', 'medium', {}],
    ['1.80.16', 'warning', 'medium', {}],
    ['1.81.0', 'warning', 'medium', {}],
    ['v1.81.5-stable', 'warning', 'medium', {}],
    ['1.81.6', 'info', 'medium', {}],
    ['1.81.7', 'info', 'medium', {}],
    ['1.108.13', 'info', 'medium', {}],
    ['1.120.0', 'info', 'medium', {}],
    [null, 'warning', 'medium', {}],
    ['latest', 'warning', 'medium', {}],
  ])('rates a row on %s as %s with %s confidence', (version, status, confidence, schema) => {
    const findings = evaluateWith(version, schema);

    expect(findings).toMatchObject([{ kind: 'risk', status, confidence }]);
  });

  it('shows the cost, what a removal would lose, and how to remove it manually', () => {
    const [finding] = evaluateWith('1.81.3');

    expect(finding?.summary).toBe(
      'The global router_settings row holds 4 settings; LiteLLM 1.81.3 queries for it and builds a Router on each LLM request.',
    );
    expect(finding?.evidence).toMatchObject({
      litellmVersion: '1.81.3',
      effect: 'per-request-router',
      settings: ['fallbacks', 'model_group_alias (empty)', 'num_retries', 'redis_password'],
      routingPolicyLostWithTheRow: ['fallbacks'],
      settingsThatMayHoldSecrets: ['redis_password'],
    });
    expect(finding?.advice[0]?.text).toContain('Upgrade LiteLLM');
    expect(finding?.advice.map(({ command }) => command ?? '').join('\n')).toContain(
      `DELETE FROM "public"."LiteLLM_Config" WHERE param_name = 'router_settings';`,
    );
    expect(textOf([...(finding ? [finding] : [])])).toMatch(/writes the row back/);
  });

  it.each(['manual', 'automatic'] as const)(
    'shows how to purge it instead of deleting it manually when purge is %s',
    (purge) => {
      const snapshot = healthySnapshot({
        configuredVersion: '1.81.3',
        sources: { 'router-settings': seen(routerSettings({ global: globalRow() })) },
      });

      const findings = findingsOf(ID, snapshot, settingsFor({ purge }));

      expect(findings[0]?.advice.map(({ command }) => command)).toContain('{"action":"purge"}');
      expect(textOf(findings)).not.toContain('DELETE');
    },
  );

  it('keeps a copy before it deletes', () => {
    const commands = evaluateWith('1.81.3')[0]?.advice.map(({ command = '' }) => command) ?? [];

    const copy = commands.findIndex((command) => command.includes('router_settings.json'));

    expect(copy).toBeGreaterThan(-1);
    expect(copy).toBeLessThan(commands.findIndex((command) => command.startsWith('DELETE')));
  });

  it('names the range and how to find out the version when it is not known', () => {
    const [finding] = evaluateWith(null);

    expect(finding?.summary).toContain('1.80.15 to 1.81.5');
    expect(finding?.confidenceReason).toContain('"litellmVersion" is not set');
    expect(finding?.advice[0]?.command).toContain("version('litellm')");
  });

  it('says that purging fixes nothing from 1.81.6 on, and offers none', () => {
    const findings = evaluateWith('1.81.6');

    expect(findings[0]?.summary).toContain(
      'purging fixes nothing on this version and can lose configuration (fallbacks)',
    );
    expect(textOf(findings)).not.toContain('DELETE');
  });

  it.each([
    [600, 'warning', 'queries for it and builds a Router on each LLM request.'],
    [20, 'info', 'builds no Router per request, so purging fixes nothing on this version'],
  ])('lets %i lookups for 500 requests decide on 1.81.6rc1: %s', (lookups, status, words) => {
    const snapshot = healthySnapshot({
      configuredVersion: '1.81.6rc1',
      sources: {
        'router-settings': seen(routerSettings({ global: globalRow() })),
        ...counted({ lookups, requests: 500 }),
      },
    });

    const findings = findingsOf(ID, snapshot);

    expect(findings).toMatchObject([{ status, confidence: 'medium', summary: expect.stringContaining(words) }]);
  });

  it('says that it is not certain of a version that the schema contradicts', () => {
    const [finding] = evaluateWith('1.81.3', OLD_SCHEMA);

    expect(finding?.summary).toMatch(/builds a Router on each LLM request, but that is not certain\.$/);
  });

  it('does not believe a version that is older than the columns', () => {
    const findings = evaluateWith('1.80.10');

    expect(findings).toMatchObject([
      { status: 'warning', confidenceReason: expect.stringContaining('a newer version has run') },
    ]);
  });

  it('is less certain of a version that is newer than the columns', () => {
    const findings = evaluateWith('1.81.3', OLD_SCHEMA);

    expect(findings).toMatchObject([{ status: 'warning', confidence: 'low' }]);
  });

  it('rates by the schema when it is older than the regression and no version is known', () => {
    const findings = evaluateWith(null, OLD_SCHEMA);

    expect(findings).toMatchObject([{ status: 'info', confidence: 'medium' }]);
  });

  it('shows that a string is skipped on reload, and what that is based on', () => {
    const findings = evaluateWith('1.81.3', { global: globalRow({ kind: 'text', keys: [] }) });

    expect(findings).toMatchObject([
      { status: 'info', confidence: 'medium', confidenceReason: expect.stringContaining('#31836') },
    ]);
  });

  it('is not certain of any other value', () => {
    const findings = evaluateWith('1.81.3', { global: globalRow({ kind: 'other', keys: [] }) });

    expect(findings).toMatchObject([{ status: 'info', confidence: 'low' }]);
  });

  it('counts the settings that are not shown', () => {
    const findings = evaluateWith('1.81.3', { global: globalRow({ keyCount: 140 }) });

    expect(findings[0]?.evidence.settingsNotShown).toBe(136);
  });

  it('is unknown with the command when the row is hidden', () => {
    const remediation = { text: 'Run this:', command: 'npm run --silent database-setup' };

    const findings = evaluateWith('1.81.3', { global: { state: 'hidden', remediation } });

    expect(findings).toMatchObject([{ kind: 'risk', status: 'unknown', advice: [remediation] }]);
  });

  it('is unknown when this is not the database of LiteLLM', () => {
    const snapshot = healthySnapshot({
      sources: {
        server: seen(server({ litellmSchema: null, otherLitellmSchemas: ['staging'], tables: [] })),
        'router-settings': seen(routerSettings({ global: { state: 'no-table' } })),
      },
    });

    const findings = findingsOf(ID, snapshot, settingsFor({ litellmSchema: 'live' }));

    expect(findings).toMatchObject([
      { status: 'unknown', summary: 'The database litellm has no LiteLLM tables in the schema live.' },
    ]);
    expect(findings[0]?.advice[0]?.text).toContain('staging');
  });

  it('is unknown when LiteLLM has other tables but not this one', () => {
    const findings = evaluateWith('1.81.3', { global: { state: 'no-table' } });

    expect(findings).toMatchObject([
      { status: 'unknown', summary: 'The schema public has LiteLLM tables, but no LiteLLM_Config.' },
    ]);
  });

  it('quotes the schema of the table', () => {
    const snapshot = healthySnapshot({
      configuredVersion: '1.81.3',
      sources: {
        server: seen(server({ litellmSchema: `a"b'c` })),
        'router-settings': seen(routerSettings({ global: globalRow() })),
      },
    });

    const commands = findingsOf(ID, snapshot)[0]?.advice.map(({ command = '' }) => command) ?? [];

    expect(commands.at(-2)).toBe(`DELETE FROM "a""b'c"."LiteLLM_Config" WHERE param_name = 'router_settings';`);
    expect(commands.at(-3)).toContain(`FROM "a""b'\\''c"."LiteLLM_Config"`);
  });
});
