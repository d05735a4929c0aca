import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { perRequestRouter } from '../../../lambda/checks/per-request-router/check.ts';
import { runChecks } from '../../../lambda/checks/run.ts';
import type { ActivitySeen, Sources } from '../../../lambda/snapshot/snapshot.ts';
import { anyActivity } from '../../activity.ts';
import {
  failed,
  healthySnapshot,
  litellm,
  routerSettings,
  seen,
  sessionGroup,
  sessions,
  settingsFor,
} from '../../snapshots.ts';

function judge(activity: ActivitySeen, sources: Partial<Sources> = {}) {
  const snapshot = healthySnapshot({ sources: { litellm: seen(litellm({ activity })), ...sources } });
  return runChecks(snapshot, settingsFor(), [perRequestRouter]);
}

/** The healthy snapshot has 20 sessions, so at most 4 workers and 80 look-ups by polling within 30 s. */
function measured(configScans: number, spendLogRows: number, more: { seconds?: number; reset?: boolean } = {}) {
  return { state: 'seen', seconds: 5, configScans, spendLogRows, reset: false, ...more } as const;
}

describe('per-request-router', () => {
  it.each([
    [measured(580, 500), 'critical', 'medium'],
    [measured(205, 500), 'critical', 'medium'],
    [measured(204, 500), 'unknown', 'high'],
    [measured(2080, 500), 'critical', 'medium'],
    [measured(2081, 500), 'unknown', 'high'],
    [measured(100, 10), 'critical', 'medium'],
    [measured(80, 20), 'unknown', 'high'],
    [measured(49, 500), 'ok', 'medium'],
    [measured(50, 500), 'unknown', 'high'],
    [measured(0, 10), 'ok', 'medium'],
    [measured(0, 9), 'info', 'high'],
    [measured(0, 0), 'info', 'high'],
    [measured(89, 0), 'info', 'high'],
    [measured(90, 0), 'unknown', 'high'],
    [measured(580, 500, { reset: true }), 'unknown', 'high'],
  ])('judges %o as %s with %s confidence', (activity, status, confidence) => {
    const findings = judge(activity);

    expect(findings).toMatchObject([{ status, confidence }]);
  });

  it('tells the numbers and what to do first', () => {
    const [finding] = judge(measured(580, 500));

    expect(finding?.summary).toBe(
      'LiteLLM queries its configuration and builds a Router on each LLM request: 580 look-ups of "LiteLLM_Config" and 500 requests in 5 s, beside at most 80 of polling: the look-ups follow the requests.',
    );
    expect(finding?.evidence).toMatchObject({
      configLookups: 580,
      requestsWritten: 500,
      lookupsThatPollingExplains: 80,
    });
    expect(finding?.advice[0]?.text).toMatch(/^Upgrade LiteLLM to 1\.108\.13/);
    expect(finding?.advice[1]?.text).toContain('global-router-settings');
  });

  it('expects more polling in a window of over 30 s', () => {
    const findings = judge(measured(205, 500, { seconds: 31 }));

    expect(findings).toMatchObject([{ status: 'unknown', evidence: { lookupsThatPollingExplains: 160 } }]);
  });

  it('expects polling of each address on its own, and none of RDS or of other databases', () => {
    const groups = [
      sessionGroup({ clientAddress: '10.0.0.1', count: 1 }),
      sessionGroup({ clientAddress: '10.0.0.2', count: 4 }),
      sessionGroup({ clientAddress: '10.0.0.2', count: 2, state: 'active' }),
      sessionGroup({ user: 'rdsadmin', clientAddress: null, count: 50 }),
      sessionGroup({ database: 'other', count: 50 }),
    ];

    const findings = judge(measured(580, 500), { sessions: seen(sessions({ groups })) });

    expect(findings).toMatchObject([{ evidence: { lookupsThatPollingExplains: 60 } }]);
  });

  it('cannot tell without the sessions', () => {
    const findings = judge(measured(580, 500), { sessions: failed('timeout') });

    expect(findings).toMatchObject([
      { status: 'unknown', summary: expect.stringContaining('how many workers poll could not be told') },
    ]);
  });

  it('is ok with the reason when nothing asked for a measurement', () => {
    const findings = judge({ state: 'not-measured', reason: 'No router_settings are there.' });

    expect(findings).toMatchObject([
      { status: 'ok', summary: 'Nothing asked for a measurement. No router_settings are there.' },
    ]);
  });

  it('is unknown with the grant when nothing was measured because settings are hidden', () => {
    const hidden = { state: 'hidden', missing: 'npm run --silent database-setup' } as const;

    const findings = judge(
      { state: 'not-measured', reason: 'No router_settings are there.' },
      { 'router-settings': seen(routerSettings({ global: hidden })) },
    );

    expect(findings).toMatchObject([{ status: 'unknown', advice: [{ command: hidden.missing }] }]);
  });

  it('is unknown when a table is not there', () => {
    const findings = judge({ state: 'no-table' });

    expect(findings).toMatchObject([{ status: 'unknown', evidence: { table: 'LiteLLM_Config or LiteLLM_SpendLogs' } }]);
  });

  it('is unknown when the tables could not be read', () => {
    const findings = judge(measured(0, 0), { litellm: failed('timeout') });

    expect(findings).toMatchObject([{ status: 'unknown' }]);
  });

  it('is never critical without more look-ups than polling, and never throws, for any activity', () => {
    fc.assert(
      fc.property(anyActivity, fc.nat({ max: 400 }), (activity, count) => {
        const [finding] = judge(activity, {
          sessions: seen(sessions({ groups: [sessionGroup({ count })] })),
        });

        expect(finding?.summary).not.toMatch(/fault of the auditor|\b(NaN|undefined|Infinity)\b/);
        if (finding?.status === 'critical') {
          expect(finding.evidence.configLookups).toBeGreaterThan(Number(finding.evidence.lookupsThatPollingExplains));
        }
      }),
    );
  });
});
