import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../lambda/core/finding.ts';
import type { Settings } from '../../../lambda/settings/settings.ts';
import type { ServerSource, Sources } from '../../../lambda/snapshot/snapshot.ts';
import { ago } from '../../sessions.ts';
import {
  failed,
  findingsOf,
  healthySnapshot,
  litellm,
  olderLitellm,
  proxy,
  rds,
  rdsInstance,
  seen,
  server,
  sessionGroup,
  sessions,
  settingsFor,
  skipped,
  table,
} from '../../snapshots.ts';

const ID = 'failover';

const NOBODY = seen(sessions({ groups: [] }));
const DISCONNECTED = seen(proxy({ readiness: [{ httpStatus: 503, database: 'disconnected' }] }));
const SHUTTING_DOWN = seen(proxy({ readiness: [{ httpStatus: 503, database: null, shuttingDown: true }] }));
const NO_WORKERS = seen(litellm({ workers: { state: 'seen', live: 0, podCount: 0, pods: [] } }));

function failedOver(minutesAgo: number): Sources['rds'] {
  return seen(rds({ events: { state: 'seen', events: [{ at: ago(minutesAgo), categories: ['failover'] }] } }));
}

function findings(sources: Partial<Sources>, settings: Partial<Settings> = {}): readonly Finding[] {
  return findingsOf(ID, healthySnapshot({ sources }), settingsFor(settings));
}

function on(overrides: Partial<ServerSource>): Sources['server'] {
  return seen(server(overrides));
}

