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
  ])('returns scenario and flags when the arguments are %j', (args, name, flags) => {
    expect(parseOptions(args)).toEqual({ scenario: SCENARIOS.get(name), ...flags });
  });

  it.each([
    [['--jsn'], `Unknown option '--jsn'. ${ALLOWED}`],
    [['--json', 'now'], `Unexpected argument 'now'. ${ALLOWED}`],
    [['--json=1'], `Option '--json' does not take an argument. ${ALLOWED}`],
    [['-j'], `Unknown option '-j'. ${ALLOWED}`],
    [['--scenario'], `Option '--scenario <value>' argument missing. ${ALLOWED}`],
    [['--scenario', 'leak'], '"leak" is not a scenario. Allowed are mixed, healthy, iam-leak, '],
    [['--scenario', '__proto__'], '"__proto__" is not a scenario. Allowed are mixed, '],
  ])('says what is allowed when the arguments are %j', (args, sentence) => {
    expect(() => parseOptions(args)).toThrow(sentence);
  });

  it('lists every scenario when help is shown', () => {
    for (const [name, { description }] of SCENARIOS) {
      expect(HELP).toMatch(new RegExp(`^  ${name} +${description.replaceAll(/[()*]/g, '\\$&')}$`, 'm'));
    }
  });
});
