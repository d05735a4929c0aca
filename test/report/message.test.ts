import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Message } from '../../lambda/report/draft.ts';
import { emailOf } from '../../lambda/report/email.ts';
import { messageOf } from '../../lambda/report/message.ts';
import { viewOf } from '../../lambda/report/view.ts';
import { allOk, findingOf, mixed, reportOf } from './fixtures.ts';
import { anyReport, anyText } from './texts.ts';

const LIMIT = 262_144;

const bodiesSchema = z.strictObject({ default: z.string(), email: z.string(), https: z.string(), sms: z.string() });
const machineSchema = z.object({
  findings: z.array(
    z.looseObject({ checkId: z.string(), summary: z.string(), evidence: z.record(z.string(), z.json()) }),
  ),
  findingsLeftOut: z.number(),
});

function bodiesOf({ message }: Message) {
  const bodies = bodiesSchema.parse(JSON.parse(message));
  return { ...bodies, machine: machineSchema.parse(JSON.parse(bodies.default)) };
}

function sizeOf({ subject, message, attributes }: Message): number {
  const named = Object.entries(attributes).flatMap(([name, value]) => [name, 'String', value]);
  return Buffer.byteLength(subject + message + named.join(''));
}

/** A report whose message grows by one byte with each letter: the rendered texts show only the start of it. */
function padded(letters: number) {
  const evidence = { first: 'x'.repeat(1000), padding: 'x'.repeat(1000 + letters) };
  return reportOf([findingOf({ checkId: 'user-config', status: 'critical', summary: 'Large.', evidence })]);
}

describe('messageOf', () => {
  it('has a body for each kind of subscriber when the report is small', () => {
    const message = messageOf(mixed);

    const bodies = bodiesOf(message);
    expect(message.attributes).toEqual({ severity: 'critical', database: 'prod', kind: 'audit' });
    expect(message.findingsLeftOut).toBe(0);
    expect({ subject: message.subject, body: bodies.email }).toEqual(emailOf(viewOf(mixed)));
    const { notification: _, ...unsent } = mixed;
    expect(JSON.parse(bodies.default)).toEqual({ ...unsent, findingsLeftOut: 0 });
    expect(JSON.parse(bodies.https)).toMatchObject({ version: '1.0', source: 'custom' });
    expect(bodies.sms.length).toBeLessThanOrEqual(140);
  });

  it.each([
    ['is as large as SNS accepts', 0, true],
    ['is one byte larger', 1, false],
  ])('keeps the evidence only when it fits: the message %s', (_, more, isKept) => {
    const letters = LIMIT - sizeOf(messageOf(padded(0)));

    const message = messageOf(padded(letters + more));

    const [finding] = bodiesOf(message).machine.findings;
    expect(Object.keys(finding?.evidence ?? {})).toEqual(isKept ? ['first', 'padding'] : ['leftOut']);
    if (isKept) expect(sizeOf(message)).toBe(LIMIT);
  });

  it('leaves out whole findings, the least severe first, in all bodies when there are too many', () => {
    const many = Array.from({ length: 400 }, (_, index) =>
      findingOf({
        checkId: 'transport-security',
        status: 'warning',
        subject: `client ${index}`,
        summary: `Client ${index} has no TLS.`,
        evidence: { note: 'é'.repeat(900) },
      }),
    );

    const message = messageOf(reportOf([...mixed.findings.slice(0, 1), ...many, ...allOk.findings]));

    const { machine, email, https } = bodiesOf(message);
    const kept = machine.findings.length;
    expect(sizeOf(message)).toBeLessThanOrEqual(LIMIT);
    expect(sizeOf(message)).toBeGreaterThan(LIMIT * 0.95);
    expect(machine.findings[0]?.checkId).toBe('connection-headroom');
    expect(machine.findings.at(-1)?.summary).toBe(`Client ${kept - 2} has no TLS.`);
    expect(message.findingsLeftOut).toBe(410 - kept);
    expect(machine.findingsLeftOut).toBe(410 - kept);
    expect(email.replaceAll('\n', ' ')).toContain(`${410 - kept} more did not fit`);
    expect(https).toContain('more findings in the email');
  });

  it('drops the evidence and nothing else when one finding is larger than a message', () => {
    const evidence = {
      names: Array.from({ length: 9000 }, (_, index) => `名前 ${index} ${'"'.repeat(20)}`),
    };
    const uncertain = { confidence: 'medium', confidenceReason: 'A guess.' } as const;
    const huge = findingOf({
      checkId: 'key-router-settings',
      status: 'critical',
      summary: '9000 keys.',
      evidence,
      ...uncertain,
    });

    const message = messageOf(reportOf([huge, ...mixed.findings]));

    const { machine } = bodiesOf(message);
    expect(sizeOf(message)).toBeLessThanOrEqual(LIMIT);
    expect(message.findingsLeftOut).toBe(0);
    expect(machine.findings[0]).toEqual({ ...huge, evidence: { leftOut: 'too large for a message' } });
  });

  it('cuts the texts, and drops a command rather than half of it, when a finding is too large without its evidence', () => {
    const huge = findingOf({
      checkId: 'key-router-settings',
      status: 'critical',
      summary: `Many keys: ${'\u0001"鍵'.repeat(200_000)}`,
      advice: [{ text: 'Run', command: `SELECT ${'1,'.repeat(100_000)} 2` }],
    });

    const message = messageOf(reportOf([huge, ...mixed.findings]));

    const { machine, email } = bodiesOf(message);
    expect(sizeOf(message)).toBeLessThanOrEqual(LIMIT);
    expect(message.findingsLeftOut).toBe(0);
    expect(machine.findings[0]?.summary).toMatch(/^Many keys: .*\.\.\.$/s);
    expect(email).not.toContain('1,1,1');
  });

  it('fits and holds the worst finding when findings of any text and size come', () => {
    const size = fc.constantFrom(0, 2000, 30_000, 300_000);
    fc.assert(
      fc.property(
        anyReport,
        anyText,
        size,
        fc.nat(),
        fc.integer({ min: 1, max: 12 }),
        (report, text, length, at, copies) => {
          const huge = text.repeat(Math.ceil(length / Math.max(1, text.length))).slice(0, length);
          const findings = Array.from({ length: copies }, () => report.findings)
            .flat()
            .map((finding, index, all) =>
              index === at % all.length ? { ...finding, summary: finding.summary + huge, evidence: { huge } } : finding,
            );

          const causes = report.diagnosis.causes.map((cause) => ({ ...cause, what: cause.what + huge }));

          const message = messageOf({ ...report, findings, diagnosis: { causes } });

          const { machine } = bodiesOf(message);
          expect(sizeOf(message)).toBeLessThanOrEqual(LIMIT);
          expect(machine.findings.length + message.findingsLeftOut).toBe(findings.length);
          expect(machine.findings.length > 0).toBe(findings.length > 0);
        },
      ),
      { numRuns: 30 },
    );
  });
});
