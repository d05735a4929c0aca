import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emailOf } from '../../lambda/report/email.ts';
import type { RenderableReport } from '../../lambda/report/report.ts';
import { viewOf } from '../../lambda/report/view.ts';
import { loadCase, NAMES, reportOf as reportOfCase } from '../cases/cases.ts';
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

    expect(body).toContain('\nNot checked:\n- 7 checks could not be made: There is no connection to the database.\n');
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

    it('shows the step right under the cause, and no second time', () => {
      const { body } = mailOf(reportOf([finding], { diagnosis: { causes: [causeOf(step)] } }));

      expect(body).toContain(`\nFirst: End it:\n\n${step.command}\n`);
      expect(body).not.toContain('Incidents:');
      expect(body.split(step.command)).toHaveLength(2);
    });

    it('shows a command of two causes with the first', () => {
      const causes = [causeOf(step), causeOf({ ...step, text: 'End that one too:' })];

      const { body } = mailOf(reportOf([finding], { diagnosis: { causes } }));

      expect(body).toContain('\nThen: End that one too: see the command under "First" above.\n');
      expect(body.split(step.command)).toHaveLength(2);
    });
  });

  it('counts a check as fine only when all its findings are', () => {
    const { body } = mailOf(
      reportOf([
        findingOf({ checkId: 'transport-security', status: 'warning', subject: 'client a', summary: 'No TLS.' }),
        findingOf({ checkId: 'connection-headroom', status: 'ok', summary: 'Well.' }),
        findingOf({ checkId: 'transport-security', status: 'ok', subject: 'client b', summary: 'TLS.' }),
      ]),
    );

    expect(body).toContain('\n1 check found nothing wrong.\n');
  });

  it('has a line for each incident, and counts the risks that do not fit', () => {
    const incidents = ['connection-leak', 'connection-headroom', 'lock-waits'] as const;
    const findings = [
      ...incidents.map((checkId) => findingOf({ checkId, status: 'critical', summary: `${checkId} is bad.` })),
      ...Array.from({ length: 90 }, (_, index) => ({
        ...findingOf({ checkId: 'litellm-version', status: 'warning', subject: `${index}`, summary: `Risk ${index}.` }),
        kind: 'risk' as const,
        status: 'warning' as const,
      })),
    ];

    const { body } = mailOf(reportOf(findings));

    for (const checkId of incidents) expect(body).toContain(`- critical: ${checkId} is bad.`);
    expect(body).toMatch(/Not urgent \(90\):\n- Risk 0\.\n(- Risk \d+\.\n)+ {2}and \d+ more risks\n/);
  });

  it('says where the command is when there is no room for it', () => {
    const command = Array(50).fill('SELECT 1;').join('\n');
    const finding = findingOf({
      checkId: 'lock-waits',
      status: 'critical',
      summary: 'Long.',
      advice: [{ text: 'Run:', command }],
    });

    const { body } = mailOf(reportOf([finding]));

    expect(body).toContain('\n  Run. The command is in the full report.\n');
  });

  it('says how many findings are missing when some were left out', () => {
    const { subject, body } = mailOf({ ...mixed, findingsLeftOut: 12 });

    expect(subject).toMatch(/\(\+15 findings\)$/);
    expect(body).toContain('12 more did not fit in a message');
  });

  it('has at most 100 lines and six commands when the findings hold anything', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const { body } = mailOf(report);

        expect(body.split('\n').length - 1).toBeLessThanOrEqual(100);
      }),
    );
  });

  it.each(NAMES)(
    'has at most 60 lines of text and 100 in all, and its first command among the first 25, in the case %s',
    (name) => {
      const report = reportOfCase(loadCase(name));
      const { body } = mailOf(report);
      const lines = body.split('\n');
      const { command } = report.diagnosis.causes[0]?.first ?? {};

      expect(lines.length - 1).toBeLessThanOrEqual(100);
      if (command !== undefined) {
        const [first = ''] = command.split('\n');
        expect(lines.slice(0, 25).some((line) => line.startsWith(first.slice(0, 40)))).toBe(true);
      }
    },
  );

  it('has a subject and a body that every mail client shows when the findings hold anything', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const { subject, body } = mailOf(report);

        expect(subject).toMatch(/^[!-~][ -~]{0,98}$/);
        expect(body).toMatch(/^(?:[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|\n)*$/u);
      }),
    );
  });

  it('has at most 60 lines of 76 columns, commands apart, when the findings hold anything', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const findings = report.findings.map((finding) => ({
          ...finding,
          docs: 'docs',
          advice: finding.advice.map(({ text }) => ({ text })),
        }));

        const causes = report.diagnosis.causes.map(({ first: { text }, ...cause }) => ({ ...cause, first: { text } }));

        const { body } = mailOf({ ...report, findings, diagnosis: { causes } });

        const lines = body.split('\n');
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(76);
        // The last one ends the text.
        expect(lines.length - 1).toBeLessThanOrEqual(60);
      }),
    );
  });
});
