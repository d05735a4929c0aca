import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { operationMessage } from '../../lambda/purge/message.ts';
import type { OperationResult, PurgeOperation } from '../../lambda/purge/operation.ts';
import { operationText } from '../../lambda/purge/rendering.ts';
import manifest from '../../package.json' with { type: 'json' };

function operation(
  overrides: Partial<Pick<PurgeOperation, 'result' | 'summary' | 'database' | 'requestedBy' | 'notes'>> = {},
): PurgeOperation {
  return {
    schemaVersion: 1,
    auditorVersion: '0.1.0',
    database: 'prod',
    startedAt: '2026-11-22T03:00:00.000Z',
    durationMs: 120,
    mode: 'manual',
    requestedBy: 'alice at a shell on build-7',
    requestId: 'shell 1',
    result: 'done',
    summary: 'The global router_settings row was purged; backup 7 holds it.',
    notes: ['Running proxies keep the values that they have read until they restart.'],
    advice: [{ text: 'To undo it, test the function with this event:', command: '{"action":"restore","backup":7}' }],
    action: 'purge',
    outcome: { schema: 'public', outcome: 'purged', backup: 7, at: '2026-11-22T03:00:00.000Z' },
    ...overrides,
  };
}

function bodiesOf(unsent: PurgeOperation): { email: string; https: string; sms: string; default: string } {
  return JSON.parse(operationMessage(unsent).message);
}

describe('the message of an operation', () => {
  it('says what was done, who asked and how to undo it', () => {
    const { email, https } = bodiesOf(operation());

    expect(email).toMatchInlineSnapshot(`
      "The global router_settings row was purged; backup 7 holds it.

      - Running proxies keep the values that they have read until they restart.

      To undo it, test the function with this event:

      {"action":"restore","backup":7}

      Database: prod
      Schema: public
      Asked by: alice at a shell on build-7
      Request: shell 1
      When: 2026-11-22 03:00:00 UTC, in 0.1 s
      Auditor: litellm-db-auditor 0.1.0
      "
    `);
    expect(JSON.parse(https).content).toMatchObject({
      title: 'PURGED litellm prod: The global router_settings row was purged; backup 7 holds it',
      nextSteps: ['To undo it, test the function with this event:\n```{"action":"restore","backup":7}```'],
    });
  });

  it.each<[OperationResult, string, string]>([
    ['done', 'PURGED', 'info'],
    ['refused', 'REFUSED', 'info'],
    ['failed', 'FAILED', 'warning'],
    ['not-known', 'NOT KNOWN', 'warning'],
  ])('begins with the verdict when the result is %s: %s', (result, verdict, severity) => {
    const { subject, attributes } = operationMessage(operation({ result }));

    expect(subject.startsWith(`${verdict} litellm prod: `)).toBe(true);
    expect(attributes).toEqual({ severity, database: 'prod', kind: 'purge' });
  });

  it('keeps the limits of every carrier, and no hidden character, whatever the texts are', () => {
    const text = fc.string({ unit: 'binary', maxLength: 3000 });
    fc.assert(
      fc.property(text, text, text, fc.array(text, { maxLength: 6 }), (summary, database, requestedBy, notes) => {
        const { subject, message } = operationMessage(operation({ summary, database, requestedBy, notes }));
        const { email, https } = bodiesOf(operation({ summary, database, requestedBy, notes }));
        const { title, description } = JSON.parse(https).content;

        expect(subject).toMatch(/^[\x20-\x7E]{1,99}$/);
        expect(Buffer.byteLength(message)).toBeLessThan(262_144);
        expect(email).not.toMatch(/[\p{Cf}\p{Cs}]|(?!\n)\p{Cc}/u);
        expect([title.length <= 150, description.length <= 2500]).toEqual([true, true]);
        expect(description).not.toMatch(/<[!@#]|```/);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a rendering of an operation that throws', () => {
  let written: string[];
  beforeEach(() => {
    written = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** The operation, but reading this field throws in code whose stack holds `where`. */
  function broken(field: 'summary' | 'notes' | 'requestId', where: RegExp): PurgeOperation {
    const whole = operation();
    return Object.defineProperty({ ...whole }, field, {
      enumerable: true,
      get: () => {
        if (where.test(new Error().stack ?? '')) throw new TypeError('SECRET of the database');
        return whole[field];
      },
    });
  }

  it.each([
    ['email', 'email', broken('requestId', /renderOperation/)],
    ['slack', 'https', broken('notes', /chatOf/)],
    ['json', 'default', broken('notes', /JSON\.stringify/)],
  ] as const)('leaves the other bodies as they are when it is %s', (id, body, unsent) => {
    const bodies = bodiesOf(unsent);

    expect({ ...bodies, [body]: '' }).toEqual({ ...bodiesOf(operation()), [body]: '' });
    expect(bodies[body].replaceAll('[:]', ':')).toContain(manifest.bugs.url);
    expect(written.map((line) => JSON.parse(line))).toMatchObject([{ part: `rendering ${id}`, error: 'TypeError' }]);
    expect(JSON.stringify([bodies, written])).not.toContain('SECRET');
  });

  it('leaves verdict and database in subject and text message when these are what throws', () => {
    const { subject, message } = operationMessage(broken('summary', /at line /));

    expect([subject, JSON.parse(message).sms]).toEqual(['PURGED litellm prod', 'PURGED litellm prod']);
    expect(JSON.parse(message).email).toBe(bodiesOf(operation()).email);
  });

  it('leaves the shell the result, and the address to report it to', () => {
    const text = operationText(broken('notes', /renderOperation/), 80);

    expect(text).toMatch(/^purge: done\.\n/);
    expect(text).toContain(manifest.bugs.url);
    expect(written).toHaveLength(1);
  });
});
