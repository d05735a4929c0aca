import type { Report } from '../../lambda/report/report.ts';
import { renderTable } from '../../lambda/report/table.ts';
import { wrap } from '../../lambda/report/wrap.ts';
import type { Delivery, Published } from '../aws/sns.ts';
import type { Invocation } from '../lambda/runtime.ts';
import { slackCard } from './slack-card.ts';
import { harmless, heading, paint, type Style } from './style.ts';

/** All messages of one audit and its findings, for a terminal. */
export function renderResults(
  report: Report,
  published: readonly Published[],
  invocation: Invocation,
  style: Style,
): string {
  const messages = published.flatMap(({ deliveries }) =>
    deliveries.map((delivery) =>
      delivery.protocol === 'https' ? slackCard(delivery.body, style) : emailText(delivery, style),
    ),
  );
  const table = `${heading(style, 'The findings')}\n${renderTable(report, style)}`;
  const footer = wrap(footnote(published, invocation), style.width).map((line) => paint(style, 'dim', line));
  return `\n${[...messages, table, ...footer].join('\n')}\n`;
}

/** The message as an email subscriber receives it. */
export function emailText({ endpoint, subject, body }: Delivery, style: Style): string {
  const field = (name: string, value: string) => `${paint(style, 'dim', `${name}:`)} ${value}`;
  return [
    heading(style, 'The email'),
    field('From', 'AWS Notifications <no-reply@sns.amazonaws.com>'),
    field('To', endpoint),
    field('Subject', paint(style, 'bold', harmless(subject))),
    '',
    harmless(body),
  ].join('\n');
}

function footnote(published: readonly Published[], { durationMs, initMs = 0, peakMemoryBytes }: Invocation): string {
  const bytes = published.reduce((sum, { message }) => sum + message.bytes, 0);
  return [
    `The function started in ${seconds(initMs)} and ran for ${seconds(durationMs)}.`,
    ...(peakMemoryBytes === undefined ? [] : [`Its memory peaked at ${Math.round(peakMemoryBytes / 1e6)} MB.`]),
    `Messages published: ${published.length} (${bytes} bytes).`,
    'Everything is stopped; nothing is left behind.',
  ].join(' ');
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
