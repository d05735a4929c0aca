import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chatOf } from '../../lambda/report/slack.ts';
import { allOk, findingOf, hostile, leaking, mixed, reportOf, slotsExhausted } from './fixtures.ts';
import { anyReport } from './texts.ts';

describe('chatOf', () => {
  it.each([
    ['slots-exhausted', slotsExhausted],
    ['mixed', mixed],
    ['leaking', leaking],
    ['all-ok', allOk],
    ['hostile', hostile],
  ])('reads as the golden card when the report is %s', async (name, report) => {
    const card = chatOf(report);

    await expect(JSON.stringify(card, null, 2)).toMatchFileSnapshot(`golden/chat-${name}.txt`);
  });

  it('puts repeats of one database in one thread, and other databases in others', () => {
    const later = chatOf({ ...allOk, database: 'prod', startedAt: '2026-11-23T00:00:00.000Z' });

    expect(later.metadata.threadId).toBe(chatOf(mixed).metadata.threadId);
    expect(later.id).not.toBe(chatOf(mixed).id);
    expect(chatOf({ ...mixed, database: 'stage' }).metadata.threadId).not.toBe(later.metadata.threadId);
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

    const { description } = chatOf({ ...reportOf(findings), findingsLeftOut: 4 }).content;

    const shown = description.match(/\*WARNING\*/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(3);
    expect(description).toContain(`and ${30 - shown + 4} more findings in the e-mail`);
  });

  it('gives a command whole or not at all when it is long', () => {
    const steps = ['SELECT 1;', `SELECT '${'x'.repeat(900)}';`, 'SELECT ```;'].map((command) => ({
      text: 'Look:',
      command,
    }));

    const { nextSteps } = chatOf(
      reportOf([findingOf({ checkId: 'connection-headroom', status: 'critical', summary: 'Full.', advice: steps })]),
    ).content;

    expect(nextSteps).toEqual([
      'Look:\n```SELECT 1;```',
      'Look: (The command is in the e-mail.)',
      'Look: (The command is in the e-mail.)',
    ]);
  });

  it('keeps the limits and mentions nobody when the findings hold anything', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const { content } = chatOf(report);
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
