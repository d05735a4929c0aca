import { assert as check, nat, property, string, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBeyondKnowledge, isSecurity, knownIssuesOf } from '../../lambda/litellm/known-issues.ts';
import { KNOWN_ISSUES } from '../../lambda/litellm/releases/known-issues.ts';
import { parseLitellmVersion } from '../../lambda/litellm/version.ts';
import { litellm } from './versions.ts';

function idsOf(text: string, iam = true): string[] {
  return knownIssuesOf(litellm(text), { iam }).map(({ id }) => id);
}

/** An issue, the last version that has it, and the first that does not. */
const ENDS: readonly (readonly [string, string, string])[] = [
  ['iam-refresh-keeps-clients', '1.74.14', '1.74.15'],
  ['iam-refresh-fails', '1.80.14', '1.80.15'],
  ['per-request-router', '1.81.5', '1.81.6'],
  ['scoped-router-settings-ignored', '1.81.8', '1.81.9'],
  ['managed-object-poll', '1.82.2', '1.82.3'],
  ['orphaned-engine', '1.83.2', '1.83.3'],
  ['GHSA-r75f-5x8p-qvmc', '1.83.6', '1.83.7'],
  ['GHSA-hx8v-g79f-8w5f', '1.83.8', '1.83.9'],
  ['readiness-stuck', '1.83.13', '1.83.14'],
  ['reconnect-blocks', '1.83.14', '1.84.0'],
  ['GHSA-4xpc-pv4p-pm3w', '1.83.14', '1.84.0'],
  ['iam-refresh-race', '1.89.9', '1.90.0'],
  ['dead-worker-engine', '1.93.9', '1.94.0'],
  ['iam-rotation-kills-engines', '1.94.9', '1.95.0'],
  ['GHSA-7hp6-4w63-5g45', '1.100.3', '1.100.4'],
  ['GHSA-7hp6-4w63-5g45', '1.104.0rc1', '1.104.0rc2'],
  ['GHSA-237m-2qxv-ww7c', '1.100.4', '1.100.5'],
  ['iam-refresh-drops-parameters', '1.101.9', '1.102.0'],
  ['index-migrations-lock', '1.103.2', '1.103.3'],
  ['cost-map-import-error', '1.104.6', '1.104.7'],
  ['cost-map-import-error', '1.105.4', '1.105.5'],
  ['cost-map-import-error', '1.106.3', '1.106.4'],
  ['PR-52838', '1.108.12', '1.108.13'],
  ['PR-52838', '1.110.1', '1.110.2'],
];

/** An issue, the last version before it, and the first that has it. */
const STARTS: readonly (readonly [string, string, string])[] = [
  ['per-request-router', '1.80.13', '1.80.15'],
  ['scoped-router-settings-ignored', '1.81.5', '1.81.6'],
  ['GHSA-r75f-5x8p-qvmc', '1.81.15', '1.81.16'],
  ['PYSEC-2026-2', '1.82.6', '1.82.7'],
  ['watchdog-kills-engines', '1.81.16', '1.82.0'],
  ['GHSA-7hp6-4w63-5g45', '1.86.9', '1.87.0'],
  ['failed-first-connect', '1.94.9', '1.95.0'],
  ['index-migrations-lock', '1.102.9', '1.103.0'],
  ['cost-map-import-error', '1.103.3', '1.104.0'],
];

describe('knownIssuesOf', () => {
  it.each(ENDS)('knows that %s is in %s and no longer in %s', (id, last, first) => {
    expect(idsOf(last)).toContain(id);
    expect(idsOf(first)).not.toContain(id);
  });

  it.each(STARTS)('knows that %s is not yet in %s but in %s', (id, before, first) => {
    expect(idsOf(before)).not.toContain(id);
    expect(idsOf(first)).toContain(id);
  });

  it.each(['1.80.15', '1.80.16', '1.80.17', '1.81.0', '1.81.5', 'v1.81.3-stable.1', '1.81.6rc1'])(
    'rates the Router per request of %s as critical, and verified',
    (text) => {
      const issue = knownIssuesOf(litellm(text), { iam: false }).find(({ id }) => id === 'per-request-router');

      expect(issue).toMatchObject({ severity: 'critical', certainty: 'V' });
    },
  );

  it('quotes the guide beside the packages for 1.80.16', () => {
    const issue = knownIssuesOf(litellm('1.80.16'), { iam: false }).find(({ id }) => id === 'per-request-router');

    expect(issue?.note).toMatch(/guide .* fixed in 1\.80\.16; the packages of 1\.80\.16 and 1\.80\.17 still have it/);
  });

  it('flags the malicious packages and nothing around them', () => {
    const flagged = ['1.82.6', '1.82.7', '1.82.8', '1.82.9', '1.83.0'].filter((text) =>
      idsOf(text).includes('PYSEC-2026-2'),
    );

    expect(flagged).toEqual(['1.82.7', '1.82.8']);
  });

  it('leaves out what requires IAM tokens when LiteLLM logs in otherwise', () => {
    const issues = knownIssuesOf(litellm('1.74.14'), { iam: false });

    expect(issues.some(({ iam }) => iam)).toBe(false);
    expect(idsOf('1.74.14', true).length).toBeGreaterThan(issues.length);
  });

  it('puts connection issues before security ones, and critical ones first in each', () => {
    const issues = knownIssuesOf(litellm('1.81.3'), { iam: true });

    const groups = issues.map(
      (issue) => `${isSecurity(issue) ? 2 : 1} ${['critical', 'warning', 'info'].indexOf(issue.severity)}`,
    );
    expect(groups).toEqual(groups.toSorted());
    expect(groups[0]).toBe('1 0');
  });

  it('finds no security issue in the LTS release', () => {
    expect(knownIssuesOf(litellm('1.108.13'), { iam: true }).filter(isSecurity)).toEqual([]);
  });

  it('finds a version in one part of an issue at most, and never throws, for any version', () => {
    const anyVersion = tuple(nat({ max: 2 }), nat({ max: 120 }), nat({ max: 20 }), string({ maxLength: 6 }));
    check(
      property(anyVersion, ([major, minor, patch, suffix]) => {
        for (const text of [`${major}.${minor}.${patch}`, `${major}.${minor}.${patch}${suffix}`]) {
          const version = parseLitellmVersion(text);
          const ids = version === null ? [] : knownIssuesOf(version, { iam: true }).map(({ id }) => id);
          expect(ids).toHaveLength(new Set(ids).size);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('isBeyondKnowledge', () => {
  it.each([
    ['1.108.14', false],
    ['1.110.2', false],
    ['v1.110.2-stable.1', false],
    ['1.110.3', true],
    ['1.111.0-nightly', true],
    ['1.111.0rc3', true],
    ['2.0.0', true],
  ])('knows whether the knowledge covers %s: %s', (text, beyond) => {
    expect(isBeyondKnowledge(litellm(text))).toBe(beyond);
  });
});

describe('the known issues', () => {
  it('say of none without a fix that it is fixed', () => {
    const claims = KNOWN_ISSUES.filter(
      ({ fixed, note = '', title }) => fixed.length === 0 && /\bfixed in\b/i.test(note + title),
    );

    expect(claims).toEqual([]);
  });
});
