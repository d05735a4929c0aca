import { describe, expect, it } from 'vitest';
import { neighbours } from '../../../tools/verify/bounds.ts';
import { newMigrations } from '../../../tools/verify/migrations.ts';
import { PackageError, type Packages } from '../../../tools/verify/packages.ts';
import { isVerified, type VerifiableRow } from '../../../tools/verify/rows.ts';
import { verifyRows } from '../../../tools/verify/verify.ts';

const PUBLISHED = ['1.80.13', '1.80.15', '1.81.5', '1.81.6', '1.100.3', '1.100.4', '1.101.0', '1.101.1', '1.102.0'];

const ROW: VerifiableRow = {
  id: 'one',
  introduced: '1.80.15',
  fixed: ['1.81.6'],
  lastAffected: [],
  introducedMarker: '+ a.py: fault',
  fixedMarker: '- a.py: fault',
};

/** Packages in which `a.py` has the text that a version has here. */
function packagesWith(texts: Readonly<Record<string, string>>): Packages {
  return {
    published: async () => PUBLISHED,
    file: async (version, path) => {
      if (texts[version] === 'gone') throw new PackageError('It is not there.');
      return path === 'a.py' ? (texts[version] ?? '') : null;
    },
    migrations: async (version) => {
      if (version === '1.101.1') throw new PackageError('It is not there.');
      return ['1_old', `2_of_${version}`];
    },
  };
}

describe('neighbours', () => {
  it.each([
    ['introduced', '1.80.15', '1.80.13', '1.80.15'],
    ['introduced', '1.80.14', '1.80.13', '1.80.15'],
    ['fixed', '1.81.6', '1.81.5', '1.81.6'],
  ] as const)('of %s %s are %s and %s', (end, version, before, at) => {
    const range = { introduced: end === 'introduced' ? version : '1.80.15', fixed: ['1.81.6'], lastAffected: [] };

    expect(neighbours(range, { end, version }, PUBLISHED)).toEqual({ before, at });
  });

  it.each([
    ['1.100.4', '1.100.3', '1.100.4'],
    ['1.101.1', '1.101.0', '1.101.1'],
    // A candidate of 1.102.0 has the fix, so the newest release with the issue is on the line before.
    ['1.102.0rc2', '1.101.0', '1.102.0'],
  ])('of the fix %s of one of several lines are %s and %s', (version, before, at) => {
    const range = { introduced: '0', fixed: ['1.100.4', '1.101.1', '1.102.0rc2'], lastAffected: [] };

    expect(neighbours(range, { end: 'fixed', version }, PUBLISHED)).toEqual({ before, at });
  });

  it('of a last affected version are it and the next release', () => {
    const range = { introduced: '0', fixed: [], lastAffected: ['1.81.5'] };

    expect(neighbours(range, { end: 'last_affected', version: '1.81.5' }, PUBLISHED)).toEqual({
      before: '1.81.5',
      at: '1.81.6',
    });
  });

  it('are not there for a version that was never published', () => {
    const range = { introduced: '1.200.0', fixed: [], lastAffected: [] };

    expect(neighbours(range, { end: 'introduced', version: '1.200.0' }, PUBLISHED)).toBeNull();
  });
});

describe('verifyRows', () => {
  it.each([
    ['holds at both ends', { '1.80.15': 'fault', '1.81.5': 'fault' }, ['holds', 'holds'], true],
    [
      'starts elsewhere',
      { '1.80.13': 'fault', '1.80.15': 'fault', '1.81.5': 'fault' },
      ['does not hold', 'holds'],
      false,
    ],
    ['ends elsewhere', { '1.80.15': 'fault' }, ['holds', 'does not hold'], false],
    ['has a package that cannot be fetched', { '1.80.13': 'gone', '1.81.5': 'fault' }, ['no packages', 'holds'], false],
  ])('says so when a range %s', async (_name, texts, expected, verified) => {
    const results = await verifyRows([ROW], packagesWith(texts), '2026-11-25');

    expect(results.map(({ result }) => result)).toEqual(expected);
    expect(isVerified(ROW, results)).toBe(verified);
  });

  it('calls a row without a marker unverified', async () => {
    const row = { ...ROW, fixedMarker: '' };

    const results = await verifyRows([row], packagesWith({ '1.80.15': 'fault' }), '2026-11-25');

    expect(results.map(({ result }) => result)).toEqual(['holds', 'no marker']);
    expect(isVerified(row, results)).toBe(false);
  });

  it('takes no range without ends for verified', () => {
    expect(isVerified({ ...ROW, introduced: null, fixed: [] }, [])).toBe(false);
  });
});

describe('newMigrations', () => {
  it('are those of later releases that the table does not have, and names the releases without packages', async () => {
    const found = await newMigrations(packagesWith({}), '1.100.4', new Set(['1_old', '2_of_1.102.0']));

    expect(found).toEqual({ missing: [{ name: '2_of_1.101.0', version: '1.101.0' }], notFetched: ['1.101.1'] });
  });
});
