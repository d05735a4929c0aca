import { describe, expect, it } from 'vitest';
import { isAffected } from '../../lambda/litellm/affected.ts';
import { litellm } from './versions.ts';

const FIXES = ['1.100.4', '1.102.2', '1.104.0rc2'];

describe('isAffected', () => {
  it.each([
    ['before the first affected version', '1.90.9', false],
    ['at it', '1.91.0', true],
    ['a build that leads to it', '1.91.0rc1', true],
    ['below the fix of its line', '1.100.3', true],
    ['a build that leads to the fix', '1.100.4rc1', true],
    ['at the fix of its line', '1.100.4', false],
    ['a rebuild of the fix', '1.100.4-stable.1', false],
    ['on a line without a fix between others', '1.101.9', true],
    ['below a fix that is itself a candidate', '1.104.0rc1', true],
    ['at that candidate', '1.104.0rc2', false],
    ['on a later line than all fixes', '1.105.0', false],
  ])('knows whether a version is affected %s: %s', (_, text, affected) => {
    const range = { introduced: '1.91.0', fixed: FIXES, lastAffected: [] };

    expect(isAffected(litellm(text), range)).toBe(affected);
  });

  it.each([
    ['at the last of its line', '1.80.15', true],
    ['a rebuild of the last', '1.80.15-stable.1', true],
    ['after the last of its line', '1.80.16', false],
    ['at the last of all', '1.81.5', true],
    ['after the last of all', '1.81.6rc1', false],
    ['on a later line', '1.82.0', false],
  ])('ends after the last affected version: %s', (_, text, affected) => {
    const range = { introduced: null, fixed: [], lastAffected: ['1.80.15', '1.81.5'] };

    expect(isAffected(litellm(text), range)).toBe(affected);
  });

  it.each([
    ['1.97.99', true],
    ['1.98.0', false],
  ])('takes a whole line as the last one: %s', (text, affected) => {
    const range = { introduced: '0', fixed: [], lastAffected: ['1.97.x'] };

    expect(isAffected(litellm(text), range)).toBe(affected);
  });

  it('never ends when neither a fix nor a last version is known', () => {
    const range = { introduced: '1.82.0', fixed: [], lastAffected: [] };

    expect(isAffected(litellm('1.110.2'), range)).toBe(true);
  });
});
