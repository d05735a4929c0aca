import { describe, expect, it } from 'vitest';
import { connectionLeak } from '../../../lambda/checks/connection-leak/check.ts';
import type { SessionCohort, SessionsSource } from '../../../lambda/snapshot/snapshot.ts';
import { ago, cohort, evaluateSessions, fromCohorts } from '../../sessions.ts';
import { cloudwatch, failed, seen, sessionGroup } from '../../snapshots.ts';

/** An IAM pool of ten that each of `steps` refreshes left behind, 12 min apart; the newest started 5 min ago. */
function staircase(steps: number, overrides: Partial<SessionCohort> = {}): readonly SessionCohort[] {
  return Array.from({ length: steps + 1 }, (_, index) => {
    const started = 5 + 12 * (steps - index);
    return cohort(started, index === steps ? 0 : started - 11, overrides);
  });
}

/** A pool of ten for each of these steps, the oldest first, each idle since the next one began; the last one, 0, is at work. */
function steps(
  back: readonly number[],
  minutes: number,
  overrides: Partial<SessionCohort> = {},
): readonly SessionCohort[] {
  return back.map((step) => cohort(5 + minutes * step, step === 0 ? 0 : 5 + minutes * (step - 1), overrides));
}

const ONE_POD = { pods: 1 };

