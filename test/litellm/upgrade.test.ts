import { assert as check, nat, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSecurity, knownIssuesOf } from '../../lambda/litellm/known-issues.ts';
import { upgradeTarget } from '../../lambda/litellm/upgrade.ts';
import { litellm } from './versions.ts';

describe('upgradeTarget', () => {
  it.each([
    ['1.74.14', '1.108.14'],
    ['1.81.3', '1.108.14'],
    ['1.107.4', '1.108.14'],
    ['1.108.13', '1.108.14'],
    ['1.108.14rc1', '1.108.14'],
    ['1.109.0', '1.109.3'],
    ['1.110.0', '1.110.2'],
  ])('leads from %s to %s', (from, target) => {
    expect(upgradeTarget(litellm(from))).toMatchObject({ target });
  });

  it.each(['1.108.14', '1.108.15', '1.109.3', '1.110.2', '1.110.3', '2.0.0'])('leaves %s where it is', (from) => {
    expect(upgradeTarget(litellm(from))).toBeNull();
  });

  it('names what breaks on the way, oldest first, and not what has broken already', () => {
    const from = (text: string) => upgradeTarget(litellm(text))?.breaksOnTheWay.map((line) => line.split(':')[0]);

    expect(from('1.103.3')).toEqual(['1.104.0', '1.104.0', '1.104.0', '1.104.0', '1.105.0', '1.105.0', '1.108.1']);
    expect(from('1.108.2')).toEqual([]);
    expect(from('1.109.0')).toEqual([]);
  });

  it('names each change to an operator of 1.81.3 that stops a start', () => {
    const breaks = upgradeTarget(litellm('1.81.3'))?.breaksOnTheWay.join('\n');

    expect(breaks).toMatch(/1\.83\.10: .*Python 3\.10/);
    expect(breaks).toMatch(/1\.92\.0: .*compiled for a platform/);
    expect(breaks).toMatch(/1\.101\.0: .*P1011/);
    expect(breaks).toMatch(/1\.103\.0: the config file owns/);
    expect(breaks).toMatch(/1\.103\.3: the proxy exits/);
    expect(breaks).toMatch(/1\.104\.0: .*sk-1234/);
    expect(breaks).toMatch(/1\.105\.0: ENFORCE_PRISMA_MIGRATION_CHECK=false is ignored/);
    expect(breaks).toMatch(/1\.108\.1: fallback targets/);
  });

  it('never names a version with a known security issue', () => {
    check(
      property(tuple(nat({ max: 112 }), nat({ max: 20 })), ([minor, patch]) => {
        const upgrade = upgradeTarget(litellm(`1.${minor}.${patch}`));
        const issues = upgrade === null ? [] : knownIssuesOf(litellm(upgrade.target), { iam: true });
        expect(issues.filter(isSecurity)).toEqual([]);
      }),
    );
  });
});
