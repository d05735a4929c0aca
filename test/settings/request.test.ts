import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRequest, RequestError } from '../../lambda/settings/request.ts';

const HASH = '0123456789abcdef'.repeat(4);
const ALLOWED =
  'Allowed: {} or {"action":"audit"} for an audit, with "notify":true to publish it too, {"action":"purge"} for a dry run, {"action":"purge","confirm":HASH}, {"action":"restore","backup":NUMBER}, {"action":"backups"}, {"action":"mute","finding":ID,"for":"7d","why":TEXT}, {"action":"unmute","finding":ID}, {"action":"muted"}.';
const HASH_WANTED = 'the hash of the row (64 lower-case hexadecimal digits), as shown by the dry run of a purge';

describe('request', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty object', {}],
    ["the console's default event", { key1: 'value1', key2: 'value2', key3: 'value3' }],
    ['an audit', { action: 'audit' }],
    ["an EventBridge rule's event", { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }],
    [
      "a scheduler's own event",
      { source: 'aws.scheduler', 'detail-type': 'Scheduled Event', time: '2026-11-22T03:00:00Z' },
    ],
  ])('means an audit that changes nothing when the event is %s', (_name, event) => {
    expect(parseRequest(event)).toEqual({ action: 'audit' });
  });

  it.each([
    { action: 'audit', scheduledAt: '2026-11-22T03:00:00Z' },
    { action: 'purge' },
    { action: 'purge', confirm: HASH },
    { action: 'purge', confirm: HASH, loseRoutingPolicy: true },
    { action: 'restore', backup: 7 },
    { action: 'restore', backup: 7, replace: HASH },
    { action: 'backups' },
    { action: 'audit', notify: true },
    { action: 'mute', finding: 'connection-leak', for: '12h', why: 'It is known.' },
    { action: 'unmute', finding: '0123456789abcdef' },
    { action: 'muted' },
  ])('is the event itself when it is $action with its fields', (event) => {
    expect(parseRequest(event)).toEqual(event);
  });

  it.each([
    ['a list', [], 'The event is a list, not a JSON object.'],
    ['a text', 'audit', 'The event is a string, not a JSON object.'],
    ['an unknown action', { action: 'drop' }, 'The action "drop" does not exist.'],
    ["an object's own name as action", { action: 'constructor' }, 'The action "constructor" does not exist.'],
    ['an action that is no text', { action: ['audit'] }, 'The action ["audit"] does not exist.'],
    ['no action', { force: true }, 'The event has no "action", only "force".'],
    ['no action but a confirmation', { confirm: HASH }, 'The event has no "action", only "confirm".'],
  ])('names what is allowed when the event is %s', (_name, event, sentence) => {
    expect(() => parseRequest(event)).toThrow(new RequestError(`${sentence} ${ALLOWED}`));
  });

  it.each([
    [{ action: 'audit', force: true }, 'Unknown: "force". Allowed with "action":"audit": "notify" and "scheduledAt".'],
    [{ action: 'audit', notify: 'yes' }, '"notify" is "yes". Allowed: true.'],
    [
      { action: 'mute', finding: 'connection-leak', for: '7 days', why: 'known' },
      '"for" is "7 days". Allowed: a time such as 12h or 7d, at most 999h or 99d.',
    ],
    [
      { action: 'mute', finding: 'connection-leak', for: '7d' },
      '"why" is missing. Allowed: a reason of 1 to 200 characters, which the report shows.',
    ],
    [
      { action: 'unmute', finding: 'Connection leak' },
      '"finding" is "Connection leak". Allowed: the id of a check, such as connection-leak, or the fingerprint of a finding.',
    ],
    [
      { action: 'audit', scheduledAt: 'now' },
      '"scheduledAt" is "now". Allowed: the time of the schedule, such as 2026-11-22T03:00:00Z.',
    ],
    [{ action: 'purge', confirm: 'yes' }, `"confirm" is "yes". Allowed: ${HASH_WANTED}.`],
    [{ action: 'purge', confirm: true }, `"confirm" is true. Allowed: ${HASH_WANTED}.`],
    [
      { action: 'purge', confirm: HASH.toUpperCase() },
      `"confirm" is "${HASH.toUpperCase().slice(0, 60)}". Allowed: ${HASH_WANTED}.`,
    ],
    [{ action: 'purge', confirm: HASH, loseRoutingPolicy: 'true' }, '"loseRoutingPolicy" is "true". Allowed: true.'],
    [
      { action: 'purge', loseRoutingPolicy: true },
      '"loseRoutingPolicy" is true. Allowed: only together with "confirm".',
    ],
    [
      { action: 'purge', comfirm: HASH },
      'Unknown: "comfirm". Allowed with "action":"purge": "confirm" and "loseRoutingPolicy".',
    ],
    [{ action: 'restore' }, '"backup" is missing. Allowed: the number of a backup, as shown in the list of backups.'],
    [
      { action: 'restore', backup: '7' },
      '"backup" is "7". Allowed: the number of a backup, as shown in the list of backups.',
    ],
    [
      { action: 'restore', backup: 0.5 },
      '"backup" is 0.5. Allowed: the number of a backup, as shown in the list of backups.',
    ],
    [{ action: 'backups', backup: 7 }, 'Unknown: "backup". Allowed with "action":"backups": no other field.'],
  ])('names the field, what was found and what is allowed when the event is %j', (event, sentence) => {
    expect(() => parseRequest(event)).toThrow(new RequestError(sentence));
  });

  it('changes something only on a complete request, and fails only with its own error, when the event is any JSON', () => {
    const events = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          action: fc.oneof(fc.constantFrom('audit', 'purge', 'restore', 'backups'), fc.jsonValue()),
          confirm: fc.oneof(fc.constant(HASH), fc.jsonValue()),
          backup: fc.oneof(fc.integer(), fc.jsonValue()),
          loseRoutingPolicy: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(events, (event) => {
        let answer: unknown;
        try {
          answer = parseRequest(event);
        } catch (error) {
          expect(error).toBeInstanceOf(RequestError);
          return;
        }
        if (!isAudit(answer)) expect(answer).toEqual(event);
      }),
    );
  });
});

function isAudit(answer: unknown): boolean {
  return JSON.stringify(answer) === '{"action":"audit"}';
}
