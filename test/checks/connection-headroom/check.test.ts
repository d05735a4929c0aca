import { describe, expect, it } from 'vitest';
import type { CloudWatchSource, Snapshot } from '../../../lambda/snapshot/snapshot.ts';
import {
  cloudwatch,
  failed,
  findingsOf,
  healthySnapshot,
  previous,
  seen,
  server,
  sessionGroup,
  sessions,
  settingsFor,
  statements,
} from '../../snapshots.ts';

const ID = 'connection-headroom';

/** `used` of 100 usable slots. */
function snapshotWith(used: number) {
  return healthySnapshot({
    sources: {
      server: seen(server({ maxConnections: 105 })),
      sessions: seen(sessions({ groups: [sessionGroup({ count: used })] })),
    },
  });
}

describe(ID, () => {
  it.each([
    [79, 'ok'],
    [80, 'warning'],
    [89, 'warning'],
    [90, 'critical'],
    [100, 'critical'],
  ])('rates %i of 100 usable slots as %s', (used, status) => {
    const findings = findingsOf(ID, snapshotWith(used));

    expect(findings).toMatchObject([{ kind: 'incident', status, evidence: { used, usable: 100 } }]);
  });

  it.each([
    [45, 'ok'],
    [46, 'critical'],
  ])('rates %i of 55 usable slots by the slots that are left: %s', (used, status) => {
    const settings = settingsFor({ headroomWarningPercent: 98, headroomCriticalPercent: 99 });
    const snapshot = healthySnapshot({
      sources: { sessions: seen(sessions({ groups: [sessionGroup({ count: used })] })) },
    });

    const findings = findingsOf(ID, snapshot, settings);

    expect(findings).toMatchObject([{ status }]);
  });

  it('shows the sum and the largest holders over all their states', () => {
    const snapshot = healthySnapshot({
      sources: {
        sessions: seen(
          sessions({
            groups: [
              sessionGroup({ clientAddress: '127.0.10.11', count: 11 }),
              sessionGroup({ clientAddress: '127.0.10.12', count: 9 }),
              sessionGroup({ clientAddress: '127.0.10.12', count: 31, state: 'active' }),
              sessionGroup({ user: 'rdsadmin', database: 'rdsadmin', clientAddress: null, count: 3 }),
            ],
          }),
        ),
      },
    });

    const [finding] = findingsOf(ID, snapshot);

    expect(finding?.summary).toBe(
      '54 of 55 usable slots used, 1 free (critical below 10); 40 held by litellm from 127.0.10.12.',
    );
    expect(finding?.evidence).toEqual({
      maxConnections: 60,
      peak: 20,
      reservedForSuperusers: 3,
      reservedByRds: 2,
      reservedForRoles: 0,
      usable: 55,
      used: 54,
      free: 1,
      usedPercent: 98,
      idle: 23,
      largestHolders: [
        { client: 'litellm@127.0.10.12', sessions: 40, idle: 9 },
        { client: 'litellm@127.0.10.11', sessions: 11, idle: 11 },
        { client: 'rdsadmin@no address', sessions: 3, idle: 3 },
      ],
    });
    expect(finding?.advice[0]?.text).toContain('litellm from 127.0.10.12: 40 sessions, 9 idle');
  });

  it('shows five clients and counts the others', () => {
    const groups = Array.from({ length: 8 }, (_, pod) => sessionGroup({ clientAddress: `10.0.0.${pod}`, count: 6 }));

    const [finding] = findingsOf(ID, healthySnapshot({ sources: { sessions: seen(sessions({ groups })) } }));

    expect(finding?.evidence.largestHolders).toHaveLength(5);
    expect(finding?.evidence.otherClients).toBe(3);
  });

  it('counts hidden sessions by the larger count, is less certain, and asks for the grant', () => {
    const snapshot = healthySnapshot({
      sources: { server: seen(server({ totalBackends: 50 })), sessions: seen(sessions({ hidden: 18 })) },
    });

    const findings = findingsOf(ID, snapshot);

    expect(findings).toMatchObject([
      {
        status: 'critical',
        confidence: 'medium',
        confidenceReason: expect.stringContaining('18 sessions'),
        evidence: { used: 50 },
      },
    ]);
    expect(findings[0]?.advice.at(-1)?.command).toBe('GRANT pg_monitor TO "litellm_auditor";');
  });

  it('says that a change of max_connections waits for a restart', () => {
    const snapshot = healthySnapshot({
      sources: {
        server: seen(server({ maxConnections: 25, pendingRestart: ['max_connections'] })),
      },
    });

    const [finding] = findingsOf(ID, snapshot);

    expect(finding?.evidence.waitingForRestart).toEqual(['max_connections']);
    expect(finding?.advice.some(({ text }) => text.includes('waits for a restart'))).toBe(true);
  });

  it('advises no restart of a pod by an address that is that of RDS Proxy', () => {
    const pods = [sessionGroup({ count: 25 }), sessionGroup({ clientAddress: '10.0.3.18', count: 25 })];
    const groups = [...pods, sessionGroup({ user: 'rdsproxyadmin', count: 1 })];
    const proxied = healthySnapshot({ sources: { sessions: seen(sessions({ groups })) } });
    const direct = healthySnapshot({ sources: { sessions: seen(sessions({ groups: pods })) } });
    const stepsOn = (snapshot: Snapshot) => JSON.stringify(findingsOf(ID, snapshot)[0]?.advice);

    expect(stepsOn(direct)).toContain('A restart of that proxy pod');
    expect(stepsOn(proxied)).not.toContain('A restart of that proxy pod');
    expect(stepsOn(proxied)).toContain('connection-limits');
  });

  it('is critical without any session when the reservations leave nothing', () => {
    const snapshot = healthySnapshot({
      sources: { server: seen(server({ maxConnections: 5 })), sessions: seen(sessions({ groups: [] })) },
    });

    const findings = findingsOf(ID, snapshot);

    expect(findings).toMatchObject([
      { status: 'critical', summary: '0 of 0 usable slots used, 0 free (critical below 10).' },
    ]);
  });

  it('advises no more slots while sessions wait for locks', () => {
    const groups = [sessionGroup({ count: 95 })];
    const active = [{ waitsFor: 'Lock', count: 24, lasting: 24 }];
    const waiting = seen(sessions({ groups, statements: statements({ active }) }));
    const narrow = seen(server({ maxConnections: 105 }));

    const adviceOf = (source: typeof waiting) =>
      JSON.stringify(findingsOf(ID, healthySnapshot({ sources: { server: narrow, sessions: source } }))[0]?.advice);

    expect(adviceOf(waiting)).toContain('24 sessions wait for a lock');
    expect(adviceOf(waiting)).not.toContain('raise max_connections');
    expect(adviceOf(seen(sessions({ groups })))).toContain('raise max_connections');
  });
});

