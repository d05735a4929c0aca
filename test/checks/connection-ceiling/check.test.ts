import { describe, expect, it } from 'vitest';
import { connectionCeiling } from '../../../lambda/checks/connection-ceiling/check.ts';
import type { Settings } from '../../../lambda/settings/settings.ts';
import { cohort, evaluateSessions, fromCohorts } from '../../sessions.ts';
import { litellm, seen, sessionGroup, sessions } from '../../snapshots.ts';

const GUESSED: Partial<Settings> = { poolLimit: undefined, workersPerPod: undefined, pods: undefined };

/** One pod with so many sessions, and one with 10. */
function pods(count: number, iam = false) {
  return sessions({
    groups: [sessionGroup({ count, iam }), sessionGroup({ clientAddress: '10.0.3.18', count: 10, iam })],
  });
}

describe('connection-ceiling', () => {
  it.each([
    [10, 'ok'],
    [11, 'warning'],
    [14, 'warning'],
    [15, 'critical'],
  ])('rates %i sessions of a pod with a ceiling of 10 as %s', (count, status) => {
    const findings = evaluateSessions(connectionCeiling, pods(count), { version: '1.99.0' });

    expect(findings).toMatchObject([{ kind: 'incident', status, confidence: 'high', evidence: { ceiling: 10 } }]);
  });

  it('multiplies the limit by the workers of a pod', () => {
    const findings = evaluateSessions(connectionCeiling, pods(40), { settings: { workersPerPod: 4 } });

    expect(findings).toMatchObject([{ status: 'ok', evidence: { ceiling: 40 } }]);
    expect(findings[0]?.summary).toBe(
      '2 LiteLLM clients hold 50 sessions, at most 40 each; the ceiling is 40 (10 per worker x 4 workers).',
    );
  });

  it('counts workers by heartbeats rather than by the configuration', () => {
    const workers = {
      state: 'seen' as const,
      live: 4,
      podCount: 2,
      pods: [
        { hostname: 'a', workers: 3 },
        { hostname: 'b', workers: 1 },
      ],
    };

    const findings = evaluateSessions(connectionCeiling, pods(30), {
      sources: { litellm: seen(litellm({ workers })) },
    });

    expect(findings).toMatchObject([{ status: 'ok', evidence: { ceiling: 30, workersFrom: 'heartbeats' } }]);
  });

  it('reports each client over its ceiling, with its numbers and what closes its sessions', () => {
    const groups = ['10.0.3.17', '10.0.3.18', '10.0.3.19'].map((clientAddress, pod) =>
      sessionGroup({ clientAddress, count: 10 + 10 * pod }),
    );

    const findings = evaluateSessions(connectionCeiling, sessions({ groups }), { settings: { pods: 3 } });

    expect(findings.map(({ subject, status }) => [subject, status])).toEqual([
      ['client litellm@10.0.3.18', 'critical'],
      ['client litellm@10.0.3.19', 'critical'],
    ]);
    expect(findings[1]?.summary).toBe(
      'litellm@10.0.3.19 holds 30 sessions, 20 more than its ceiling of 10 (10 per worker x 1 worker).',
    );
    expect(findings[1]?.advice.map(({ command }) => command).join()).toContain('status.podIP=10.0.3.19');
  });

  it('is less certain with a guessed limit, and with two guesses never critical', () => {
    const one = evaluateSessions(connectionCeiling, pods(30), { settings: { poolLimit: undefined } });
    const two = evaluateSessions(connectionCeiling, pods(30), { settings: GUESSED });

    expect(one).toMatchObject([{ status: 'critical', confidence: 'medium' }]);
    expect(two).toMatchObject([{ status: 'warning', confidence: 'low' }]);
    expect(two[0]?.advice[0]?.text).toContain('poolLimit and workersPerPod');
  });

  it('names the 100 that an old proxy uses without a configuration file', () => {
    const [finding] = evaluateSessions(connectionCeiling, pods(10), {
      version: '1.74.12',
      settings: { poolLimit: undefined },
    });

    expect(finding?.confidenceReason).toContain('1.74.12 uses 100');
  });

  it('leaves alone what other users, databases and tools hold', () => {
    const groups = [
      sessionGroup(),
      sessionGroup({ application: 'psql', count: 9 }),
      sessionGroup({ user: 'grafana', count: 40 }),
      sessionGroup({ database: 'other', count: 40 }),
    ];

    const findings = evaluateSessions(connectionCeiling, sessions({ groups }), { settings: { pods: 1 } });

    expect(findings).toMatchObject([{ status: 'ok', evidence: { sessions: 10 } }]);
  });

  it('allows for the engine before, just after a refresh', () => {
    const just = [cohort(13, 1), cohort(0.5, 0)];
    const later = [cohort(17, 5), cohort(5, 0)];

    const draining = evaluateSessions(connectionCeiling, fromCohorts(just), { settings: { pods: 1 } });
    const kept = evaluateSessions(connectionCeiling, fromCohorts(later), { settings: { pods: 1 } });

    expect(draining).toMatchObject([{ status: 'ok', evidence: { openedByARefreshJustNow: 10 } }]);
    expect(kept).toMatchObject([{ status: 'critical' }]);
  });

  it('allows nothing for a pool that replaced no other', () => {
    const findings = evaluateSessions(connectionCeiling, fromCohorts([cohort(0.5, 0, { count: 14 })]), {
      settings: { pods: 1 },
    });

    expect(findings).toMatchObject([{ status: 'warning' }]);
  });

  it('rates by what is observed where a refresh drops the limit', () => {
    const pool = fromCohorts([cohort(5, 0, { count: 33 })]);

    const old = evaluateSessions(connectionCeiling, pool, { version: '1.95.0', settings: { pods: 1 } });
    const fixed = evaluateSessions(connectionCeiling, pool, { version: '1.102.0', settings: { pods: 1 } });
    const unknown = evaluateSessions(connectionCeiling, pool, { version: null, settings: { pods: 1 } });

    expect(old).toMatchObject([{ status: 'ok', evidence: { openedAtOnceSinceTokenRefresh: 33 } }]);
    expect(fixed).toMatchObject([{ status: 'critical' }]);
    expect(unknown).toMatchObject([
      { status: 'warning', confidence: 'low', confidenceReason: expect.stringContaining('#33021') },
    ]);
  });

  it('still finds a leak where a refresh drops the limit', () => {
    const stairs = fromCohorts([
      cohort(29, 28, { count: 5 }),
      cohort(17, 16, { count: 5 }),
      cohort(5, 0, { count: 5 }),
    ]);

    const findings = evaluateSessions(connectionCeiling, stairs, { version: '1.95.0', settings: { pods: 1 } });

    expect(findings).toMatchObject([{ status: 'critical', evidence: { sessions: 15, ceiling: 10 } }]);
  });

  it('is less certain where the PgBouncer in the image may be on', () => {
    const findings = evaluateSessions(connectionCeiling, pods(20), { version: '1.104.7' });

    expect(findings).toMatchObject([{ confidence: 'medium', confidenceReason: expect.stringContaining('PgBouncer') }]);
  });

  it.each([
    [40, 'ok'],
    [41, 'warning'],
    [400, 'warning'],
  ])('rates only the total of %i when pods share an address: %s', (count, status) => {
    const source = sessions({ groups: [sessionGroup({ clientAddress: '127.0.0.1', count })] });

    const findings = evaluateSessions(connectionCeiling, source, { settings: { pods: 4 } });

    expect(findings).toMatchObject([{ subject: 'database prod', status, confidence: 'low' }]);
  });

  it('is less certain of one crowded address while the pods are not counted', () => {
    const source = sessions({ groups: [sessionGroup({ count: 60 })] });

    const findings = evaluateSessions(connectionCeiling, source, { settings: { pods: undefined } });

    expect(findings).toMatchObject([
      { status: 'warning', confidence: 'low', confidenceReason: expect.stringContaining('NAT') },
    ]);
  });

  it('reports no ceiling behind RDS Proxy without the number of pods', () => {
    const groups = [
      sessionGroup({ clientAddress: '10.0.9.1', count: 60 }),
      sessionGroup({ clientAddress: '10.0.9.1', user: 'rdsproxyadmin', count: 1 }),
    ];

    const findings = evaluateSessions(connectionCeiling, sessions({ groups }), { settings: { pods: undefined } });

    expect(findings).toMatchObject([{ status: 'info', confidence: 'low', evidence: { addressSharing: 'rds-proxy' } }]);
  });

  it('is unknown when no session of LiteLLM is seen', () => {
    const findings = evaluateSessions(connectionCeiling, sessions({ groups: [sessionGroup({ application: 'psql' })] }));

    expect(findings).toMatchObject([{ status: 'unknown', evidence: { databaseName: 'litellm' } }]);
  });

  it('is unknown when sessions are hidden, and still reports what it sees', () => {
    const hidden = sessionGroup({ state: null, clientAddress: null, count: 7 });
    const groups = [sessionGroup({ count: 15 }), hidden];

    const all = evaluateSessions(connectionCeiling, sessions({ groups: [hidden], hidden: 7 }));
    const some = evaluateSessions(connectionCeiling, sessions({ groups, hidden: 7 }), { settings: { pods: 1 } });

    expect(all).toMatchObject([{ status: 'unknown', evidence: { hidden: 7 } }]);
    expect(some.map(({ status }) => status)).toEqual(['critical', 'unknown']);
  });

  it('says that cut lists make its counts lower bounds', () => {
    const findings = evaluateSessions(connectionCeiling, sessions({ groups: [sessionGroup()], groupCount: 300 }), {
      settings: { pods: 1 },
    });

    expect(findings).toMatchObject([{ confidence: 'medium' }]);
  });
});
