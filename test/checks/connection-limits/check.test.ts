import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../lambda/settings/settings.ts';
import type { CloudWatchSource, ConnectionLimit, SessionGroup } from '../../../lambda/snapshot/snapshot.ts';
import {
  cloudwatch,
  findingsOf,
  healthySnapshot,
  olderLitellm,
  seen,
  server,
  sessionGroup,
  sessions,
  settingsFor,
} from '../../snapshots.ts';

/** Two pods of one worker each, known from their heartbeats, with ten connections each. */
const POOLS_OF_TEN = { poolLimit: 10 };

function roleLimit(limit: number, overrides: Partial<ConnectionLimit> = {}): ConnectionLimit {
  return { name: 'litellm', owner: null, limit, sessions: 20, withAuditor: false, ...overrides };
}

function databaseLimit(limit: number): ConnectionLimit {
  return { name: 'litellm', owner: 'boss', limit, sessions: 20, withAuditor: true };
}

interface World {
  readonly roles?: readonly ConnectionLimit[];
  readonly database?: ConnectionLimit;
  readonly groups?: readonly SessionGroup[];
  readonly maxConnections?: number;
  readonly settings?: Partial<Settings>;
  readonly rdsProxy?: CloudWatchSource['rdsProxy'];
  /** Nothing says how many pods there are. */
  readonly podsUnknown?: boolean;
}

function evaluateWith({ roles = [], database, groups, maxConnections = 105, settings, rdsProxy, podsUnknown }: World) {
  const snapshot = healthySnapshot({
    sources: {
      server: seen(server({ maxConnections })),
      sessions: seen(sessions({ limits: { database: database ?? null, roles }, ...(groups && { groups }) })),
      cloudwatch: seen(cloudwatch({ rdsProxy: rdsProxy ?? null })),
      ...(podsUnknown && { litellm: seen(olderLitellm()) }),
    },
  });
  return findingsOf('connection-limits', snapshot, settingsFor(settings));
}

describe('a CONNECTION LIMIT', () => {
  it('is none when neither role nor database has one', () => {
    expect(evaluateWith({})).toMatchObject([{ kind: 'incident', status: 'ok', advice: [] }]);
  });

  it('is critical when it is reached and the pools need more, and a warning when they do not', () => {
    const needs30 = { settings: { poolLimit: 15 } };

    expect(evaluateWith({ roles: [roleLimit(20)], ...needs30 })).toMatchObject([
      { kind: 'incident', status: 'critical', confidence: 'high', subject: 'role litellm' },
    ]);
    expect(evaluateWith({ roles: [roleLimit(20)], settings: POOLS_OF_TEN })).toMatchObject([
      { kind: 'incident', status: 'warning' },
    ]);
    expect(evaluateWith({ roles: [roleLimit(20)], podsUnknown: true })).toMatchObject([{ status: 'critical' }]);
  });

  it.each([
    [21, POOLS_OF_TEN, 'ok'],
    [40, { poolLimit: 15 }, 'ok'],
    [22, { poolLimit: 15 }, 'warning'],
    [29, { poolLimit: 15 }, 'warning'],
    [30, { poolLimit: 15 }, 'ok'],
  ])('of %d with %o is %s while it is not reached', (limit, settings, status) => {
    expect(evaluateWith({ roles: [roleLimit(limit)], settings })).toMatchObject([{ status }]);
  });

  it('is a risk when the pools can reach it, and an incident when they nearly have', () => {
    const kinds = [29, 22].map((limit) => evaluateWith({ roles: [roleLimit(limit)], settings: { poolLimit: 15 } })[0]);

    expect(kinds.map((finding) => [finding?.kind, finding?.status])).toEqual([
      ['risk', 'warning'],
      ['incident', 'warning'],
    ]);
  });

  it('counts the auditor too where its session takes a place', () => {
    expect(evaluateWith({ database: databaseLimit(21), settings: { poolLimit: 15 } })).toMatchObject([
      { status: 'critical', subject: 'database prod', summary: expect.stringContaining('21 of 21') },
    ]);
    expect(evaluateWith({ database: databaseLimit(40), settings: { poolLimit: 15 } })).toMatchObject([
      { status: 'ok' },
    ]);
  });

  it("of another program's role is not LiteLLM's", () => {
    const other = roleLimit(5, { name: 'grafana', sessions: 5 });

    expect(evaluateWith({ roles: [other] })).toMatchObject([{ status: 'ok' }]);
  });

  it('of 0 is found by the owner of the tables when LiteLLM has no session', () => {
    const groups = [sessionGroup({ user: 'grafana', database: 'grafana', count: 1 })];

    expect(evaluateWith({ roles: [roleLimit(0, { sessions: 0 })], groups })).toMatchObject([{ status: 'critical' }]);
  });

  it('is raised to what a rolling deployment needs, and never to more than the server has', () => {
    const at = (maxConnections: number) =>
      evaluateWith({ roles: [roleLimit(20)], settings: { poolLimit: 15 }, maxConnections })[0]?.advice[0];

    expect(at(205)?.command).toBe('ALTER ROLE "litellm" CONNECTION LIMIT 60;');
    // 25 free slots, of which ten stay.
    expect(at(50)?.command).toBe('ALTER ROLE "litellm" CONNECTION LIMIT 35;');
    expect(at(35)?.command).toBeUndefined();
    expect(at(35)?.text).toContain('only 10 free slots');
  });

  it('names who may change that of a database', () => {
    const [finding] = evaluateWith({ database: databaseLimit(21), settings: { poolLimit: 15 } });

    expect(finding?.advice[0]).toMatchObject({
      text: expect.stringContaining('its owner boss'),
      command: 'ALTER DATABASE "litellm" CONNECTION LIMIT 60;',
    });
  });

  it('is not ok when the snapshot is of a release that did not read limits', () => {
    const snapshot = healthySnapshot({ sources: { sessions: seen(sessions({ limits: null })) } });

    expect(findingsOf('connection-limits', snapshot)).toMatchObject([{ status: 'unknown' }]);
  });
});

