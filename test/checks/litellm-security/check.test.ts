import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../lambda/core/finding.ts';
import type { Sources } from '../../../lambda/snapshot/snapshot.ts';
import { findingsOf, healthySnapshot, olderLitellm, proxy, seen } from '../../snapshots.ts';

function evaluateText(configuredVersion: string | null, sources: Partial<Sources> = {}): Finding {
  const [finding] = findingsOf('litellm-security', healthySnapshot({ configuredVersion, sources }));
  if (finding === undefined) throw new Error('The check found nothing.');
  return finding;
}

function namesOf({ evidence }: Finding): readonly string[] {
  return (evidence.securityIssues as readonly { readonly id: string }[]).map(({ id }) => id);
}

describe('litellm-security', () => {
  it.each([
    ['1.81.16', 'warning', 'CVE-2026-42208'],
    ['1.82.8', 'warning', 'PYSEC-2026-2'],
    ['1.90.0', 'warning', 'CVE-2026-114612'],
    ['1.100.3', 'warning', 'CVE-2026-114612'],
    ['1.104.7', 'warning', 'PR-52838'],
    ['1.108.14', 'ok', 'no known security issue'],
    ['1.110.2', 'ok', 'no known security issue'],
  ])('rates %s as %s and names the worst issue', (version, status, words) => {
    const finding = evaluateText(version);

    expect(finding).toMatchObject({ kind: 'risk', status });
    expect(finding.summary).toContain(words);
  });

  it('names what is exploited without a login first, by its CVE, and what is only exploited next', () => {
    const finding = evaluateText('1.82.3');

    expect(finding.summary).toMatch(
      /exploited: CVE-2026-\d+, [^;]*\(without a login\); CVE-2026-\d+, [^;]*\(without a login\); CVE-2026-42271/,
    );
    expect(namesOf(finding).slice(0, 3).toSorted()).toEqual(['CVE-2026-42208', 'CVE-2026-42271', 'CVE-2026-59822']);
    expect(namesOf(finding)[2]).toBe('CVE-2026-42271');
  });

  it('shows how an advisory is reached, what fixes it, and how certain it is', () => {
    expect(evaluateText('1.83.14').evidence.securityIssues).toContainEqual({
      id: 'CVE-2026-49468',
      severity: 'critical (CVSS4 9.5), without a login',
      title: 'Authentication bypass by Host header injection',
      certainty: 'verified',
      fixed: '1.84.0',
      note: expect.any(String),
    });
  });

  it('shows a security issue without an advisory too', () => {
    expect(namesOf(evaluateText('1.100.5'))).toContain('tls-not-verified');
  });

  it('is less certain when the only issue requires a setting', () => {
    expect(evaluateText('1.108.12')).toMatchObject({ status: 'warning' });
    expect(evaluateText('1.90.0').confidenceReason).toContain('requires EXPERIMENTAL_UI_LOGIN=true');
  });

  it.each([
    [null, 'is not set in the configuration'],
    ['latest', 'is not a version'],
    ['2.0.0', 'newer than what the auditor knows'],
  ])('is unknown for the version %s', (version, words) => {
    const finding = evaluateText(version, { litellm: seen(olderLitellm()) });

    expect(finding.status).toBe('unknown');
    expect(finding.summary).toContain(words);
  });

  it('is the worst of the versions when replicas differ, and names them all', () => {
    const versions = [
      { version: '1.108.14', from: 'readiness', count: 2 },
      { version: '1.82.8', from: 'readiness', count: 1 },
    ] as const;

    expect(evaluateText(null, { proxy: seen(proxy({ versions })) })).toMatchObject({
      status: 'warning',
      evidence: { version: '1.82.8', replicas: ['1.108.14', '1.82.8'] },
    });
  });
});
