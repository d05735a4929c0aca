import { describe, expect, it } from 'vitest';
import { allVersions, runningVersion } from '../../lambda/model/running-version.ts';
import type { LitellmSource, ProxySource } from '../../lambda/snapshot/snapshot.ts';
import { healthySnapshot, litellm, olderLitellm, proxy, seen, skipped } from '../snapshots.ts';

function stated(versions: ProxySource['versions'], configuredVersion: string | null = '1.80.0') {
  return runningVersion(healthySnapshot({ configuredVersion, sources: { proxy: seen(proxy({ versions })) } }));
}

function migrated(...applied: readonly string[]) {
  const source = seen(olderLitellm({ migrations: { state: 'seen', applied, failed: [] } }));
  return runningVersion(healthySnapshot({ configuredVersion: null, sources: { litellm: source } }));
}

describe('runningVersion', () => {
  it.each(['readiness', 'model-hub', 'readiness-details'] as const)(
    'is what the proxy states by %s, and certain, whatever is configured',
    (from) => {
      expect(stated([{ version: '1.81.3', from, count: 3 }])).toEqual({
        version: '1.81.3',
        from,
        confidence: 'high',
        lowerBound: false,
      });
    },
  );

  it('trusts readiness more than the model hub, and that more than the details', () => {
    const version = stated([
      { version: '1.3.0', from: 'readiness-details', count: 3 },
      { version: '1.2.0', from: 'model-hub', count: 3 },
      { version: '1.1.0', from: 'readiness', count: 1 },
    ]);

    expect(version).toMatchObject({ version: '1.1.0', from: 'readiness' });
  });

  it('names all versions, and is less certain, when the replicas differ', () => {
    const version = stated([
      { version: '1.81.3', from: 'readiness', count: 2 },
      { version: '1.81.9', from: 'readiness', count: 1 },
      { version: '1.81.3', from: 'model-hub', count: 1 },
      { version: '1.108.13', from: 'model-hub', count: 2 },
    ]);

    expect(version).toMatchObject({ version: '1.81.3', confidence: 'medium', others: ['1.81.9', '1.108.13'] });
    expect(version && allVersions(version)).toEqual(['1.81.3', '1.81.9', '1.108.13']);
  });

  it('is the configured one, of medium confidence, when the proxy states none', () => {
    expect(stated([], 'v1.81.3-stable')).toEqual({
      version: 'v1.81.3-stable',
      from: 'configured',
      confidence: 'medium',
      lowerBound: false,
    });
  });

  it('is a lower bound by the migrations when nothing else states it', () => {
    const version = migrated(
      '20260123131407_add_policy_tables_and_policies_field',
      '20250326162113_baseline',
      '20990101000000_of_a_later_version',
    );

    expect(version).toEqual({
      version: '1.81.2',
      from: 'migrations',
      confidence: 'low',
      lowerBound: true,
      newerThanKnown: true,
    });
  });

  it.each<[string, LitellmSource['workers']]>([
    ['a lower bound by the heartbeat table', litellm().workers],
    ['the same when the table may not be read', { state: 'hidden', remediation: { text: 'GRANT' } }],
  ])('is %s when the migrations show less', (_name, workers) => {
    const source = seen(litellm({ workers, migrations: { state: 'no-table' } }));

    const version = runningVersion(healthySnapshot({ configuredVersion: null, sources: { litellm: source } }));

    expect(version).toEqual({ version: '1.99.0', from: 'heartbeats', confidence: 'low', lowerBound: true });
  });

  it('is what the migrations show when that is more than the heartbeat table', () => {
    const applied = ['20260814000000_add_proxy_worker_heartbeat', '20261015000000_managed_object_end_user_id'];
    const source = seen(litellm({ migrations: { state: 'seen', applied, failed: [] } }));

    const version = runningVersion(healthySnapshot({ configuredVersion: null, sources: { litellm: source } }));

    expect(version).toMatchObject({ version: '1.108.0', from: 'migrations' });
  });

  it('is not known when nothing states it', () => {
    expect(migrated()).toBeNull();
    expect(migrated('20990101000000_of_another_application')).toBeNull();
    expect(
      runningVersion(
        healthySnapshot({
          configuredVersion: null,
          sources: { proxy: skipped('Not configured.'), litellm: skipped('No connection.') },
        }),
      ),
    ).toBeNull();
  });
});