describe('the peaks', () => {
  /** Four hours of 20 connections, but for the readings named, counted back from the last. */
  function peaking(peaks: Readonly<Record<number, number>>, maxConnections = 60, before = previous()) {
    const source = cloudwatch();
    const points: CloudWatchSource['connections']['points'] = source.connections.points.map((point, index, all) => ({
      ...point,
      value: peaks[all.length - 1 - index] ?? point.value,
    }));
    const sources = {
      server: seen(server({ maxConnections })),
      cloudwatch: seen({ ...source, connections: { ...source.connections, points } }),
      previous: seen(before),
    };
    return findingsOf(ID, healthySnapshot({ sources }));
  }

  it.each([
    ['once', { 20: 55, 21: 57, 22: 55 }, 'warning', 1],
    ['twice', { 5: 55, 30: 60 }, 'critical', 2],
    ['in two readings with a short gap', { 20: 55, 23: 55 }, 'warning', 1],
  ] as const)('are a finding when all 55 usable slots were taken %s', (_, peaks, status, burstCount) => {
    const found = peaking(peaks).filter(({ subject }) => subject.endsWith(': peaks'));

    expect(found).toMatchObject([{ kind: 'incident', status, evidence: { burstCount, usable: 55, usedNow: 20 } }]);
    // RDS's own sessions have the slots above those.
    expect(found[0]?.confidence).toBe(Object.values<number>(peaks).includes(60) ? 'high' : 'medium');
  });

  it('say when it was, and who held most at an earlier audit', () => {
    const holders = [{ user: 'batch', database: 'litellm', clientAddress: '10.0.9.9', application: '', sessions: 33 }];

    const found = peaking({ 5: 55 }, 60, previous({ holders }));

    expect(found[0]).toMatchObject({
      evidence: {
        peak: 55,
        bursts: [{ from: '2026-11-22T02:35:00.000Z', to: '2026-11-22T02:35:00.000Z' }],
        earlierAudit: { sessions: 33, holders: [{ client: 'batch@10.0.9.9', sessions: 33 }] },
      },
    });
    expect(found[0]?.summary).toContain('02:35 UTC');
    expect(found[0]?.summary).toContain('batch@10.0.9.9 (33)');
    expect(found[0]?.advice[0]?.command).toMatch(/^SELECT/);
  });

  it.each([
    ['stayed below the last slot', { 5: 54 }],
    ['are above max_connections, which was higher then', { 5: 61 }],
  ] as const)('are no finding when they %s', (_, peaks) => {
    expect(peaking(peaks)).toMatchObject([{ status: 'ok', subject: 'database prod' }]);
  });

  it('are no finding of their own when slots are short now', () => {
    const sources = {
      sessions: seen(sessions({ groups: [sessionGroup({ count: 52 })] })),
      cloudwatch: seen(
        cloudwatch({ connections: { periodSeconds: 300, points: [{ at: '2026-11-22T02:35:00.000Z', value: 55 }] } }),
      ),
    };

    expect(findingsOf(ID, healthySnapshot({ sources }))).toMatchObject([
      { status: 'critical', subject: 'database prod' },
    ]);
  });

  it('are left out when CloudWatch was not read', () => {
    const [finding] = findingsOf(ID, healthySnapshot({ sources: { cloudwatch: failed('timeout') } }));

    expect(finding?.evidence).not.toHaveProperty('peak');
  });
});
