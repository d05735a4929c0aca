import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../../lambda/report/report.ts';
import { emailText, renderResults } from '../../../sandbox/terminal/results.ts';
import { slackCard } from '../../../sandbox/terminal/slack-card.ts';
import { detectStyle, harmless } from '../../../sandbox/terminal/style.ts';

const PLAIN = { color: false, width: 60 };
const notification = (content: object = {}) =>
  JSON.stringify({
    version: '1.0',
    source: 'custom',
    content: {
      textType: 'client-markdown',
      title: ':warning: WARNING litellm prod',
      description: '*WARNING* 2 &lt; 3 of a_b_c\n• one',
      nextSteps: ['Look first:\n```SELECT 1\n WHERE a &amp;&amp; b;```', 'Then rest.'],
      keywords: ['prod'],
      ...content,
    },
  });

describe('slackCard', () => {
  it('shows title, text, steps with their code, and keywords when there is no color', () => {
    const card = slackCard(notification(), PLAIN);

    expect(card.split('\n').slice(2)).toEqual([
      '│ ⚠️ WARNING litellm prod',
      '│',
      '│ WARNING 2 < 3 of a_b_c',
      '│ • one',
      '│',
      '│ Next steps',
      '│ • Look first:',
      '│     SELECT 1',
      '│      WHERE a && b;',
      '│ • Then rest.',
      '│',
      '│ #prod',
    ]);
  });

  it('has the same text when there is color', () => {
    const card = slackCard(notification(), { ...PLAIN, color: true });

    expect(card).toContain('\u001B[1mWARNING\u001B[22m');
    expect(stripVTControlCharacters(card).split('\n').slice(1)).toEqual(
      slackCard(notification(), PLAIN).split('\n').slice(2),
    );
  });

  it.each([
    ['plain text', 'hello'],
    ['another JSON', '{"version":"1.0"}'],
    ['no markdown', notification({ textType: 'text' })],
  ])('throws when the body is %s, which Slack would never show', (_, body) => {
    expect(() => slackCard(body, PLAIN)).toThrow();
  });
});

describe('emailText', () => {
  it('shows subject and body as they were sent when they have no control characters', () => {
    const delivery = { protocol: 'email', endpoint: 'a@example.com', subject: 'WARNING x', body: 'one\ntwo' } as const;

    const text = emailText(delivery, PLAIN);

    expect(text).toContain('To: a@example.com\nSubject: WARNING x\n\none\ntwo');
  });
});

describe('harmless', () => {
  it('removes every control character when the text has some', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        const shown = harmless(`${text}\u001B[2J\r\u009B`);

        expect(shown).not.toMatch(/(?!\n)\p{Cc}/u);
      }),
    );
  });
});

describe('detectStyle', () => {
  it('has no color and a default width when the stream is not a terminal', () => {
    expect(detectStyle({})).toEqual({ color: false, width: 100 });
  });

  it.each([
    [20, 40],
    [80, 80],
    [300, 120],
  ])('when the terminal has %i columns, uses %i', (columns, width) => {
    expect(detectStyle({ columns, hasColors: () => true })).toEqual({ color: true, width });
  });
});

describe('renderResults', () => {
  it('shows the messages, the findings and the duration when both messages were published', () => {
    const report: Report = {
      schemaVersion: 2,
      auditorVersion: '0.1.0',
      knowledge: { date: '2026-11-22', newest: '1.110.2' },
      database: 'prod',
      startedAt: '2026-11-22T12:00:00.000Z',
      durationMs: 900,
      status: 'ok',
      risk: 'ok',
      diagnosis: { causes: [] },
      changes: [],
      memory: { status: 'none' },
      muted: [],
      exploited: [],
      findings: [],
      sources: [],
      notification: { status: 'published', messageId: 'x', findingsLeftOut: 0 },
    };
    const invocation = {
      status: 'ok',
      result: report,
      stdout: '',
      stderr: '',
      durationMs: 1234,
      initMs: 400,
      peakMemoryBytes: 101e6,
    } as const;
    const message = {
      topicArn: 'arn',
      subject: 'OK',
      bodies: { default: '', email: 'mail', https: notification(), sms: '' },
      attributes: new Map(),
      bytes: 77,
    };
    const deliveries = [
      { protocol: 'email', endpoint: 'a@example.com', subject: 'OK', body: 'mail' },
      { protocol: 'https', endpoint: 'https://q.example', subject: 'OK', body: notification() },
    ] as const;

    const text = renderResults(report, [{ messageId: 'x', message, deliveries }], invocation, {
      color: false,
      width: 120,
    });

    expect(text.match(/^(The .*)\n=+$/gm)).toEqual([
      'The email\n=========',
      'The Slack card\n==============',
      'The findings\n============',
    ]);
    expect(text).toContain('started in 0.4 s and ran for 1.2 s. Its memory peaked at 101 MB.');
    expect(text).toContain('Messages published: 1 (77 bytes).');
  });
});
