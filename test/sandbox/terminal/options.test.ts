import { describe, expect, it } from 'vitest';
import { SCENARIOS } from '../../../sandbox/scenarios/registry.ts';
import { HELP, parseOptions } from '../../../sandbox/terminal/options.ts';

const ALLOWED = 'Allowed are --scenario NAME, --json and --help.';

describe('parseOptions', () => {
  it.each([
    [[], 'mixed', { json: false, help: false }],
    [['--json'], 'mixed', { json: true, help: false }],
    [['--help'], 'mixed', { json: false, help: true }],
    [['--scenario', 'healthy', '--json'], 'healthy', { json: true, help: false }],
    [['--scenario=iam-leak'], 'iam-leak', { json: false, help: false }],
  ])('reads %j', (args, name, flags) => {
    expect(parseOptions(args)).toEqual({ scenario: SCENARIOS.get(name), ...flags });
  });

  it.each([
    [['--jsn'], `Unknown option '--jsn'. ${ALLOWED}`],
    [['--json', 'now'], `Unexpected argument 'now'. ${ALLOWED}`],
    [['--json=1'], `Option '--json' does not take an argument. ${ALLOWED}`],
    [['-j'], `Unknown option '-j'. ${ALLOWED}`],
    [['--scenario'], `Option '--scenario <value>' argument missing. ${ALLOWED}`],
    [['--scenario', 'leak'], '"leak" is no scenario. Allowed are mixed, healthy, iam-leak, '],
    [['--scenario', '__proto__'], '"__proto__" is no scenario. Allowed are mixed, '],
  ])('refuses %j in a sentence', (args, sentence) => {
    expect(() => parseOptions(args)).toThrow(sentence);
  });

  it('lists every scenario with its line when help is shown', () => {
    for (const [name, { description }] of SCENARIOS) {
      expect(HELP).toMatch(new RegExp(`^  ${name} +${description.replaceAll(/[()*]/g, '\\$&')}$`, 'm'));
    }
  });
});
