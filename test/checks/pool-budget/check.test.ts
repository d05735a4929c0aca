import { describe, expect, it } from 'vitest';
import { poolBudget } from '../../../lambda/checks/pool-budget/check.ts';
import type { Settings } from '../../../lambda/settings/settings.ts';
import type { StatementsSeen } from '../../../lambda/snapshot/snapshot.ts';
import { cohort, evaluateSessions, fromCohorts } from '../../sessions.ts';
import {
  failed,
  litellm,
  load,
  proxyLog,
  rds,
  rdsInstance,
  seen,
  server,
  sessionGroup,
  sessions,
  statements,
} from '../../snapshots.ts';

/** Two pods with ten sessions each and four of others. */
const TWO_PODS = sessions({
  groups: [
    sessionGroup({ iam: false }),
    sessionGroup({ iam: false, clientAddress: '10.0.3.18' }),
    sessionGroup({ user: 'grafana', iam: false, count: 4 }),
  ],
});

/** Two pods of two workers: 40 + 4 + 1 = 45, 85 during a deployment. */
const settings: Partial<Settings> = { poolLimit: 10, workersPerPod: 2, pods: 2 };

describe('pool-budget', () => {
  it.each([
    [90, 'ok', 'risk', 10],
    [89, 'warning', 'risk', 9],
    [50, 'warning', 'risk', 5],
    [39, 'warning', 'risk', 3],
    [38, 'critical', 'incident', 3],
    [17, 'critical', 'incident', 0],
  ])(
    'rates 45 sessions, 85 while deploying, with max_connections %i: %s, %s, safe limit %i',
    (max, status, kind, safe) => {
      const findings = evaluateSessions(poolBudget, TWO_PODS, { settings, maxConnections: max });

      expect(findings).toMatchObject([
        {
          kind,
          status,
          confidence: 'high',
          subject: 'database prod',
          evidence: {
            usable: max - 5,
            steady: 45,
            rollingDeployment: 85,
            otherSessions: 4,
            largestSafePoolLimit: safe,
          },
        },
      ]);
    },
  );

  it.each([
    ['warning', 89],
    ['critical', 80],
  ])('warns as an incident when only a deployment does not fit and the headroom is %s', (_headroom, percent) => {
    const busy = [
      sessionGroup({ iam: false, count: 20 }),
      sessionGroup({ iam: false, clientAddress: '10.0.3.18', count: 20 }),
    ];
    const source = sessions({ groups: [...busy, sessionGroup({ user: 'grafana', iam: false, count: 4 })] });

    const findings = evaluateSessions(poolBudget, source, {
      settings: { ...settings, headroomMinimumSlots: 0, headroomCriticalPercent: percent },
      maxConnections: 55,
    });

    expect(findings).toMatchObject([{ kind: 'incident', status: 'warning', evidence: { steady: 45, usable: 50 } }]);
  });

  it('shows the sum in one line, and the safe limit with its own', () => {
    const [finding] = evaluateSessions(poolBudget, TWO_PODS, { settings, maxConnections: 60 });

    expect(finding?.summary).toBe(
      'The pools may take 10 per worker x 4 workers on 2 pods = 40, + 4 sessions of others + 1 migration job = 45 of 55 usable slots, 85 during a rolling deployment: a deployment does not fit.',
    );
    expect(finding?.advice[0]?.text).toContain(
      'Lower the pool limit to 6, the largest that is safe: 6 x 8 workers during a rolling deployment + 5 = 53 of 55',
    );
    expect(finding?.advice[0]?.command).toContain('database_connection_pool_limit: 6');
    expect(finding?.advice[1]?.text).toMatch(/max_connections .*to 90 or more/);
    expect(finding?.advice[2]?.text).toContain('10 slots are left');
  });

  it('says so when even a limit of 1 does not fit', () => {
    const [finding] = evaluateSessions(poolBudget, TWO_PODS, { settings, maxConnections: 17 });

    expect(finding?.advice[0]?.text).toContain('Even a pool limit of 1 does not fit');
    expect(finding?.advice[0]?.text).toContain('PgBouncer');
    expect(JSON.stringify(finding?.advice)).not.toContain('database_connection_pool_limit');
  });

  it.each([
    [0, 45],
    [25, 65],
    [50, 65],
    [100, 85],
  ])('adds whole pods for a surge of %i %%: %i', (rollingSurgePercent, rollingDeployment) => {
    const findings = evaluateSessions(poolBudget, TWO_PODS, { settings: { ...settings, rollingSurgePercent } });

    expect(findings).toMatchObject([{ evidence: { rollingDeployment } }]);
  });

  it('counts workers by their heartbeats', () => {
    const workers = {
      state: 'seen' as const,
      live: 5,
      podCount: 2,
      pods: [
        { hostname: 'a', workers: 3 },
        { hostname: 'b', workers: 2 },
      ],
    };

    const findings = evaluateSessions(poolBudget, TWO_PODS, {
      settings,
      sources: { litellm: seen(litellm({ workers })) },
    });

    expect(findings).toMatchObject([{ evidence: { steady: 55, rollingDeployment: 105, podsFrom: 'heartbeats' } }]);
  });

  it('guesses without heartbeats and settings, says what to set, and is never critical then', () => {
    const none = { poolLimit: undefined, workersPerPod: undefined, pods: undefined };

    const findings = evaluateSessions(poolBudget, TWO_PODS, {
      settings: none,
      maxConnections: 20,
      sources: { litellm: failed('timeout') },
    });

    expect(findings).toMatchObject([
      { kind: 'incident', status: 'warning', confidence: 'low', evidence: { steady: 25 } },
    ]);
    expect(findings[0]?.advice.at(-1)?.text).toContain('poolLimit, workersPerPod and pods');
  });

  it('needs no session when heartbeats or configuration count the pods', () => {
    const findings = evaluateSessions(poolBudget, sessions({ groups: [] }), { settings });

    expect(findings).toMatchObject([{ status: 'ok', evidence: { steady: 41 } }]);
  });

  it('is unknown when nothing shows how many pods there are', () => {
    const findings = evaluateSessions(poolBudget, sessions({ groups: [] }), {
      settings: { ...settings, pods: undefined },
    });

    expect(findings).toMatchObject([{ status: 'unknown' }]);
    expect(findings[0]?.advice[0]?.text).toContain('pods');
  });

  it('is unknown when the pods would be counted by sessions that are hidden', () => {
    const hidden = { ...TWO_PODS, hidden: 12 };

    const counted = evaluateSessions(poolBudget, hidden, { settings: { ...settings, pods: undefined } });
    const configured = evaluateSessions(poolBudget, hidden, { settings });

    expect(counted).toMatchObject([{ status: 'unknown', evidence: { hidden: 12 } }]);
    expect(configured).toMatchObject([{ status: 'ok', confidence: 'medium' }]);
  });

  it.each([
    [
      'pool timeouts in the log',
      TWO_PODS,
      3,
      '3 requests timed out waiting for a connection of the pool in the last hour',
    ],
    [
      'a pool that is all active',
      { ...TWO_PODS, groups: [sessionGroup({ count: 20, state: 'active' }), ...TWO_PODS.groups.slice(1)] },
      0,
      'all 20 sessions of litellm@10.0.3.17 are active',
    ],
  ])(
    'says to look at what the connections wait for before the pool grows when it sees %s',
    (_, source, poolTimeouts, shortage) => {
      const sources = { 'proxy-log': seen(proxyLog({ poolTimeouts })) };

      const findings = evaluateSessions(poolBudget, source, { settings, sources, maxConnections: 210 });

      expect(findings).toMatchObject([{ status: 'info', evidence: { poolShortage: shortage } }]);
      expect(findings[0]?.advice[0]?.text).toContain('a pool limit of up to 25 fits');
      expect(findings[0]?.advice[0]?.command).toContain('wait_event_type');
      expect(JSON.stringify(findings[0]?.advice)).not.toContain('database_connection_pool_limit');
    },
  );

  it.each([
    [
      'sessions wait for locks',
      { active: [{ waitsFor: 'Lock', count: 24, lasting: 24 }] },
      {},
      '24 sessions wait for a lock',
    ],
    ['the CPU is saturated', {}, { cpuPercent: 94 }, 'the CPU is at 94 %'],
    ['the capacity is used up', {}, { capacityPercent: 97 }, 'the server uses 97 % of its maximum capacity'],
    [
      'more sessions are active than the CPUs can serve',
      { active: [{ waitsFor: 'IO', count: 9, lasting: 0 }] },
      {},
      '9 sessions are active on 2 vCPUs',
    ],
  ] satisfies readonly (readonly [string, Partial<StatementsSeen>, Parameters<typeof load>[0], string])[])(
    'offers neither a larger pool nor more slots while %s',
    (_, busy, levels, saturated) => {
      const source = { ...TWO_PODS, statements: statements(busy) };
      const sources = {
        load: seen(load(levels)),
        'proxy-log': seen(proxyLog({ poolTimeouts: 64 })),
      };

      const wide = evaluateSessions(poolBudget, source, { settings, sources, maxConnections: 210 });
      const narrow = evaluateSessions(poolBudget, source, { settings, sources, maxConnections: 50 });
      const full = evaluateSessions(poolBudget, source, { settings, sources, maxConnections: 12 });

      for (const [finding] of [wide, narrow, full]) {
        expect(finding?.evidence).toMatchObject({ saturated });
        const advice = JSON.stringify(finding?.advice);
        expect(advice).not.toMatch(
          /raise max_connections|raise the maximum capacity|pool limit of up to|could be larger/,
        );
      }
      expect(narrow[0]?.advice[0]?.command).toContain('database_connection_pool_limit: 5');
    },
  );

  it('offers a larger pool when as many sessions are active as the CPUs can serve', () => {
    const source = { ...TWO_PODS, statements: statements({ active: [{ waitsFor: null, count: 8, lasting: 0 }] }) };
    const sources = { 'proxy-log': seen(proxyLog({ poolTimeouts: 1 })) };

    const [finding] = evaluateSessions(poolBudget, source, { settings, sources, maxConnections: 210 });

    expect(finding?.advice[0]?.text).toContain('a pool limit of up to 25 fits');
  });

  it.each([
    [
      'the class, where max_connections follows it',
      { class: 'db.t4g.micro' },
      100,
      /prod-16 to \d+ or more.*or use db\.t4g\.small/,
    ],
    [
      'the parameter alone, where somebody has set it',
      { class: 'db.t4g.large' },
      60,
      /prod-16 to 90 or more, from the next reboot on, while memory is free \(about 10 MB for each\)\.$/,
    ],
    [
      'the parameter alone, where the class is not known',
      { class: 'db.z9.new' },
      60,
      /prod-16 to 90 or more, from the next reboot on, while memory is free \(about 10 MB for each\)\.$/,
    ],
  ] as const)('names %s', (_, instance, maxConnections, lever) => {
    const sources = { rds: seen(rds({ instances: [rdsInstance(instance)] })) };
    const pods = { ...settings, pods: maxConnections === 100 ? 3 : 2 };

    const [finding] = evaluateSessions(poolBudget, TWO_PODS, { settings: pods, sources, maxConnections });

    expect(finding?.advice[1]?.text).toMatch(lever);
  });

  it('offers no larger pool when it is short and none fits', () => {
    const sources = { 'proxy-log': seen(proxyLog({ poolTimeouts: 1 })) };

    const [finding] = evaluateSessions(poolBudget, TWO_PODS, { settings, sources, maxConnections: 90 });

    expect(finding?.advice[0]?.text).toContain('a larger one does not fit');
  });

  it('names the capacity first when max_connections follows it', () => {
    const sources = { rds: seen(rds({ serverless: { minCapacity: 0.5, maxCapacity: 1 } })) };

    const [finding] = evaluateSessions(poolBudget, TWO_PODS, { settings, sources, maxConnections: 60 });

    expect(finding?.advice[0]?.text).toContain('now 1 ACU, until max_connections is 90 or more');
    expect(finding?.advice[1]?.command).toContain('database_connection_pool_limit: 6');
    expect(JSON.stringify(finding?.advice)).not.toContain('class');
  });

  it('counts the pods once when old and new ones are there side by side', () => {
    const pod = (address: string, started: number) => cohort(started, 0, { clientAddress: address, iam: false });
    const source = fromCohorts([
      ...['10.0.3.1', '10.0.3.2', '10.0.3.3'].map((address) => pod(address, 300)),
      ...['10.0.3.4', '10.0.3.5'].map((address) => pod(address, 2)),
    ]);
    const one = { poolLimit: 10, workersPerPod: 1, pods: undefined };

    const deploying = evaluateSessions(poolBudget, source, { settings: one, maxConnections: 60 });
    const token = evaluateSessions(poolBudget, fromCohorts(source.cohorts.map((own) => ({ ...own, iam: true }))), {
      settings: one,
      maxConnections: 60,
    });

    expect(deploying).toMatchObject([{ evidence: { steady: 31, rollingDeployment: 61, deploying: true } }]);
    expect(token).toMatchObject([{ evidence: { steady: 51, deploying: false } }]);
  });

  it('counts the pods once when old and new ones send heartbeats', () => {
    const pod = (address: string, started: number) => cohort(started, 0, { clientAddress: address, iam: false });
    const source = fromCohorts([
      ...['10.0.3.1', '10.0.3.2', '10.0.3.3'].map((address) => pod(address, 300)),
      ...['10.0.3.4', '10.0.3.5', '10.0.3.6'].map((address) => pod(address, 2)),
    ]);
    const beating = (podCount: number) => ({
      litellm: seen(litellm({ workers: { state: 'seen', live: podCount, podCount, pods: [] } })),
    });

    const both = evaluateSessions(poolBudget, source, { sources: beating(6), maxConnections: 66 });
    const justNew = evaluateSessions(poolBudget, source, { sources: beating(3), maxConnections: 66 });

    for (const findings of [both, justNew]) {
      expect(findings).toMatchObject([{ evidence: { steady: 31, rollingDeployment: 61, deploying: true } }]);
    }
  });

  it('says that a refresh drops the limit, and counts what is observed where that is more', () => {
    const source = fromCohorts([cohort(5, 0, { count: 33 })]);
    const one = { poolLimit: 10, workersPerPod: 1, pods: 1 };

    const old = evaluateSessions(poolBudget, source, { version: '1.95.0', settings: one, maxConnections: 60 });
    const fixed = evaluateSessions(poolBudget, source, { version: '1.104.7', settings: one, maxConnections: 60 });
    const shared = evaluateSessions(poolBudget, source, { version: '1.95.0', settings: { ...one, pods: 4 } });

    expect(old).toMatchObject([{ status: 'warning', evidence: { steady: 34, rollingDeployment: 67 } }]);
    expect(old[0]?.advice.some(({ text }) => text.includes('#33021'))).toBe(true);
    expect(fixed).toMatchObject([{ status: 'ok', evidence: { steady: 11, rollingDeployment: 21 } }]);
    expect(shared).toMatchObject([{ evidence: { steady: 41 } }]);
  });

  it('says that a change of max_connections waits for a restart', () => {
    const sources = { server: seen(server({ maxConnections: 40, pendingRestart: ['max_connections'] })) };

    const [finding] = evaluateSessions(poolBudget, TWO_PODS, { settings, sources });

    expect(finding?.advice.some(({ text }) => text.includes('waits for a restart'))).toBe(true);
  });

  it('is info behind RDS Proxy, and never critical where pods share an address', () => {
    const proxied = { ...TWO_PODS, groups: [...TWO_PODS.groups, sessionGroup({ user: 'rdsproxyadmin', count: 1 })] };
    const shared = sessions({ groups: [sessionGroup()] });

    const behind = evaluateSessions(poolBudget, proxied, { settings, maxConnections: 30 });
    const together = evaluateSessions(poolBudget, shared, { settings, maxConnections: 30 });

    expect(behind).toMatchObject([{ kind: 'risk', status: 'info', confidence: 'low' }]);
    expect(together).toMatchObject([{ status: 'warning', confidence: 'low' }]);
  });
});
