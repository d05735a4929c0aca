import { describe, expect, it } from 'vitest';
import type { ScopedRouterSettings } from '../../lambda/snapshot/snapshot.ts';
import { findingsOf, healthySnapshot, holders, litellm, routerSettings, seen } from '../snapshots.ts';

/** What holds for the settings of teams and of keys alike. */
export function describeScopedSettings(level: 'team' | 'key', table: string): void {
  const id = `${level}-router-settings` as const;
  const settings = (scoped: ScopedRouterSettings) => seen(routerSettings({ [level]: scoped }));
  const evaluateWith = (configuredVersion: string | null, scoped: ScopedRouterSettings) =>
    findingsOf(id, healthySnapshot({ configuredVersion, sources: { 'router-settings': settings(scoped) } }));

  describe(id, () => {
    it(`is ok when no ${level} has settings of its own`, () => {
      const findings = evaluateWith('1.81.3', holders());

      expect(findings).toMatchObject([{ kind: 'risk', status: 'ok', confidence: 'high' }]);
    });

    it.each([
      ['1.80.10', 'warning', 'medium'],
      ['1.80.13', 'info', 'medium'],
      ['1.80.15', 'warning', 'medium'],
      ['1.80.17', 'warning', 'medium'],
      ['1.81.5', 'warning', 'medium'],
      ['1.81.6', 'info', 'medium'],
      ['1.81.8', 'info', 'medium'],
      ['1.81.9', 'info', 'medium'],
      [null, 'warning', 'medium'],
    ])('rates live ones on %s as %s with %s confidence', (version, status, confidence) => {
      const findings = evaluateWith(version, holders({ live: 3 }));

      expect(findings).toMatchObject([{ kind: 'risk', status, confidence }]);
    });

    it('informs when only ones out of use have them', () => {
      const findings = evaluateWith('1.81.3', holders({ expired: 2, blocked: 1 }));

      expect(findings).toMatchObject([
        { status: 'info', summary: expect.stringContaining('0 in use and 3 expired or blocked; no request uses them') },
      ]);
    });

    it('shows counts and the largest holders by name, with the names of their settings', () => {
      const [finding] = evaluateWith(
        '1.81.3',
        holders({
          live: 2,
          blocked: 1,
          holders: [
            { name: 'payments', kind: 'settings', stale: null, keys: ['fallbacks', 'timeout'] },
            { name: 'old', kind: 'text', stale: 'blocked', keys: [] },
          ],
        }),
      );

      expect(finding?.summary).toBe(
        `3 ${level}s have router_settings of their own, 2 in use and 1 expired or blocked; LiteLLM 1.81.3 builds a Router on each of their requests.`,
      );
      expect(finding?.evidence).toMatchObject({
        live: 2,
        blocked: 1,
        countedInFull: true,
        holders: [
          { name: 'payments', state: 'live', settings: ['fallbacks', 'timeout'] },
          { name: 'old', state: 'blocked', settings: [] },
        ],
        holdersNotShown: 1,
      });
      expect(finding?.advice[0]?.text).toContain('Upgrade LiteLLM');
      expect(finding?.advice[1]?.command).toContain(`FROM "public"."${table}"`);
    });

    it('lets the measured behaviour decide when no version is known', () => {
      const activity = { state: 'seen', seconds: 5, configScans: 20, spendLogRows: 500, reset: false } as const;
      const snapshot = healthySnapshot({
        configuredVersion: null,
        sources: {
          'router-settings': settings(holders({ live: 3 })),
          litellm: seen(litellm({ activity })),
        },
      });

      const findings = findingsOf(id, snapshot);

      expect(findings).toMatchObject([
        {
          status: 'info',
          confidence: 'medium',
          summary: expect.stringContaining('builds no Router on their requests'),
        },
      ]);
    });

    it('says "at least" when counting stopped', () => {
      const findings = evaluateWith('1.81.3', holders({ live: 50_001, truncated: true }));

      expect(findings[0]?.summary).toMatch(new RegExp(`^At least 50001 ${level}s have`));
    });

    it('speaks of a single one in the singular', () => {
      const findings = evaluateWith('1.90.0', holders({ live: 1 }));

      expect(findings).toMatchObject([
        {
          advice: [],
          summary: expect.stringMatching(new RegExp(`^1 ${level} has router_settings of its own, 1 in use`)),
        },
      ]);
    });

    it('says that 1.81.6 ignores them', () => {
      const findings = evaluateWith('1.81.6', holders({ live: 4 }));

      expect(findings).toMatchObject([
        { status: 'info', summary: expect.stringContaining('LiteLLM 1.81.6 ignores them') },
      ]);
      expect(findings[0]?.advice[0]?.text).toContain('1.81.9');
    });

    it('is ok when the database is older than such settings', () => {
      const findings = findingsOf(
        id,
        healthySnapshot({
          configuredVersion: null,
          sources: {
            'router-settings': seen(routerSettings({ team: { state: 'no-column' }, key: { state: 'no-column' } })),
          },
        }),
      );

      expect(findings).toMatchObject([
        { status: 'ok', confidence: 'high', summary: expect.stringContaining('older than LiteLLM 1.80.13') },
      ]);
    });

    it('is unknown with the grant when they are hidden', () => {
      const command = `GRANT SELECT (router_settings) ON "public"."${table}" TO "litellm_auditor";`;
      const remediation = { text: 'Run this, then audit again:', command };

      const findings = evaluateWith('1.81.3', { state: 'hidden', remediation });

      expect(findings).toMatchObject([{ kind: 'risk', status: 'unknown', advice: [remediation] }]);
    });

    it('is unknown when there is no such table', () => {
      const findings = evaluateWith('1.81.3', { state: 'no-table' });

      expect(findings).toMatchObject([{ status: 'unknown', evidence: { table } }]);
    });
  });
}
