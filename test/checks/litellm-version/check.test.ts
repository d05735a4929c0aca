import { assert as check, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateVersion } from '../../../lambda/checks/litellm-version/check.ts';
import type { Finding } from '../../../lambda/core/finding.ts';
import type { Snapshot, Sources } from '../../../lambda/snapshot/snapshot.ts';
import { failed, findingsOf, healthySnapshot, proxy, seen, sessionGroup, sessions } from '../../snapshots.ts';

function evaluateWith(snapshot: Snapshot): Finding {
  const [finding] = findingsOf('litellm-version', snapshot);
  if (finding === undefined) throw new Error('The check found nothing.');
  return finding;
}

function evaluateText(configuredVersion: string | null, sources: Partial<Sources> = {}): Finding {
  return evaluateWith(healthySnapshot({ configuredVersion, sources }));
}

const PASSWORD_SESSIONS = { sessions: seen(sessions({ groups: [sessionGroup({ iam: false })] })) };

describe('litellm-version', () => {
  it.each([
    ['1.74.14', 'warning', 'iam-refresh-keeps-clients'],
    ['1.74.15', 'warning', 'managed-object-poll'],
    ['1.80.12', 'warning', 'managed-object-poll'],
    ['1.81.3', 'warning', 'then per-request-router'],
    ['1.82.3', 'warning', 'GHSA-r75f-5x8p-qvmc'],
    ['1.82.8', 'warning', 'PYSEC-2026-2'],
    ['1.84.0', 'warning', 'iam-refresh-race'],
    ['1.90.0', 'warning', 'GHSA-7hp6-4w63-5g45'],
    ['1.100.3', 'warning', 'GHSA-7hp6-4w63-5g45'],
    ['1.100.4', 'warning', 'migration-lock-orphan'],
    ['1.104.6', 'warning', 'cost-map-import-error'],
    ['1.104.7', 'warning', 'PR-52838'],
    ['1.108.13', 'info', 'no issue that another version fixes'],
    ['1.110.2', 'info', 'no issue that another version fixes'],
  ])('rates %s as %s and names the worst issue', (version, status, words) => {
    const finding = evaluateText(version);

    expect(finding).toMatchObject({ kind: 'risk', status });
    expect(finding.summary).toContain(words);
  });

  it.each([
    [null, 'is not set in the configuration'],
    ['main-latest', '"main-latest" according to the configuration'],
    ['1.81', 'not a version such as 1.81.3'],
    ['1.110.3', 'LiteLLM 1.110.3 is newer than what the auditor knows, which ends with 1.110.2 on 2026-11-22'],
    ['1.111.0rc3', 'newer'],
    ['2.0.0', 'newer'],
  ])('is unknown for the version %s, with the date of the knowledge', (version, words) => {
    const finding = evaluateText(version);

    expect(finding).toMatchObject({ status: 'unknown', evidence: { knowledgeDate: '2026-11-22' } });
    expect(finding.summary).toContain(words);
    expect(finding.advice).not.toEqual([]);
  });

  it('shows connection issues in full and security ones in short', () => {
    const { evidence } = evaluateText('1.80.16');

    expect(evidence.connectionIssues).toContainEqual({
      id: 'per-request-router',
      title: expect.stringContaining('builds a Router of its own'),
      severity: 'critical',
      kind: 'regression',
      certainty: 'verified',
      requires: expect.stringContaining('router_settings'),
      introduced: '1.80.15',
      fixed: '1.81.6',
      note: expect.stringContaining('guide (#19921) says fixed in 1.80.16'),
      source: expect.stringContaining('#20133'),
    });
    expect(evidence.securityIssues).toContainEqual({
      id: 'GHSA-4xpc-pv4p-pm3w',
      severity: 'critical (CVSS4 9.5)',
      title: 'Authentication bypass by Host header injection',
      certainty: 'verified',
      fixed: '1.84.0',
      note: expect.any(String),
    });
  });

  it('quotes the guide beside the evidence where people may have followed it', () => {
    expect(evaluateText('1.81.7').evidence.guide).toMatchObject({
      says: 'Upgrade to 1.80.16 or 1.81.7+.',
      evidence: expect.stringContaining('1.80.16 and 1.80.17'),
    });
    expect(evaluateText('1.109.0').evidence).not.toHaveProperty('guide');
  });

  it('says "no fixed version known" of an open issue', () => {
    const { evidence } = evaluateText('1.108.13');

    expect(evidence.connectionIssues).toContainEqual(
      expect.objectContaining({ id: 'watchdog-kills-engines', certainty: 'reported', open: 'no fixed version known' }),
    );
  });

  it('advises the upgrade, what changes on the way, and what helps until then', () => {
    const [upgrade, changes, ...rest] = evaluateText('1.81.3').advice.map(({ text }) => text);

    expect(upgrade).toMatch(/^Upgrade LiteLLM to 1\.108\.13: .*LTS/);
    expect(changes).toContain('1.104.0: the proxy does not start with a master key');
    expect(rest.join(' ')).toContain('per-request-router: Remove router_settings');
  });

  it('advises no upgrade where none fixes anything', () => {
    const texts = evaluateText('1.108.13').advice.map(({ text }) => text);

    expect(texts.join(' ')).not.toContain('Upgrade');
    expect(texts.join(' ')).toContain('PRISMA_HEALTH_WATCHDOG_ENABLED=false');
  });

  it.each([
    ['of LiteLLM are of an IAM user', {}, true, 'yes: litellm'],
    ['of LiteLLM use a password', PASSWORD_SESSIONS, false, 'no: none of its sessions is of an IAM user'],
    ['could not be read', { sessions: failed('timeout') }, true, 'not seen: no session of LiteLLM shows it'],
    [
      'are only those of RDS itself',
      { sessions: seen(sessions({ groups: [sessionGroup({ user: 'rdsadmin', iam: false })] })) },
      true,
      'not seen: no session of LiteLLM shows it',
    ],
    [
      'of an IAM user are in another database',
      { sessions: seen(sessions({ groups: [sessionGroup({ database: 'other' }), sessionGroup({ iam: false })] })) },
      false,
      'no: none of its sessions is of an IAM user',
    ],
  ])('knows which issues hold when the sessions %s', (_, sources, named, words) => {
    const { evidence } = evaluateText('1.94.0', sources);

    expect(JSON.stringify(evidence.connectionIssues).includes('iam-rotation-kills-engines')).toBe(named);
    expect(evidence.iamLogin).toBe(words);
  });

  it('is of medium confidence for a configured version, and says why', () => {
    const { confidence, confidenceReason } = evaluateText('1.100.3');

    expect(confidence).toBe('medium');
    expect(confidenceReason).toBe('The version is what the configuration states: it can be out of date.');
  });

  it('shows that the status is based on reports alone when it does', () => {
    const { confidenceReason } = evaluateText('1.110.2');

    expect(confidenceReason).toContain('It is based only on what GitHub issues report: watchdog-kills-engines');
  });

  it('is less certain of a version that is newer than the last known of its line', () => {
    const { status, confidenceReason } = evaluateText('1.108.14');

    expect(status).toBe('info');
    expect(confidenceReason).toContain('It is newer than 1.108.13, the last of its line on 2026-11-22.');
  });

  it('has the same fingerprint whatever the version is', () => {
    expect(evaluateText('1.81.3').fingerprint).toBe(evaluateText(null).fingerprint);
  });

  it('never throws, and is never ok, for any text as a version', () => {
    check(
      property(string(), (text) => {
        expect(evaluateText(text).status).not.toBe('ok');
      }),
    );
  });
});

