import { describe, expect, it } from 'vitest';
import { FilterPatternError, filterMatcher } from '../../../sandbox/aws/filter-pattern.ts';

describe('a filter pattern', () => {
  it.each([
    ['ERROR', 'an ERROR here', true],
    ['ERROR', 'an error here', false],
    ['"kind: Closed"', 'Error { kind: Closed, cause: None }', true],
    ['"kind: Closed"', 'kind Closed', false],
    ['one two', 'two and one', true],
    ['one two', 'one', false],
    ['?one ?"a phrase"', 'with a phrase', true],
    ['?one ?"a phrase"', 'phrase a', false],
    ['one -two', 'one', true],
    ['one -two', 'one two', false],
    ['"say \\"no\\""', 'they say "no"', true],
    ['', 'anything', true],
  ])('%s on the line "%s" is %s', (pattern, line, matches) => {
    expect(filterMatcher(pattern)(line)).toBe(matches);
  });

  it.each([
    'kind: Closed',
    '"unended',
    '{ $.level = "ERROR" }',
    '[a, b]',
    '%regex%',
    'one ?two',
    `"${'x'.repeat(1030)}"`,
  ])('is refused when it is %s', (pattern) => {
    expect(() => filterMatcher(pattern)).toThrow(FilterPatternError);
  });
});
