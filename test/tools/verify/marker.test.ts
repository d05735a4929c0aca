import { describe, expect, it } from 'vitest';
import { parseMarker, showsChange } from '../../../tools/verify/marker.ts';

describe('parseMarker', () => {
  it('reads the change, the file and the pattern', () => {
    expect(parseMarker('- litellm/proxy/utils.py: def (a|b): c')).toEqual({
      change: 'disappears',
      file: 'litellm/proxy/utils.py',
      pattern: /def (a|b): c/,
    });
  });

  it.each(['', 'litellm/proxy/utils.py: a', '+ litellm/proxy/utils.py', '* a.py: b', '+ a.py: ('])(
    'refuses %j',
    (cell) => {
      expect(parseMarker(cell)).toBeNull();
    },
  );
});

describe('showsChange', () => {
  it.each([
    ['+ a.py: x', 'y', 'x', true],
    ['+ a.py: x', null, 'x', true],
    ['+ a.py: x', 'x', 'x', false],
    ['+ a.py: x', 'y', 'y', false],
    ['+ a.py: x', 'y', null, false],
    ['- a.py: x', 'x', 'y', true],
    ['- a.py: x', 'x', null, true],
    ['- a.py: x', 'y', 'y', false],
    ['- a.py: x', null, 'x', false],
  ])('of %s from %j to %j is %s', (cell, before, at, expected) => {
    const marker = parseMarker(cell);

    expect(marker && showsChange(marker, before, at)).toBe(expected);
  });
});
