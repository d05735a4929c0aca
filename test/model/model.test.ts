import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildModel, type Model } from '../../lambda/model/model.ts';
import { SOURCE_NAMES, type SourceName, type SourceResult, type Sources } from '../../lambda/snapshot/snapshot.ts';
import {
  cloudwatch,
  failed,
  globalRow,
  healthySnapshot,
  holders,
  litellm,
  olderLitellm,
  proxy,
  rds,
  rdsInstance,
  routerSettings,
  seen,
  server,
  sessionGroup,
  sessions,
  settingsFor,
  skipped,
} from '../snapshots.ts';

const DERIVED = ['slots', 'topology', 'trend', 'routerEffects'] as const;

function modelWith(sources: Partial<Sources>): Model {
  return buildModel(healthySnapshot({ sources }), settingsFor());
}

/** The derived parts that are not there. */
function missing(model: Model): readonly string[] {
  return DERIVED.filter((name) => model[name] === null);
}

describe('buildModel', () => {
  it('derives everything when every source is there', () => {
    const model = modelWith({});

    expect(missing(model)).toEqual([]);
    expect(model).toMatchObject({
      slots: { usable: 55, used: 20 },
      topology: { who: { users: ['litellm'], sessions: 20 } },
      version: { text: '1.108.13' },
      iamLogin: { use: 'yes' },
    });
  });

  it.each<readonly [SourceName, readonly string[]]>([
    ['connection', []],
    ['server', ['slots', 'topology']],
    ['sessions', ['slots', 'topology']],
    ['router-settings', ['routerEffects']],
    ['litellm', []],
    ['rds', []],
    ['cloudwatch', ['trend']],
    ['proxy', []],
    ['previous', []],
  ])('leaves out, without %s, only what is made of it: %j', (source, parts) => {
    expect(missing(modelWith({ [source]: failed('timeout') }))).toEqual(parts);
    expect(missing(modelWith({ [source]: skipped('Not configured.') }))).toEqual(parts);
  });

  it('knows no version, login or lookups when nothing was seen', () => {
    const nothing = Object.fromEntries(SOURCE_NAMES.map((name) => [name, failed('timeout')]));

    const model = buildModel(healthySnapshot({ configuredVersion: null, sources: nothing }), settingsFor());

    expect(model).toMatchObject({
      slots: null,
      topology: null,
      trend: null,
      routerEffects: null,
      runningVersion: null,
      version: null,
      iamLogin: { use: 'not-seen' },
      routerLookups: { verdict: 'not-measured' },
      growthShare: null,
      sessionsSince: null,
      tokenLogins: 'not-seen',
      servesOthers: null,
    });
  });

  it('uses the oldest version of replicas that differ, and none where only a lower bound is known', () => {
    const versions = ['1.104.7', '1.95.0'].map((version) => ({ version, from: 'readiness' as const, count: 1 }));
    const applied = ['20260107111013_add_router_settings_to_keys_teams'];

    const replicas = modelWith({ proxy: seen(proxy({ versions })) });
    const migrated = buildModel(
      healthySnapshot({
        configuredVersion: null,
        sources: { litellm: seen(olderLitellm({ migrations: { state: 'seen', applied, failed: [] } })) },
      }),
      settingsFor(),
    );

    expect(replicas.version?.text).toBe('1.95.0');
    expect(migrated).toMatchObject({ runningVersion: { version: '1.80.13', lowerBound: true }, version: null });
  });

  it('never throws, and is the same each time, whatever is missing', () => {
    const sources = fc.record(
      {
        connection: absent(),
        server: oneOf([
          server(),
          server({ maxConnections: 5 }),
          server({ now: 'no time', litellmSchema: null, tables: [] }),
        ]),
        sessions: oneOf([
          sessions(),
          sessions({ groups: [] }),
          sessions({ hidden: 7, groups: [sessionGroup({ state: null, clientAddress: null, count: 7 })] }),
          sessions({ groups: [sessionGroup({ user: '', count: 0 }), sessionGroup({ application: 'psql' })] }),
        ]),
        'router-settings': oneOf([
          routerSettings({ global: globalRow(), team: holders({ live: 1 }) }),
          routerSettings({ global: { state: 'no-table' }, team: { state: 'no-column' }, key: { state: 'no-table' } }),
        ]),
        litellm: oneOf([
          litellm(),
          litellm({
            workers: { state: 'no-table' },
            migrations: { state: 'no-table' },
            activity: { state: 'no-table' },
          }),
          litellm({ activity: { state: 'not-seen' } }),
        ]),
        rds: oneOf([rds(), rds({ instances: [] }), rds({ instances: [rdsInstance({ status: 'failed' })] })]),
        cloudwatch: oneOf([cloudwatch(), cloudwatch({ connections: { periodSeconds: 300, points: [] } })]),
        proxy: oneOf([
          proxy(),
          proxy({ readiness: [], versions: [{ version: 'nonsense', from: 'readiness', count: 1 }] }),
        ]),
        previous: absent(),
      },
      { requiredKeys: [] },
    );

    fc.assert(
      fc.property(sources, fc.constantFrom(null, '1.80.16', '1.108.13', 'nonsense'), (some, configuredVersion) => {
        const snapshot = healthySnapshot({ configuredVersion, sources: some });
        const model = buildModel(snapshot, settingsFor());

        expect(model).toEqual(buildModel(snapshot, settingsFor()));
        expect(JSON.stringify(model)).not.toMatch(/undefined/);
      }),
    );
  });
});

/** A source that failed or was skipped. */
function absent(): fc.Arbitrary<SourceResult<never>> {
  return fc.constantFrom(
    failed('timeout'),
    failed('permission-denied', { code: '42501' }),
    skipped('Not asked.', 'it'),
  );
}

/** One of these values of a source, or none. */
function oneOf<Value>(values: readonly Value[]): fc.Arbitrary<SourceResult<Value>> {
  return fc.oneof(fc.constantFrom(...values.map(seen)), absent());
}
