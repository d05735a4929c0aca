import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operationMessage } from '../../lambda/purge/message.ts';
import type { OperationResult, PurgeOperation } from '../../lambda/purge/operation.ts';

function remedy(
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
    outcome: { outcome: 'purged', backup: 7, at: '2026-11-22T03:00:00.000Z' },
    ...overrides,
  };
}

function bodiesOf(unsent: PurgeOperation): { email: string; https: string; sms: string; default: string } {
  return JSON.parse(operationMessage(unsent).message);
}

describe('the message of a remedy', () => {
  it('says what was done, who asked and how to undo it', () => {
    const { email, https } = bodiesOf(remedy());

    expect(email).toMatchInlineSnapshot(`
      "The global router_settings row was purged; backup 7 holds it.

      - Running proxies keep the values that they have read until they restart.

      To undo it, test the function with this event:

      {"action":"restore","backup":7}

      Database: prod
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
    const { subject, attributes } = operationMessage(remedy({ result }));

    expect(subject.startsWith(`${verdict} litellm prod: `)).toBe(true);
    expect(attributes).toEqual({ severity, database: 'prod', kind: 'remedy' });
  });

  it('keeps the limits of every carrier, and no hidden character, whatever the texts are', () => {
    const text = fc.string({ unit: 'binary', maxLength: 3000 });
    fc.assert(
      fc.property(text, text, text, fc.array(text, { maxLength: 6 }), (summary, database, requestedBy, notes) => {
        const { subject, message } = operationMessage(remedy({ summary, database, requestedBy, notes }));
        const { email, https } = bodiesOf(remedy({ summary, database, requestedBy, notes }));
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
