import { z } from 'zod';
import { wrap } from '../../lambda/report/wrap.ts';
import { harmless, heading, paint, type Style } from './style.ts';

/** The custom notifications that Amazon Q Developer in chat applications shows; it drops all others silently. */
const notificationSchema = z.object({
  version: z.literal('1.0'),
  source: z.literal('custom'),
  content: z.object({
    textType: z.literal('client-markdown'),
    title: z.string(),
    description: z.string(),
    nextSteps: z.array(z.string()),
    keywords: z.array(z.string()),
  }),
});

/** The shortcodes that the message uses; Slack has many more. */
const EMOJI: Readonly<Record<string, string>> = {
  ':rotating_light:': '🚨',
  ':warning:': '⚠️',
  ':grey_question:': '❔',
  ':information_source:': 'ℹ️',
  ':white_check_mark:': '✅',
};
const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };
const BAR = '│';

/**
 * The card of a Slack channel, for a terminal.
 * @param body as the https subscriber received it
 * @throws Error when it is not a custom notification
 */
export function slackCard(body: string, style: Style): string {
  const { title, description, nextSteps, keywords } = notificationSchema.parse(JSON.parse(body)).content;
  const bar = paint(style, 'red', BAR);
  const lines = [
    ...formatted(title, style).map((line) => paint(style, 'bold', line)),
    '',
    ...formatted(description, style),
    '',
    paint(style, 'bold', 'Next steps'),
    ...nextSteps.flatMap((step) => formatted(step, style, { first: '• ', rest: '  ' })),
    '',
    ...formatted(keywords.map((keyword) => `#${keyword}`).join('  '), style).map((line) => paint(style, 'dim', line)),
  ];
  return [heading(style, 'The Slack card'), ...lines.map((line) => `${bar} ${line}`.trimEnd())].join('\n');
}

/** Slack's markdown as lines: code blocks unchanged, the rest wrapped. */
function formatted(text: string, style: Style, indent = { first: '', rest: '' }): string[] {
  return harmless(text)
    .split('```')
    .flatMap((part, index) => {
      const lines = part.replace(/^\n|\n$/g, '').split('\n');
      if (index % 2 === 1) return lines.map((line) => paint(style, 'cyan', `    ${plain(line)}`));
      return part.trim() === '' ? [] : lines.flatMap((line) => paragraph(line, style, indent));
    });
}

function paragraph(line: string, style: Style, indent: { first: string; rest: string }): string[] {
  return wrap(plain(line), style.width - BAR.length - 1, indent).map((wrapped) =>
    wrapped.replaceAll(/(?<!\S)\*(\S(?:[^*]*\S)?)\*(?!\S)/g, (_, bold: string) => paint(style, 'bold', bold)),
  );
}

function plain(line: string): string {
  return line
    .replaceAll(/:[a-z_]+:/g, (code) => EMOJI[code] ?? code)
    .replaceAll(/&(amp|lt|gt);/g, (entity) => ENTITIES[entity] ?? entity);
}