describe('RDS Proxy', () => {
  const PROXY = (['10.0.3.17', '10.0.3.18'] as const).map((clientAddress) =>
    sessionGroup({ clientAddress, count: 1, user: 'rdsproxyadmin', database: 'postgres', iam: false }),
  );
  const through = (idle: number, busy = 0) => [
    ...PROXY,
    sessionGroup({ count: idle, iam: false }),
    ...(busy > 0 ? [sessionGroup({ count: busy, state: 'active', iam: false })] : []),
  ];

  it.each([
    [40, 42, 'yes', 'warning', 'high'],
    [22, 42, 'yes', 'warning', 'high'],
    [21, 42, 'no', 'info', 'high'],
    [0, 42, 'no', 'info', 'high'],
    [0, 0, 'no', 'info', 'high'],
  ])('with %d of %d connections pinned is pinned: %s', (pinned, connections, isPinned, status, confidence) => {
    const findings = evaluateWith({ groups: through(40), rdsProxy: { name: 'litellm', pinned, connections } });

    expect(findings).toMatchObject([
      { status, confidence, evidence: { isPinned, pinned, proxyConnections: connections } },
    ]);
  });

  it.each([
    ['more are idle than it keeps by itself', through(60), 'probably'],
    ['few are', through(40), 'not-known'],
    ['many are at work', through(60, 20), 'not-known'],
  ])('without metrics is guessed by its sessions when %s', (_what, groups, isPinned) => {
    const findings = evaluateWith({ groups });

    expect(findings).toMatchObject([
      {
        evidence: { isPinned },
        ...(isPinned === 'probably' ? { kind: 'risk', status: 'warning', confidence: 'medium' } : { status: 'info' }),
      },
    ]);
    expect(findings[0]?.advice[0]?.text).toContain('rds.proxyName');
  });

  it('says how to see it when the configured name has no metrics', () => {
    const findings = evaluateWith({
      groups: through(10),
      rdsProxy: { name: 'wrong', pinned: null, connections: null },
    });

    expect(findings).toMatchObject([
      {
        status: 'info',
        evidence: { rdsProxy: 'wrong', isPinned: 'not-known' },
        advice: [{ text: expect.stringContaining('name') }],
      },
    ]);
  });

  it('advises nothing at once that could stop LiteLLM, nor a limit', () => {
    const [finding] = evaluateWith({ groups: through(40), rdsProxy: { name: 'litellm', pinned: 40, connections: 42 } });

    expect(finding?.advice.flatMap(({ command }) => command ?? [])).toEqual([]);
    expect(JSON.stringify(finding?.advice)).not.toMatch(/CONNECTION LIMIT|terminate|restart/i);
  });
});

describe('another pooler', () => {
  it('is said when pods share an address', () => {
    const findings = evaluateWith({ groups: [sessionGroup({ count: 12 })], settings: { pods: 6 }, podsUnknown: true });

    expect(findings).toMatchObject([
      { status: 'info', confidence: 'medium', evidence: { pooler: 'shared', isPinned: 'not-known' } },
    ]);
  });
});