describe('litellm-version of replicas', () => {
  it('is the worst of their versions, and names them all, when they differ', () => {
    const versions = [
      { version: '1.108.13', from: 'readiness', count: 2 },
      { version: '1.81.3', from: 'readiness', count: 1 },
    ] as const;

    const finding = evaluateWith(healthySnapshot({ sources: { proxy: seen(proxy({ versions })) } }));

    expect(finding).toMatchObject({
      status: 'warning',
      evidence: { version: '1.81.3', replicas: ['1.108.13', '1.81.3'] },
      confidence: 'medium',
    });
    expect(finding.confidenceReason).toContain('replicas of the proxy state different versions');
  });
});

describe('evaluateVersion', () => {
  const observed = { version: '1.81.3', from: 'configured', confidence: 'high' } as const;
  const noIam = { use: 'no', words: 'no' } as const;

  it('is certain of a verified issue of a version that was seen', () => {
    const result = evaluateVersion({ ...observed, lowerBound: false }, noIam, 'database prod');

    expect(result).toMatchObject({ status: 'warning', confidence: 'high', facts: { version: '1.81.3' } });
  });

  it('is less certain when all that is bad requires a setting, and names it', () => {
    const result = evaluateVersion({ ...observed, version: '1.90.0', lowerBound: false }, noIam, 'database prod');

    expect(result).toMatchObject({
      status: 'warning',
      confidence: 'medium',
      summary: expect.stringContaining('requires EXPERIMENTAL_UI_LOGIN=true'),
      confidenceReason: 'It requires EXPERIMENTAL_UI_LOGIN=true, which this check does not see.',
    });
  });

  it('claims nothing of the version that runs from a lower bound', () => {
    const result = evaluateVersion({ ...observed, lowerBound: true }, noIam, 'database prod');

    expect(result).toMatchObject({ status: 'unknown', evidence: { atLeast: '1.81.3' } });
    expect(result.summary).toMatch(/^At least LiteLLM 1\.81\.3 has run on this database/);
  });

  it('is less certain when the worst requires IAM tokens and none were seen', () => {
    const notSeen = { use: 'not-seen', words: 'not seen' } as const;

    const result = evaluateVersion({ ...observed, version: '1.74.14', lowerBound: false }, notSeen, 'database prod');

    expect(result).toMatchObject({
      confidence: 'medium',
      confidenceReason: expect.stringMatching(/^iam-refresh-keeps-clients requires login with IAM tokens/),
    });
  });
});
