import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActivitySeen, Sources } from '../../../lambda/snapshot/snapshot.ts';
import { anyActivity } from '../../activity.ts';
import {
  failed,
  findingsOf,
  healthySnapshot,
  litellm,
  routerSettings,
  seen,
  sessionGroup,
  sessions,
} from '../../snapshots.ts';

function evaluateWith(activity: ActivitySeen, sources: Partial<Sources> = {}) {
  const snapshot = healthySnapshot({ sources: { litellm: seen(litellm({ activity })), ...sources } });
  return findingsOf('per-request-router', snapshot);
}

/** The healthy snapshot has 20 sessions, so at most 4 workers and 80 lookups by polling within 30 s. */
function measured(configScans: number, spendLogRows: number, more: { seconds?: number; reset?: boolean } = {}) {
  return { state: 'seen', seconds: 5, configScans, spendLogRows, reset: false, ...more } as const;
}

describe('per-request-router', () => {
  it.each([
    [measured(580, 500), 'warning', 'medium'],
    [measured(205, 500), 'warning', 'medium'],
    [measured(204, 500), 'unknown', 'high'],
    [measured(2080, 500), 'warning', 'medium'],
    [measured(2081, 500), 'unknown', 'high'],
    [measured(100, 10), 'warning', 'medium'],
    [measured(80, 20), 'unknown', 'high'],
    [measured(49, 500), 'ok', 'medium'],
    [measured(50, 500), 'unknown', 'high'],
    [measured(0, 10), 'ok', 'medium'],
    [measured(0, 9), 'info', 'high'],
    [measured(0, 0), 'info', 'high'],
    [measured(89, 0), 'info', 'high'],
    [measured(90, 0), 'unknown', 'high'],
    [measured(580, 500, { reset: true }), 'unknown', 'high'],
  ])('rates %o as %s with %s confidence', (activity, status, confidence) => {
    const findings = evaluateWith(activity);

    expect(findings).toMatchObject([{ kind: 'risk', status, confidence }]);
  });

  it('shows the numbers and what to do first', () => {
    const [finding] = evaluateWith(measured(580, 500));

    expect(finding?.summary).toBe(
      'LiteLLM queries its configuration and builds a Router on each LLM request: 580 lookups of "LiteLLM_Config" and 500 requests in 5 s, besides at most 80 of polling: the lookups follow the requests.',
    );
    expect(finding?.evidence).toMatchObject({
      configLookups: 580,
      requestsWritten: 500,
      lookupsThatPollingExplains: 80,
    });
    expect(finding?.advice[0]?.text).toMatch(/^Upgrade LiteLLM to 1\.108\.14/);
    expect(finding?.advice[1]?.text).toContain('global-router-settings');
  });

  it('expects more polling in a window of over 30 s', () => {
    const findings = evaluateWith(measured(205, 500, { seconds: 31 }));

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

    const findings = evaluateWith(measured(580, 500), { sessions: seen(sessions({ groups })) });

    expect(findings).toMatchObject([{ evidence: { lookupsThatPollingExplains: 60 } }]);
  });

  it('is unknown without the sessions', () => {
    const findings = evaluateWith(measured(580, 500), { sessions: failed('timeout') });

    expect(findings).toMatchObject([
      { status: 'unknown', summary: expect.stringContaining('how many workers poll is not known') },
    ]);
  });

  it('is ok with the reason when nothing asked for a measurement', () => {
    const findings = evaluateWith({ state: 'not-measured', reason: 'No router_settings are there.' });

    expect(findings).toMatchObject([
      { status: 'ok', summary: 'No measurement was necessary. No router_settings are there.' },
    ]);
  });

  it('is unknown with the grant when nothing was measured because settings are hidden', () => {
    const hidden = {
      state: 'hidden',
      remediation: { text: 'Run this:', command: 'npm run --silent database-setup' },
    } as const;

    const findings = evaluateWith(
      { state: 'not-measured', reason: 'No router_settings are there.' },
      { 'router-settings': seen(routerSettings({ global: hidden })) },
    );

    expect(findings).toMatchObject([{ status: 'unknown', advice: [hidden.remediation] }]);
  });

  it('is unknown when a table is not there', () => {
    const findings = evaluateWith({ state: 'no-table' });

    expect(findings).toMatchObject([{ status: 'unknown', evidence: { table: 'LiteLLM_Config or LiteLLM_SpendLogs' } }]);
  });

  it('is unknown when the tables could not be read', () => {
    const findings = evaluateWith(measured(0, 0), { litellm: failed('timeout') });

    expect(findings).toMatchObject([{ status: 'unknown' }]);
  });

  it('never warns without more lookups than polling, and never throws, for any activity', () => {
    fc.assert(
      fc.property(anyActivity, fc.nat({ max: 400 }), (activity, count) => {
        const [finding] = evaluateWith(activity, {
          sessions: seen(sessions({ groups: [sessionGroup({ count })] })),
        });

        expect(finding?.summary).not.toMatch(/bug in the auditor|\b(NaN|undefined|Infinity)\b/);
        expect(finding?.status).not.toBe('critical');
        if (finding?.status === 'warning') {
          expect(finding.evidence.configLookups).toBeGreaterThan(Number(finding.evidence.lookupsThatPollingExplains));
        }
      }),
    );
  });
});