describe('connection-leak', () => {
  it('finds what each refresh of an IAM token has left behind', () => {
    const findings = evaluateSessions(connectionLeak, fromCohorts(staircase(6)), {
      version: '1.74.3',
      settings: ONE_POD,
    });

    expect(findings).toMatchObject([
      {
        kind: 'incident',
        status: 'warning',
        confidence: 'high',
        subject: 'client litellm@10.0.3.17',
        summary:
          'litellm@10.0.3.17 has 40 sessions that no pool uses any more, which take 40 of 500 usable slots; the oldest started 1 h 16 min ago.',
        evidence: { leaked: 40, sessions: 70, secondsBetweenStarts: 720, stepsOfTheTokenRefresh: true },
      },
    ]);
    expect(findings[0]?.evidence.cohorts).toEqual([
      { started: ago(77), sessions: 10, idleSince: ago(66), verdict: 'leaked' },
      { started: ago(65), sessions: 10, idleSince: ago(54), verdict: 'leaked' },
      { started: ago(53), sessions: 10, idleSince: ago(42), verdict: 'leaked' },
      { started: ago(41), sessions: 10, idleSince: ago(30), verdict: 'leaked' },
      { started: ago(29), sessions: 10, idleSince: ago(18), verdict: 'not old or not idle enough' },
      { started: ago(17), sessions: 10, idleSince: ago(6), verdict: 'not old or not idle enough' },
      { started: ago(5), sessions: 10, idleSince: ago(0), verdict: 'the pool in use' },
    ]);
  });

  it('prints a query that ends the orphans alone', () => {
    const [finding] = evaluateSessions(connectionLeak, fromCohorts(staircase(6)), { settings: ONE_POD });

    const commands = finding?.advice.flatMap(({ command = '' }) => (command.includes('terminate') ? [command] : []));

    expect(commands).toEqual([
      `SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE usename = 'litellm' AND client_addr = '10.0.3.17'
   AND datname = 'litellm' AND application_name = ''
   AND (backend_start BETWEEN '${ago(77)}' AND '${ago(40.9)}')
   AND state = 'idle' AND state_change <= '${ago(30)}';`,
    ]);
  });

  it('leaves an old cohort that is at work out of the count and of the query', () => {
    const cohorts = [cohort(100, 90), cohort(80, null), cohort(60, 50), cohort(5, 0)];

    const [finding] = evaluateSessions(connectionLeak, fromCohorts(cohorts), { settings: ONE_POD });

    expect(finding?.evidence.leaked).toBe(20);
    expect(
      finding?.advice.map(({ command }) => command).join(),
    ).toContain(`(backend_start BETWEEN '${ago(100)}' AND '${ago(99.9)}'
     OR backend_start BETWEEN '${ago(60)}' AND '${ago(59.9)}')`);
  });

  it.each([
    [40, 'warning', 165],
    [40, 'critical', 164],
    [40, 'critical', 75],
  ])('rates %i lost slots as %s with max_connections %i', (_, status, maxConnections) => {
    const findings = evaluateSessions(connectionLeak, fromCohorts(staircase(6)), { settings: ONE_POD, maxConnections });

    expect(findings).toMatchObject([{ status, evidence: { leaked: 40 } }]);
  });

  it('is critical with few lost slots when no headroom is left', () => {
    const source = fromCohorts(
      [cohort(80, 70, { count: 2 }), cohort(5, 0, { count: 8 })],
      [sessionGroup({ user: 'grafana', count: 40 })],
    );

    const findings = evaluateSessions(connectionLeak, source, {
      version: '1.80.5',
      settings: ONE_POD,
      maxConnections: 60,
    });

    expect(findings).toMatchObject([{ status: 'critical', evidence: { leaked: 2, usableSlots: 55 } }]);
  });

  it('reports each client, and counts the loss of all of them together', () => {
    const cohorts = ['10.0.3.17', '10.0.3.18'].flatMap((clientAddress) => staircase(4, { clientAddress }));

    const findings = evaluateSessions(connectionLeak, fromCohorts(cohorts), { maxConnections: 155 });

    expect(findings.map(({ subject, status, evidence }) => [subject, status, evidence.leaked])).toEqual([
      ['client litellm@10.0.3.17', 'critical', 20],
      ['client litellm@10.0.3.18', 'critical', 20],
    ]);
    expect(findings[0]?.evidence.lostByAllClients).toBe(40);
  });

  it('is less certain without the steps of the refresh', () => {
    const findings = evaluateSessions(connectionLeak, fromCohorts([cohort(80, 70), cohort(5, 0)]), {
      settings: ONE_POD,
    });

    expect(findings).toMatchObject([
      { status: 'warning', confidence: 'medium', confidenceReason: expect.stringContaining('inferred') },
    ]);
  });

  it('sees the steps of the refresh in all cohorts, though one alone is old enough', () => {
    const findings = evaluateSessions(connectionLeak, fromCohorts(staircase(3)), { settings: ONE_POD });

    expect(findings).toMatchObject([{ confidence: 'high', evidence: { leaked: 10, stepsOfTheTokenRefresh: true } }]);
  });

  it('follows the time constants of the settings', () => {
    const source = fromCohorts([cohort(3, 2), cohort(0.1, 0)]);

    const usual = evaluateSessions(connectionLeak, source, { settings: ONE_POD });
    const quick = evaluateSessions(connectionLeak, source, {
      settings: { ...ONE_POD, tokenLifeSeconds: 60, tokenRefreshSeconds: 50 },
    });

    expect(usual).toMatchObject([{ status: 'ok' }]);
    expect(quick).toMatchObject([{ status: 'warning', evidence: { leaked: 10 } }]);
  });

  describe('for a login by password', () => {
    const password = { iam: false };
    const old = [cohort(600, 590, password), cohort(500, 490, password), cohort(20, 0, password)];

    it('counts only old idle sessions above the ceiling', () => {
      const findings = evaluateSessions(connectionLeak, fromCohorts(old), {
        version: '1.82.5',
        settings: { ...ONE_POD, poolLimit: 15 },
      });

      expect(findings).toMatchObject([
        { status: 'warning', confidence: 'medium', evidence: { leaked: 15, sessions: 30, login: 'password' } },
      ]);
      expect(findings[0]?.advice.some(({ text }) => text.includes('#24149'))).toBe(true);
      expect(findings[0]?.evidence).not.toHaveProperty('stepsOfTheTokenRefresh');
    });

    it('ends no more cohorts than are above the ceiling, the oldest first', () => {
      const [finding] = evaluateSessions(connectionLeak, fromCohorts(old), { settings: { ...ONE_POD, poolLimit: 20 } });

      expect(finding?.evidence.leaked).toBe(10);
      expect(finding?.advice.map(({ command }) => command).join()).not.toContain(ago(500));
    });

    it('is ok within the ceiling, however old they are', () => {
      const findings = evaluateSessions(connectionLeak, fromCohorts(old), { settings: { ...ONE_POD, poolLimit: 30 } });

      expect(findings).toMatchObject([{ status: 'ok' }]);
    });

    it.each([
      [3, 'warning', 'medium'],
      [2, 'info', 'low'],
    ])('counts %i whole pools of which nobody uses a connection: %s', (whole, status, confidence) => {
      const pools = Array.from({ length: whole }, (_, index) => cohort(600 - 100 * index, 120, password));
      const cohorts = [...pools, cohort(20, 0, { ...password, count: 4 })];

      const findings = evaluateSessions(connectionLeak, fromCohorts(cohorts), {
        version: '1.90.3',
        settings: { pods: 1, poolLimit: undefined, workersPerPod: undefined },
      });

      expect(findings).toMatchObject([{ status, confidence, evidence: { mayBeLivingPool: true } }]);
      expect(findings[0]?.evidence.wholePools).toBe(whole === 3 ? 3 : undefined);
      expect(JSON.stringify(findings)).not.toContain('pg_terminate_backend');
    });

    it.each([
      [3, 'warning'],
      [2, 'ok'],
    ])('counts %i whole pools within a ceiling of several workers as %s', (whole, status) => {
      const pools = Array.from({ length: whole }, (_, index) => cohort(600 - 100 * index, 120, password));
      const cohorts = [...pools, cohort(20, 0, { ...password, count: 4 })];

      const findings = evaluateSessions(connectionLeak, fromCohorts(cohorts), {
        settings: { pods: 1, workersPerPod: 4 },
      });

      expect(findings).toMatchObject([{ status }]);
    });

    it('leaves pools alone of which one connection is in use', () => {
      const cohorts = [600, 500, 400, 20].map((age) => cohort(age, 1, password));

      const findings = evaluateSessions(connectionLeak, fromCohorts(cohorts), {
        settings: { pods: 1, poolLimit: undefined, workersPerPod: undefined },
      });

      expect(findings).toMatchObject([{ status: 'ok' }]);
    });

    it('is only info while the ceiling is a guess', () => {
      const findings = evaluateSessions(connectionLeak, fromCohorts(old), {
        settings: { ...ONE_POD, poolLimit: undefined, workersPerPod: undefined },
      });

      expect(findings).toMatchObject([{ status: 'info', confidence: 'low' }]);
      expect(findings[0]?.summary).toContain('may be leaked');
      expect(JSON.stringify(findings)).not.toContain('pg_terminate_backend');
    });
  });

  describe('stays ok', () => {
    it.each<[string, readonly SessionCohort[]]>([
      ['for a password pool that has been up for days', [cohort(5000, 0.5, { iam: false, count: 30 })]],
      ['for an IAM pool after a refresh, the old one still draining', [cohort(13, 1), cohort(0.5, 0)]],
      ['for an old IAM pool that is at work', [cohort(300, null), cohort(5, 0)]],
      ['for an old IAM pool that was used since the last refresh', [cohort(300, 11), cohort(5, 0)]],
      ['for sessions not yet two token lives old', [cohort(29, 28), cohort(5, 0)]],
      ['for a pool that is the only one, however silent', [cohort(300, 200)]],
    ])('%s', (_, cohorts) => {
      const findings = evaluateSessions(connectionLeak, fromCohorts(cohorts), { settings: ONE_POD });

      expect(findings).toMatchObject([{ kind: 'incident', status: 'ok', subject: 'database prod' }]);
    });

    it("for a person's psql, by user or by name", () => {
      const people = [
        cohort(900, 800, { user: 'alice', clientAddress: '10.0.9.9', count: 1 }),
        cohort(600, 500, { user: 'alice', clientAddress: '10.0.9.9', count: 1 }),
        cohort(900, 800, { count: 1 }),
      ];
      const source = fromCohorts([...people, cohort(5, 0)]);
      const groups = [
        sessionGroup({ user: 'alice', clientAddress: '10.0.9.9', count: 2 }),
        sessionGroup({ application: 'psql', count: 1 }),
        sessionGroup({ count: 10 }),
      ];

      const findings = evaluateSessions(connectionLeak, { ...source, groups }, { settings: ONE_POD });

      expect(findings).toMatchObject([{ status: 'ok', evidence: { sessions: 10 } }]);
    });

    it('for two old psql of the user itself, without a pool', () => {
      const source = fromCohorts([cohort(900, 800, { count: 1 }), cohort(600, 500, { count: 1 })]);
      const groups = [sessionGroup({ application: 'psql', count: 2 })];

      const findings = evaluateSessions(connectionLeak, { ...source, groups }, { settings: ONE_POD });

      expect(findings).toMatchObject([{ status: 'unknown' }]);
    });
  });

  it('does not count sessions of other programs', () => {
    const source = fromCohorts([cohort(80, 70, { count: 12 }), cohort(5, 0)]);
    const groups = [sessionGroup({ count: 20 }), sessionGroup({ application: 'psql', count: 2 })];

    const findings = evaluateSessions(connectionLeak, { ...source, groups }, { settings: ONE_POD });

    expect(findings).toMatchObject([{ confidence: 'medium', evidence: { leaked: 10, otherPrograms: 2 } }]);
  });

  it('is only info behind RDS Proxy, which keeps sessions on purpose', () => {
    const proxied = [sessionGroup({ user: 'rdsproxyadmin', count: 1 })];

    const findings = evaluateSessions(connectionLeak, fromCohorts(staircase(6), proxied), { maxConnections: 80 });

    expect(findings).toMatchObject([{ status: 'info', summary: expect.stringContaining('Not checked') }]);
    expect(JSON.stringify(findings)).not.toContain('pg_terminate_backend');
  });

  it('is never critical where pods share an address', () => {
    const shared = { settings: { pods: 4 }, maxConnections: 80 };

    const iam = evaluateSessions(connectionLeak, fromCohorts(staircase(6)), shared);
    const password = evaluateSessions(connectionLeak, fromCohorts(staircase(6, { iam: false })), shared);

    expect(iam).toMatchObject([{ status: 'warning', confidence: 'low' }]);
    expect(password).toMatchObject([{ status: 'info', confidence: 'low' }]);
  });

  it('is certain of the steps of refreshes that crowd an address, and not of other sessions that do', () => {
    const settings = { pods: undefined };
    const of = (cohorts: readonly SessionCohort[]) =>
      evaluateSessions(connectionLeak, fromCohorts(cohorts), { version: '1.73.6', settings });

    expect(of(staircase(6))).toMatchObject([{ confidence: 'high', evidence: { addressSharing: 'crowded' } }]);
    expect(of(steps([6, 5, 4, 3, 2, 1, 0], 40))).toMatchObject([
      { confidence: 'medium', confidenceReason: expect.stringContaining('NAT') },
    ]);
  });

  it('says at least, and spares no cohort as the newest, where the list is cut', () => {
    const source = fromCohorts([cohort(80, 70), cohort(68, 60)], [sessionGroup({ count: 10 })], { cohortCount: 250 });

    const findings = evaluateSessions(connectionLeak, source, { settings: ONE_POD });

    expect(findings).toMatchObject([{ status: 'warning', evidence: { leaked: 20, livingPool: null } }]);
    expect(findings[0]?.summary).toContain('at least 20 sessions');
  });

  it.each([
    ['1.74.3', '#13120'],
    ['1.80.5', '#24149'],
    ['1.90.1', '#33023'],
    ['1.94.2', 'No known leak'],
    ['1.108.13', 'No known leak'],
    ['1.200.0', 'newer than what is known'],
    [null, 'depends on LiteLLM'],
  ])('names the leak that fits LiteLLM %s: %s', (version, words) => {
    const [finding] = evaluateSessions(connectionLeak, fromCohorts(staircase(6)), {
      version,
      settings: { ...ONE_POD, workersPerPod: 2 },
    });

    expect(finding?.advice.map(({ text }) => text).join()).toContain(words);
  });

  it('does not blame dead workers where there is one', () => {
    const [finding] = evaluateSessions(connectionLeak, fromCohorts(staircase(6)), {
      version: '1.90.1',
      settings: ONE_POD,
    });

    expect(JSON.stringify(finding)).not.toContain('#33023');
  });

  it('does not blame the rotation that kills engines, which leaves nothing', () => {
    const [finding] = evaluateSessions(connectionLeak, fromCohorts(staircase(6)), {
      version: '1.90.1',
      settings: { ...ONE_POD, workersPerPod: 2 },
    });

    expect(JSON.stringify(finding)).not.toMatch(/#34749|iam-rotation-kills-engines/);
  });

  it.each([
    ['1.73.6', 15],
    ['1.80.13', 15],
    ['1.80.15', 12],
    ['1.94.2', 12],
    // The version that runs now need not be the one that left them.
    ['1.80.15', 15],
    [null, 15],
    [null, 12],
  ])('sees refreshes on %s in steps of %i min', (version, minutes) => {
    const findings = evaluateSessions(connectionLeak, fromCohorts(steps([7, 6, 5, 4, 3, 2, 1, 0], minutes)), {
      version,
      settings: ONE_POD,
    });

    expect(findings).toMatchObject([
      { confidence: 'high', evidence: { secondsBetweenStarts: 60 * minutes, stepsOfTheTokenRefresh: true } },
    ]);
  });

  it.each([
    ['of another length', steps([6, 5, 4, 3, 2, 1, 0], 40)],
    [
      'that are refreshes only in the middle',
      [300, 250, 238, 226, 100, 5].map((age) => cohort(age, age === 5 ? 0 : age - 10)),
    ],
  ])('sees no refreshes in steps %s', (_what, cohorts) => {
    const findings = evaluateSessions(connectionLeak, fromCohorts(cohorts), { version: '1.80.5', settings: ONE_POD });

    expect(findings).toMatchObject([{ confidence: 'medium', evidence: { stepsOfTheTokenRefresh: false } }]);
  });

  it('waits for the refresh of the version before idle sessions count', () => {
    const idle = fromCohorts([cohort(80, 13), cohort(5, 0)]);
    const of = (version: string) => evaluateSessions(connectionLeak, idle, { version, settings: ONE_POD })[0]?.status;

    expect([of('1.80.13'), of('1.80.15')]).toEqual(['ok', 'warning']);
  });

  describe('ends sessions one by one', () => {
    const stairs = fromCohorts(staircase(6));
    const iam = (failed: number) =>
      seen(cloudwatch({ iam: { requests: 100, failures: [{ cause: 'invalid-token', count: failed }] } }));
    const advised = (source: SessionsSource, options: Parameters<typeof evaluateSessions>[2] = {}) =>
      JSON.stringify(evaluateSessions(connectionLeak, source, { version: '1.74.3', settings: ONE_POD, ...options }));

    it('when a newer pool of the client is at work and tokens are accepted', () => {
      expect(advised(stairs)).toContain('pg_terminate_backend');
    });

    it.each<[string, string]>([
      ['no newer pool is at work', advised(fromCohorts([...staircase(6).slice(0, -1), cohort(5, 4)]))],
      ['tokens are refused', advised(stairs, { sources: { cloudwatch: iam(20) } })],
      ['whether tokens are accepted is not seen', advised(stairs, { sources: { cloudwatch: failed('timeout') } })],
      ['the start times show no refreshes', advised(fromCohorts(steps([6, 5, 4, 3, 2, 1, 0], 40)))],
      ['an old pool is at work too', advised(fromCohorts([...staircase(6).slice(1), cohort(77, null)].reverse()))],
      ['pods share an address', advised(stairs, { settings: { pods: 4 } })],
      ['they logged in with a password', advised(fromCohorts(staircase(6, { iam: false })))],
    ])('never when %s, and restarts one pod instead', (_when, findings) => {
      expect(findings).toContain('"status":"warning"');
      expect(findings).not.toContain('pg_terminate_backend');
      expect(findings).toContain('Restart the pod at 10.0.3.17');
    });

    it('a few refusals of many do not count', () => {
      expect(advised(stairs, { sources: { cloudwatch: iam(0.5) } })).toContain('pg_terminate_backend');
    });
  });

  describe('tells a leak from a pool that lives without a refresh', () => {
    /** Opened while one token lived, and idle from the bottom: the last connection returned is the first one taken. */
    const unrefreshed = [cohort(200, 190, { count: 3 }), cohort(195, 150, { count: 4 }), cohort(188, 0, { count: 3 })];

    it('is ok, and says so, when no later token opened a session', () => {
      const findings = evaluateSessions(connectionLeak, fromCohorts(unrefreshed), {
        version: '1.94.2',
        settings: ONE_POD,
      });

      expect(findings).toMatchObject([
        { status: 'ok', evidence: { leaked: 0, refreshOverdue: ['litellm@10.0.3.17'], tokenLogins: 'fine' } },
      ]);
      expect(findings[0]?.summary).toContain('No refresh of the IAM token has replaced the pool of litellm@10.0.3.17.');
    });

    it.each([
      ['a pooler keeps them', 'info', fromCohorts(unrefreshed, [sessionGroup({ user: 'rdsproxyadmin', count: 1 })])],
      ['a psql is among them', 'ok', fromCohorts(unrefreshed, [sessionGroup({ application: 'psql', count: 1 })])],
    ])('says nothing of the refresh where %s', (_what, status, source) => {
      const findings = evaluateSessions(connectionLeak, source, { version: '1.94.2', settings: ONE_POD });

      expect(findings).toMatchObject([{ status }]);
      expect(findings[0]?.evidence).not.toHaveProperty('refreshOverdue');
    });

    it('finds the same cohorts leaked when each is of its own token and a newer one works', () => {
      const leak = steps([6, 5, 4, 3, 2, 1, 0], 15, { count: 3 });

      const findings = evaluateSessions(connectionLeak, fromCohorts(leak), { version: '1.73.6', settings: ONE_POD });

      expect(findings).toMatchObject([
        {
          status: 'warning',
          confidence: 'high',
          evidence: { newerPoolAtWork: true, mayBeLivingPool: false, tokenRefresh: 'replaces-pools' },
        },
      ]);
    });

    it('may be a pool of another worker when the sessions are within the ceiling and nothing known explains them', () => {
      const both = [cohort(200, 190, { count: 3 }), cohort(5, 0, { count: 3 })];

      const findings = evaluateSessions(connectionLeak, fromCohorts(both), { settings: ONE_POD });

      expect(findings).toMatchObject([
        { status: 'info', confidence: 'low', evidence: { leaked: 3, mayBeLivingPool: true } },
      ]);
      expect(JSON.stringify(findings)).not.toMatch(/pg_terminate_backend|Restart the pod/);
    });

    it('is less certain when tokens are refused', () => {
      const source = fromCohorts([cohort(80, 70), cohort(5, 0)]);
      const refused = cloudwatch({ iam: { requests: 10, failures: [{ cause: 'invalid-token', count: 6 }] } });

      const findings = evaluateSessions(connectionLeak, source, {
        version: '1.80.5',
        settings: ONE_POD,
        sources: { cloudwatch: seen(refused) },
      });

      expect(findings).toMatchObject([{ status: 'warning', confidence: 'low', evidence: { tokenLogins: 'failing' } }]);
      expect(findings[0]?.advice.map(({ text }) => text).join()).toContain('follow iam-authentication');
    });

    it('does not take sessions of the PgBouncer in the image for a refresh that is overdue', () => {
      const pooled = fromCohorts([cohort(55, 1), cohort(20, 0)]);
      const of = (version: string) =>
        evaluateSessions(connectionLeak, pooled, { version, settings: { pods: 1, poolLimit: 30 } })[0]?.evidence
          .refreshOverdue;

      expect([of('1.101.0'), of('1.102.0')]).toEqual([['litellm@10.0.3.17'], undefined]);
    });
  });

  it('is less certain of an address that is no pod', () => {
    const cohorts = [cohort(80, 70), cohort(5, 0), cohort(5, 0, { clientAddress: '10.0.9.9' })];

    const findings = evaluateSessions(connectionLeak, fromCohorts(cohorts), { version: '1.80.5', settings: ONE_POD });

    expect(findings).toMatchObject([{ confidenceReason: expect.stringContaining('another program uses') }]);
  });

  it('is unknown without a session of LiteLLM, and when sessions are hidden', () => {
    const nobody = evaluateSessions(connectionLeak, fromCohorts([]));
    const hidden = evaluateSessions(connectionLeak, fromCohorts([cohort(5, 0)], [], { hidden: 3 }));

    expect(nobody).toMatchObject([{ status: 'unknown' }]);
    expect(hidden).toMatchObject([{ status: 'unknown', evidence: { hidden: 3 } }]);
  });

  it('says when it looked at the oldest start times only', () => {
    const findings = evaluateSessions(connectionLeak, fromCohorts([cohort(20, 0)], [], { cohortCount: 201 }), {
      settings: ONE_POD,
    });

    expect(findings).toMatchObject([{ status: 'ok', confidence: 'medium' }]);
  });
});
