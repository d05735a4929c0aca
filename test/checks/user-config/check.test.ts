import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UserConfigSeen } from '../../../lambda/snapshot/snapshot.ts';
import { failed, findingsOf, healthySnapshot, litellm, seen } from '../../snapshots.ts';

function evaluateWith(seenConfig: UserConfigSeen, configuredVersion: string | null = '1.108.13') {
  const snapshot = healthySnapshot({
    configuredVersion,
    sources: { litellm: seen(litellm({ userConfig: seenConfig })) },
  });
  return findingsOf('user-config', snapshot);
}

function counts(requests: number, withBody: number, withUserConfig: number): UserConfigSeen {
  return { state: 'seen', requests, withBody, withUserConfig };
}

describe('user-config', () => {
  it.each([
    [counts(500, 500, 0), 'ok', 'medium'],
    [counts(500, 1, 0), 'ok', 'medium'],
    [counts(500, 0, 0), 'unknown', 'high'],
    [counts(0, 0, 0), 'info', 'high'],
    [counts(500, 500, 1), 'warning', 'high'],
    [counts(500, 400, 12), 'warning', 'medium'],
  ])('rates %o as %s with %s confidence', (seenConfig, status, confidence) => {
    const findings = evaluateWith(seenConfig);

    expect(findings).toMatchObject([{ kind: 'risk', status, confidence }]);
  });

  it('counts the requests that were looked at', () => {
    const [finding] = evaluateWith(counts(500, 500, 12));

    expect(finding?.summary).toBe(
      "12 of the last hour's 500 requests carry their own Router configuration (user_config), and LiteLLM builds a Router for each, which an administrator has allowed.",
    );
  });

  it('speaks of one request in the singular', () => {
    const [finding] = evaluateWith(counts(2, 2, 1));

    expect(finding?.summary).toContain("1 of the last hour's 2 requests carries its own");
  });

  it.each([
    ['1.83.8', 'PYSEC-2026-4070 affects 1.83.8'],
    ['1.83.9', 'PYSEC-2026-4070 is not known to affect 1.83.9'],
    [null, 'PYSEC-2026-4070 affects versions before 1.83.9; the version that runs is not known'],
  ])('shows whether %s has the request forgery', (version, words) => {
    const [finding] = evaluateWith(counts(500, 500, 12), version);

    expect(finding?.evidence.requestForgery).toBe(words);
    expect(finding?.advice.at(-1)?.text).toContain('PYSEC-2026-4070');
  });

  it('says what would show them when no body is stored', () => {
    const [finding] = evaluateWith(counts(500, 0, 0));

    expect(finding?.advice[0]?.text).toContain('store_prompts_in_spend_logs: true');
  });

  it('is unknown with the command when they may not be counted', () => {
    const findings = evaluateWith({
      state: 'hidden',
      remediation: { text: 'Run this:', command: 'npm run --silent database-setup' },
    });

    expect(findings).toMatchObject([{ status: 'unknown', advice: [{ command: 'npm run --silent database-setup' }] }]);
  });

  it('is unknown when there is no such table', () => {
    const findings = evaluateWith({ state: 'no-table' });

    expect(findings).toMatchObject([{ status: 'unknown', evidence: { table: 'LiteLLM_SpendLogs' } }]);
  });

  it('is unknown when the tables could not be read', () => {
    const findings = findingsOf('user-config', healthySnapshot({ sources: { litellm: failed('timeout') } }));

    expect(findings).toMatchObject([{ status: 'unknown' }]);
  });

  it('warns for any request that has one, and never throws, for any counts', () => {
    const count = fc.nat({ max: 10_000 });

    fc.assert(
      fc.property(count, count, count, fc.option(fc.string()), (requests, withBody, withUserConfig, version) => {
        const [finding] = evaluateWith(counts(requests, withBody, withUserConfig), version);

        expect(finding?.status === 'warning').toBe(withUserConfig > 0);
        expect(finding?.summary).not.toMatch(/\b(NaN|undefined)\b/);
      }),
    );
  });
});
