import { describe, expect, it } from 'vitest';
import { counted, durationText, listed, shellWord } from '../../lambda/core/text.ts';

describe('counted', () => {
  it('uses the singular for one alone', () => {
    const texts = [0, 1, 2].map((count) => counted(count, 'session'));

    expect(texts).toEqual(['0 sessions', '1 session', '2 sessions']);
  });
});

describe('listed', () => {
  it.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
    [['a', 'b', 'c', 'd'], 'a, b, c and 1 more'],
  ])('lists %j as %j', (names, text) => {
    const list = listed(names, 3);

    expect(list).toBe(text);
  });
});

describe('durationText', () => {
  it.each([
    [-3, '0 s'],
    [59.9, '59 s'],
    [60, '1 min'],
    [3599, '59 min'],
    [3600, '1 h'],
    [11_100, '3 h 5 min'],
    [86_400, '1 d'],
    [187_300, '2 d 4 h'],
  ])('writes %d s as %s', (seconds, text) => {
    const duration = durationText(seconds);

    expect(duration).toBe(text);
  });
});

describe('shellWord', () => {
  it.each([
    ['prod-1.example:5432', 'prod-1.example:5432'],
    ['', "''"],
    ['a b', "'a b'"],
    ["it's; $(id)", `'it'\\''s; $(id)'`],
  ])('writes %j as %j', (text, word) => {
    const quoted = shellWord(text);

    expect(quoted).toBe(word);
  });
});