describe(ID, () => {
  it('passes when LiteLLM is on this server, also after a failover', () => {
    expect(findings({})).toMatchObject([{ status: 'ok', evidence: { state: 'here', litellmSessions: 20 } }]);
    expect(findings({ rds: failedOver(20) })).toMatchObject([
      { status: 'ok', evidence: { failoversInADay: 1, lastInterruption: { kind: 'failover' } } },
    ]);
  });

  it.each([
    ['RDS failed over 20 minutes ago', { rds: failedOver(20) }, 'high'],
    [
      'RDS failed over 20 minutes ago and the server was started since',
      { rds: failedOver(20), server: on({ startedAt: ago(1) }) },
      'high',
    ],
    ['the server was started 20 minutes ago', { server: on({ startedAt: ago(20) }) }, 'medium'],
    [
      'the events may not be read',
      {
        server: on({ startedAt: ago(20) }),
        rds: seen(
          rds({ events: { state: 'failed', failure: { kind: 'permission-denied', message: 'Permission denied.' } } }),
        ),
      },
      'medium',
    ],
    ['only heartbeats say connected', { rds: failedOver(20), proxy: skipped('It is not configured.') }, 'high'],
    ['only readiness says connected', { rds: failedOver(20), litellm: NO_WORKERS }, 'high'],
  ] satisfies readonly (readonly [string, Partial<Sources>, string])[])(
    'is critical when nobody of LiteLLM is here, it says connected, and %s',
    (_, sources, confidence) => {
      const [finding] = findings({ sessions: NOBODY, ...sources });

      expect(finding).toMatchObject({
        kind: 'incident',
        status: 'critical',
        confidence,
        evidence: { state: 'left-behind' },
      });
      // Whoever follows it on the wrong database restarts one pod.
      expect(finding?.advice[0]?.text).toMatch(/^Restart one proxy pod/);
      expect(finding?.advice[0]?.command).toContain("usename IN ('litellm')");
    },
  );

  it('waits when the failover was a moment ago', () => {
    expect(findings({ sessions: NOBODY, rds: failedOver(4) })).toMatchObject([
      { status: 'info', evidence: { state: 'reconnecting' } },
    ]);
  });

  it.each([
    ['nothing was restarted in the last day', {}],
    ['the failover was two days ago', { rds: failedOver(2 * 24 * 60) }],
    [
      'another event was 20 minutes ago',
      {
        rds: seen(rds({ events: { state: 'seen', events: [{ at: ago(20), categories: ['backup'] }] } })),
      },
    ],
    ['LiteLLM says that it is not connected', { rds: failedOver(20), proxy: DISCONNECTED, litellm: NO_WORKERS }],
    ['its pods shut down', { rds: failedOver(20), proxy: SHUTTING_DOWN, litellm: NO_WORKERS }],
    ['nothing says how LiteLLM is', { rds: failedOver(20), proxy: failed('timeout'), litellm: seen(olderLitellm()) }],
    ['this is a reader', { rds: failedOver(20), server: on({ inRecovery: true }) }],
  ] satisfies readonly (readonly [string, Partial<Sources>])[])(
    'is unknown, and no failover, when nobody of LiteLLM is here and %s',
    (_, sources) => {
      expect(findings({ sessions: NOBODY, ...sources })).toMatchObject([{ status: 'unknown' }]);
    },
  );

  it('is unknown when sessions are hidden', () => {
    const hidden = seen(sessions({ groups: [sessionGroup({ state: null, clientAddress: null })], hidden: 10 }));

    expect(findings({ sessions: hidden, rds: failedOver(20) })).toMatchObject([
      { status: 'unknown', evidence: { hidden: 10 } },
    ]);
  });

  it('is critical when LiteLLM holds sessions on a reader and no heartbeat is written', () => {
    const [finding] = findings({ server: on({ inRecovery: true }), litellm: NO_WORKERS });

    expect(finding).toMatchObject({ status: 'critical', confidence: 'high', evidence: { readOnlyBy: 'recovery' } });
    expect(finding?.advice[0]?.text).toContain('prod.c1a2b3.eu-central-1.rds.amazonaws.com');
  });

  it('is less certain of a reader when there are no heartbeats to see', () => {
    expect(findings({ server: on({ inRecovery: true }), litellm: seen(olderLitellm()) })).toMatchObject([
      { status: 'critical', confidence: 'medium' },
    ]);
  });

  it('is less certain when only the readiness of an old version says connected', () => {
    const old = (litellmVersion: string) =>
      findingsOf(
        ID,
        healthySnapshot({
          configuredVersion: litellmVersion,
          sources: { sessions: NOBODY, rds: failedOver(20), litellm: seen(olderLitellm()) },
        }),
      );

    expect(old('1.82.0')).toMatchObject([{ status: 'critical', confidence: 'medium' }]);
    expect(old('1.82.1')).toMatchObject([{ status: 'critical', confidence: 'high' }]);
  });

  it('is unknown when RDS calls the server a read replica', () => {
    const replica = seen(rds({ instances: [rdsInstance({ isWriter: false })] }));

    expect(findings({ server: on({ inRecovery: true }), litellm: NO_WORKERS, rds: replica })).toMatchObject([
      { status: 'unknown' },
    ]);
  });

  it('is unknown when the server is a reader and LiteLLM writes elsewhere, or the reader endpoint is audited', () => {
    const host = { target: { ...settingsFor().target, host: 'prod.cluster-ro-abc.eu-central-1.rds.amazonaws.com' } };

    expect(findings({ server: on({ inRecovery: true }) })).toMatchObject([{ status: 'unknown' }]);
    expect(findings({ server: on({ inRecovery: true }), litellm: NO_WORKERS }, host)).toMatchObject([
      { status: 'unknown' },
    ]);
  });

  const setting = (inDatabase: boolean, role: string | null, readOnly: boolean) => ({ inDatabase, role, readOnly });

  it.each([
    ['the database', [setting(true, null, true)], 'critical'],
    ['its role', [setting(false, 'litellm', true)], 'critical'],
    [
      'every role, and its own is allowed to write',
      [setting(false, null, true), setting(false, 'litellm', false)],
      'ok',
    ],
    ['the database, and its role in it may write', [setting(true, null, true), setting(true, 'litellm', false)], 'ok'],
    [
      'the database, and its role in every database may write',
      [setting(true, null, true), setting(false, 'litellm', false)],
      'ok',
    ],
    ['another role', [setting(false, 'report', true)], 'ok'],
  ] as const)('takes the most specific setting when read-only is set for %s', (_, readOnlySettings, status) => {
    const [finding] = findings({ server: on({ readOnlySettings }), litellm: NO_WORKERS });

    expect(finding).toMatchObject({ status });
    // Nobody is told to change it before knowing who set it.
    if (status === 'critical') expect(finding?.advice[0]?.command).toMatch(/^SELECT/);
  });

  it('asks for the owner of the tables when nobody of LiteLLM is here', () => {
    const tables = [{ ...table('LiteLLM_Config', []), owner: "o'hara" }];

    const [finding] = findings({ sessions: NOBODY, rds: failedOver(20), server: on({ tables }) });

    expect(finding?.advice[0]?.command).toContain("'o''hara'");
  });
});
