import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RenderableReport } from '../../lambda/report/report.ts';
import { slackCard } from '../../lambda/report/slack.ts';
import { viewOf } from '../../lambda/report/view.ts';
import { allOk, findingOf, hostile, leaking, mixed, reportOf, slotsExhausted } from './fixtures.ts';
import { anyReport } from './texts.ts';

function cardOf(report: RenderableReport) {
  return slackCard(viewOf(report));
}

describe('slackCard', () => {
  it.each([
    ['slots-exhausted', slotsExhausted],
    ['mixed', mixed],
    ['leaking', leaking],
    ['all-ok', allOk],
    ['hostile', hostile],
  ])('reads as the golden card when the report is %s', async (name, report) => {
    const card = cardOf(report);

    await expect(JSON.stringify(card, null, 2)).toMatchFileSnapshot(`golden/chat-${name}.txt`);
  });

  it('puts repeats of one database in one thread, and other databases in others', () => {
    const later = cardOf({ ...allOk, database: 'prod', startedAt: '2026-11-23T00:00:00.000Z' });

    expect(later.metadata.threadId).toBe(cardOf(mixed).metadata.threadId);
    expect(later.id).not.toBe(cardOf(mixed).id);
    expect(cardOf({ ...mixed, database: 'stage' }).metadata.threadId).not.toBe(later.metadata.threadId);
  });

  it('shows whole findings and counts the others when there are too many', () => {
    const findings = Array.from({ length: 30 }, (_, index) =>
      findingOf({
        checkId: 'transport-security',
        status: 'warning',
        subject: `client ${index}`,
        summary: `${index} sessions of the client ${index} are not on TLS. ${'It is long. '.repeat(20)}`,
      }),
    );

    const { description } = cardOf({ ...reportOf(findings), findingsLeftOut: 4 }).content;

    const shown = description.match(/\*WARNING\*/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(3);
    expect(description).toContain(`and ${30 - shown + 4} more findings in the email`);
  });

  it('shows no finding, and counts it, when the causes leave no room', () => {
    const long = (letter: string) => letter.repeat(900);
    const evidence = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`list${index}`, [{ e: long('e') }]]));
    const finding = findingOf({
      checkId: 'user-config',
      status: 'critical',
      subject: long('s'),
      summary: long('f'),
      confidence: 'low',
      confidenceReason: long('c'),
      evidence: { ...evidence, value: long('v') },
    });
    const cause = {
      id: 'user-config' as const,
      title: 'Long',
      what: long('w'),
      first: { text: 'Do it.' },
      confidence: 'low' as const,
      fingerprints: [finding.fingerprint],
    };

    const { description } = cardOf(reportOf([finding], { diagnosis: { causes: [cause, cause] } })).content;

    expect(description).toMatch(
      /^\*Cause:\* w+\.\.\.\n.*\n\n\*Second problem:\* w+\.\.\.\n.*\n\nand 1 more finding in the email\n\n/,
    );
    expect(description).not.toContain('*CRITICAL*');
  });

  it('puts the first step of each cause first, and none twice', () => {
    const { content } = cardOf(leaking);

    expect(content.nextSteps[0]).toMatch(/^\*First:\* Restart the pod .*:\n```kubectl get pods/s);
    expect(content.nextSteps[1]).toMatch(/^\*Then:\* Lower the pool limit to 13 .*:\n```general_settings:/s);
    expect(content.nextSteps[2]).toMatch(/^connection-headroom: /);
    expect(new Set(content.nextSteps).size).toBe(content.nextSteps.length);
  });

  it('shows a step with its cause alone when it is the step of a finding too', () => {
    const step = { text: 'End it:', command: 'SELECT pg_terminate_backend(4711);' };
    const finding = findingOf({ checkId: 'user-config', status: 'critical', summary: 'Open.', advice: [step] });
    const other = findingOf({ checkId: 'proxy-errors', status: 'warning', summary: 'Lines.', advice: [step] });
    const cause = {
      id: 'user-config' as const,
      title: 'Open',
      what: 'Open.',
      first: step,
      confidence: 'high' as const,
      fingerprints: [finding.fingerprint],
    };

    const { nextSteps } = cardOf(reportOf([finding, other], { diagnosis: { causes: [cause] } })).content;

    expect(nextSteps).toEqual([`*First:* End it:\n\`\`\`${step.command}\`\`\``]);
  });

  it('gives a command whole or not at all when it is long', () => {
    const steps = ['SELECT 1;', `SELECT '${'x'.repeat(900)}';`, 'SELECT ```;'].map((command) => ({
      text: 'Look:',
      command,
    }));

    const { nextSteps } = cardOf(
      reportOf([findingOf({ checkId: 'connection-headroom', status: 'critical', summary: 'Full.', advice: steps })]),
    ).content;

    expect(nextSteps).toEqual([
      'Look:\n```SELECT 1;```',
      'Look: (The command is in the email.)',
      'Look: (The command is in the email.)',
    ]);
  });

  it('keeps the limits and mentions nobody when the findings hold anything', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const { content } = cardOf(report);
        const outsideCode = [content.title, content.description, ...content.nextSteps]
          .join('\n')
          .replace(/```.*?```/gs, '');

        expect(content.title.length).toBeLessThanOrEqual(150);
        expect(content.description.length).toBeLessThanOrEqual(2500);
        expect(content.description).not.toBe('');
        expect(content.nextSteps.length).toBeLessThanOrEqual(5);
        expect(content.keywords.length).toBeLessThanOrEqual(5);
        expect(JSON.stringify(content)).not.toMatch(/[<>]/);
        expect(outsideCode).not.toMatch(/[~`]|@(here|channel|everyone)/i);
      }),
    );
  });
});
