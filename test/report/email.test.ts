import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emailOf } from '../../lambda/report/email.ts';
import type { RenderableReport } from '../../lambda/report/report.ts';
import { viewOf } from '../../lambda/report/view.ts';
import { allOk, findingOf, hostile, leaking, mixed, reportOf, slotsExhausted } from './fixtures.ts';
import { anyReport } from './texts.ts';

function mailOf(report: RenderableReport) {
  return emailOf(viewOf(report));
}

describe('emailOf', () => {
  it.each([
    ['slots-exhausted', slotsExhausted],
    ['mixed', mixed],
    ['leaking', leaking],
    ['all-ok', allOk],
    ['hostile', hostile],
  ])('reads as the golden mail when the report is %s', async (name, report) => {
    const { subject, body } = mailOf(report);

    await expect(`Subject: ${subject}\n\n${body}`).toMatchFileSnapshot(`golden/email-${name}.txt`);
  });

  it('states a common reason once when many checks are unknown for it', () => {
    const { body } = mailOf(slotsExhausted);

    expect(body).toContain('2. UNKNOWN: auditor-privileges, connection-headroom, idle-in-transaction,');
    expect(body.match(/Do first what the finding of database-reachable says/g)).toHaveLength(1);
  });

  it('keeps unknown checks apart when they require different steps', () => {
    const missingSources = [{ source: 'server', status: 'failed', reason: 'The role lacks a right.' }] as const;
    const findings = ['pg_monitor', 'pg_read_all_stats'].map((role) =>
      findingOf({
        checkId: role,
        status: 'unknown',
        summary: 'Not checked without server.',
        missingSources,
        advice: [{ text: 'Run', command: `GRANT ${role} TO auditor` }],
      }),
    );

    const { body } = mailOf(reportOf(findings));

    expect(body).toContain('\nGRANT pg_monitor TO auditor\n');
    expect(body).toContain('\nGRANT pg_read_all_stats TO auditor\n');
  });

  it('has one section for checks that lack the same source and require the same step', () => {
    const missingSources = [{ source: 'server', status: 'failed', reason: 'The role lacks a right.' }] as const;
    const findings = ['connection-headroom', 'transport-security'].map((checkId) =>
      findingOf({
        checkId,
        status: 'unknown',
        summary: 'Not checked.',
        missingSources,
        advice: [{ text: 'Grant it.' }],
      }),
    );

    const { body } = mailOf(reportOf(findings));

    expect(body).toContain(
      '1. UNKNOWN: connection-headroom, transport-security\n\n2 checks could not be made: The role',
    );
  });

  describe('when the first step of a cause is a step of a finding', () => {
    const step = { text: 'End it:', command: 'SELECT pg_terminate_backend(4711);' };
    const finding = findingOf({
      checkId: 'idle-in-transaction',
      status: 'critical',
      summary: 'One is open.',
      advice: [step, { text: 'Find its owner.' }],
    });
    const causeOf = (first: typeof step) => ({
      id: 'idle-in-transaction' as const,
      title: 'Open transaction',
      what: 'One is open.',
      first,
      confidence: 'high' as const,
      fingerprints: [finding.fingerprint],
    });

    it('shows the step right under the cause, and refers to it from the finding', () => {
      const { body } = mailOf(reportOf([finding], { diagnosis: { causes: [causeOf(step)] } }));

      expect(body).toContain(`\nFirst: End it:\n\n${step.command}\n`);
      expect(body).toContain('\nStep 1: As under "First" above.\n\nStep 2: Find its owner.\n');
      expect(body.split(step.command)).toHaveLength(2);
    });

    it('keeps the words of the finding when only the command is the same', () => {
      const cause = causeOf({ ...step, text: 'Check whose it is, then:' });

      const { body } = mailOf(reportOf([finding], { diagnosis: { causes: [cause] } }));

      expect(body).toContain('\nStep 1: End it: see the command under "First" above.\n');
      expect(body.split(step.command)).toHaveLength(2);
    });

    it('shows a command of two causes with the first', () => {
      const causes = [causeOf(step), causeOf({ ...step, text: 'End that one too:' })];

      const { body } = mailOf(reportOf([finding], { diagnosis: { causes } }));

      expect(body).toContain('\nThen: End that one too: see the command under "First" above.\n');
      expect(body.split(step.command)).toHaveLength(2);
    });
  });

  it('names a check as ok only when all its findings are', () => {
    const { body } = mailOf(
      reportOf([
        findingOf({ checkId: 'transport-security', status: 'warning', subject: 'client a', summary: 'No TLS.' }),
        findingOf({ checkId: 'connection-headroom', status: 'ok', summary: 'Well.' }),
        findingOf({ checkId: 'transport-security', status: 'ok', subject: 'client b', summary: 'TLS.' }),
      ]),
    );

    expect(body).toContain('\nOK: connection-headroom.\n');
  });

  it('says how many findings are missing when some were left out', () => {
    const { subject, body } = mailOf({ ...mixed, findingsLeftOut: 12 });

    expect(subject).toMatch(/\(\+15 findings\)$/);
    expect(body).toContain('12 more did not fit in a message');
  });

  it('has a subject and a body that every mail client shows when the findings hold anything', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const { subject, body } = mailOf(report);

        expect(subject).toMatch(/^[!-~][ -~]{0,98}$/);
        expect(body).toMatch(/^(?:[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|\n)*$/u);
      }),
    );
  });

  it('is at most 78 columns wide but for commands and links when the findings hold anything', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const findings = report.findings.map((finding) => ({
          ...finding,
          docs: 'docs',
          advice: finding.advice.map(({ text }) => ({ text })),
        }));

        const causes = report.diagnosis.causes.map(({ first: { text }, ...cause }) => ({ ...cause, first: { text } }));

        const { body } = mailOf({ ...report, findings, diagnosis: { causes } });

        expect(Math.max(...body.split('\n').map((line) => line.length))).toBeLessThanOrEqual(78);
      }),
    );
  });
});
