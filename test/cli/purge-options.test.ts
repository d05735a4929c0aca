import { describe, expect, it } from 'vitest';
import { parsePurgeCommand, purgeHelp } from '../../cli/purge-options.ts';
import { UsageError } from '../../cli/usage-error.ts';

const URL = ['--url', 'postgres://litellm:p%40ss@db.example/litellm'];
const HASH = 'ab'.repeat(32);

describe('the purge commands', () => {
  it.each([
    ['purge', [], { action: 'purge' }],
    ['purge', ['--confirm', HASH], { action: 'purge', confirm: HASH }],
    [
      'purge',
      ['--confirm', HASH, '--lose-routing-policy'],
      { action: 'purge', confirm: HASH, loseRoutingPolicy: true },
    ],
    ['restore', ['--backup', '7'], { action: 'restore', backup: 7 }],
    ['restore', ['--backup', '7', '--replace', HASH], { action: 'restore', backup: 7, replace: HASH }],
    ['backups', [], { action: 'backups' }],
  ] as const)('make the same request as the event when %s has the flags %j', (action, flags, request) => {
    expect(parsePurgeCommand(action, [...URL, ...flags], {})).toMatchObject({ kind: 'run', request, json: false });
  });

  it.each(['purge', 'backups'] as const)(
    '%s takes the schemas of the flags, and the default without them',
    (action) => {
      const plain = parsePurgeCommand(action, URL, {});
      const named = parsePurgeCommand(
        action,
        [...URL, '--schema', 'staging', '--auditor-schema', 'staging_auditor'],
        {},
      );

      expect(plain).toMatchObject({ settings: { auditorSchema: 'litellm_auditor' } });
      expect(named).toMatchObject({ settings: { litellmSchema: 'staging', auditorSchema: 'staging_auditor' } });
    },
  );

  it.each([
    ['purge', ['--auditor-schema', 'public'], /--auditor-schema is "public"\. Allowed: a name of 1 to 63/],
    ['purge', ['--auditor-schema', 'a"; DROP SCHEMA x; --'], /--auditor-schema is/],
    ['purge', ['--confirm', 'abc'], /--confirm is "abc"\. Allowed: the hash of the row/],
    ['purge', ['--lose-routing-policy'], /--lose-routing-policy requires --confirm/],
    ['purge', ['--backup', '7'], /--backup/],
    ['restore', [], /--backup is missing/],
    ['restore', ['--backup', 'seven'], /--backup is not a number\. Allowed: the number of a backup/],
    ['restore', ['--backup', '1.5'], /--backup is 1\.5\. Allowed/],
    ['restore', ['--backup', '0'], /--backup is 0\. Allowed/],
    ['restore', ['--backup', '7', '--replace', HASH.toUpperCase()], /--replace is "AB/],
  ] as const)(
    'name the flag and what is allowed, without the password, when %s has the flags %j',
    (action, flags, sentence) => {
      const parse = () => parsePurgeCommand(action, [...URL, ...flags], {});

      expect(parse).toThrow(UsageError);
      expect(parse).toThrow(sentence);
      expect(parse).not.toThrow(/p%40ss|p@ss/);
    },
  );

  it.each(['purge', 'restore', 'backups'] as const)(
    'show the flags and exit statuses of %s when --help is given',
    (action) => {
      expect(parsePurgeCommand(action, ['--help'], {})).toEqual({ kind: 'help' });
      expect(purgeHelp(action)).toMatch(new RegExp(`npm run --silent ${action} -- .*[^]*--url URL[^]*Exit status`));
    },
  );
});
