import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RouterLevel } from '../../lambda/litellm/router-effect.ts';
import { buildModel } from '../../lambda/model/model.ts';
import type { SeenEffect } from '../../lambda/model/router-effect.ts';
import type { ActivitySeen, ProxySource, Snapshot } from '../../lambda/snapshot/snapshot.ts';
import { anyActivity } from '../activity.ts';
import { healthySnapshot, litellm, proxy, seen, settingsFor, skipped } from '../snapshots.ts';

type StatedVersion = ProxySource['versions'][number];

interface World {
  readonly configured?: string | null;
  readonly stated?: readonly string[];
  readonly migrations?: readonly string[];
  readonly activity?: ActivitySeen;
}

const LOOKUPS_FOLLOW = { state: 'seen', seconds: 5, configScans: 600, spendLogRows: 500, reset: false } as const;
const LOOKUPS_APART = { state: 'seen', seconds: 5, configScans: 20, spendLogRows: 500, reset: false } as const;
const TEAM_COLUMN = '20260107111013_add_router_settings_to_keys_teams';

function snapshotOf({ configured = null, stated = [], migrations = [], activity }: World): Snapshot {
  const versions: readonly StatedVersion[] = stated.map((version) => ({ version, from: 'readiness', count: 1 }));
  return healthySnapshot({
    configuredVersion: configured,
    sources: {
      // Without its metrics: their trend says nothing here and takes most of the time.
      cloudwatch: skipped('Not asked.'),
      proxy: seen(proxy({ versions })),
      litellm: seen(
        litellm({
          migrations: { state: 'seen', applied: migrations, failed: [] },
          ...(activity === undefined ? {} : { activity }),
        }),
      ),
    },
  });
}

function effect(world: World, level: RouterLevel = 'global'): SeenEffect {
  const { routerEffects } = buildModel(snapshotOf(world), settingsFor());
  if (routerEffects === null) throw new Error('The router_settings were not seen.');
  return routerEffects[level];
}

describe('the effect of router_settings here', () => {
  it('is certain of a version that the proxy stated, over the configured one', () => {
    const seen = effect({ stated: ['1.81.3'], configured: '1.90.0' });

    expect(seen).toEqual({
      kind: 'per-request-router',
      version: '1.81.3',
      disputed: false,
      uncertainty: null,
    });
  });

  it('is less certain of a configured version', () => {
    const seen = effect({ configured: '1.81.3' });

    expect(seen).toMatchObject({ kind: 'per-request-router', disputed: false, uncertainty: { confidence: 'medium' } });
  });

  it('counts the version that costs most when replicas differ', () => {
    const seen = effect({ stated: ['1.108.13', '1.81.3'] });

    expect(seen).toMatchObject({
      kind: 'per-request-router',
      version: '1.81.3',
      uncertainty: { confidence: 'medium' },
    });
  });

  it('is unknown for a lower bound inside the range', () => {
    const seen = effect({ migrations: [TEAM_COLUMN] });

    expect(seen).toMatchObject({
      kind: 'unknown',
      version: null,
      uncertainty: { reason: expect.stringContaining('At least LiteLLM 1.80.13') },
    });
  });

  it.each([
    ['global', '20260131150814_add_team_user_to_vector_stores', 'shared-router', '1.81.6 or newer'],
    ['key', '20260131150814_add_team_user_to_vector_stores', 'no-router', '1.81.6 or newer'],
    ['global', '20260205091235_allow_team_guardrail_config', 'shared-router', '1.81.8 or newer'],
    ['team', '20260205091235_allow_team_guardrail_config', 'no-router', '1.81.8 or newer'],
    ['team', '20260205144610_add_soft_budget_to_team_table', 'normal-feature', '1.81.9 or newer'],
  ] as const)('holds %s settings after the migration %s to be %s', (level, migration, kind, version) => {
    const seen = effect({ migrations: [TEAM_COLUMN, migration] }, level);

    expect(seen).toMatchObject({ kind, version, uncertainty: { confidence: 'low' } });
  });

  it.each([
    ['1.80.16', LOOKUPS_FOLLOW, 'per-request-router', false, undefined],
    ['1.80.16', LOOKUPS_APART, 'per-request-router', true, 'low'],
    ['1.81.6rc1', LOOKUPS_FOLLOW, 'per-request-router', false, 'medium'],
    ['1.81.6rc1', LOOKUPS_APART, 'no-router', false, 'medium'],
    ['nonsense', LOOKUPS_FOLLOW, 'per-request-router', false, 'medium'],
    ['nonsense', LOOKUPS_APART, 'no-router', false, 'medium'],
    ['1.81.3', LOOKUPS_FOLLOW, 'per-request-router', false, undefined],
    ['1.81.3', LOOKUPS_APART, 'per-request-router', true, 'low'],
    ['1.90.0', LOOKUPS_FOLLOW, 'per-request-router', true, 'low'],
    ['1.90.0', LOOKUPS_APART, 'shared-router', false, undefined],
  ] as const)('lets the behaviour decide on %s (%o): %s', (version, activity, kind, disputed, confidence) => {
    const seen = effect({ stated: [version], activity });

    expect(seen).toMatchObject({ kind, disputed });
    expect(seen.uncertainty?.confidence).toBe(confidence);
  });

  it('quotes what was measured', () => {
    const seen = effect({ stated: ['1.81.6rc1'], activity: LOOKUPS_FOLLOW });

    expect(seen.uncertainty?.reason).toContain('600 lookups of "LiteLLM_Config" and 500 requests in 5 s');
  });

  it('never throws, and gives a reason for every uncertainty', () => {
    const version = fc.oneof(fc.string(), fc.constantFrom('1.80.12', '1.80.16', '1.81.3', '1.81.8', '1.200.0rc1'));
    const world = fc.record(
      { configured: fc.option(version), stated: fc.array(version, { maxLength: 3 }), activity: anyActivity },
      { requiredKeys: [] },
    );

    fc.assert(
      fc.property(world, fc.constantFrom('global' as const, 'team' as const), (any, level) => {
        const { uncertainty } = effect(any, level);

        expect(uncertainty?.reason ?? 'none').toMatch(/^(?!.*\b(NaN|undefined)\b).+/s);
      }),
    );
  });
});
