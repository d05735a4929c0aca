import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { messageOf } from '../../lambda/report/message.ts';
import type { RenderableReport } from '../../lambda/report/report.ts';
import { renderTable } from '../../lambda/report/table.ts';
import manifest from '../../package.json' with { type: 'json' };
import { leaking } from './fixtures.ts';

const SECRET = 'SECRET of the database';

class RenderingBug extends Error {
  override readonly name = 'RenderingBug';
}

/** The report, but reading this field throws in code whose stack holds `where` and does not hold `except`. */
function broken(
  field: 'database' | 'diagnosis' | 'sources' | 'startedAt',
  where: RegExp,
  except = /^$/,
): RenderableReport {
  return Object.defineProperty({ ...leaking }, field, {
    enumerable: true,
    get: () => {
      const { stack = '' } = new Error();
      if (where.test(stack) && !except.test(stack)) throw new RenderingBug(`${SECRET}\n    at ${SECRET}`);
      return leaking[field];
    },
  });
}

const REPORTS = {
  email: broken('database', /report\/email\.ts/),
  slack: broken('database', /slackCard/),
  sms: broken('diagnosis', /report\/subject\.ts/, /report\/(email|slack)\.ts/),
  json: broken('sources', /jsonOf/),
  view: broken('diagnosis', /viewOf/),
} as const;

const bodiesSchema = z.strictObject({ default: z.string(), email: z.string(), https: z.string(), sms: z.string() });
const loggedSchema = z.strictObject({
  level: z.literal('ERROR'),
  message: z.string(),
  part: z.string(),
  error: z.string(),
  frames: z.array(z.string()),
});

function bodiesOf(report: RenderableReport) {
  return bodiesSchema.parse(JSON.parse(messageOf(report).message));
}

describe('a rendering that throws', () => {
  let written: string[];
  beforeEach(() => {
    written = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
      written.push(String(chunk));
      return true;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** The one line of the log, without what the error said of data. */
  function logged() {
    const lines = written.join('').trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('SECRET');
    return loggedSchema.parse(JSON.parse(lines[0] ?? ''));
  }

  it.each([
    ['email', 'email', /report\/email\.ts/],
    ['slack', 'https', /report\/slack\.ts/],
    ['sms', 'sms', /report\/subject\.ts/],
    ['json', 'default', /report\/draft\.ts/],
  ] as const)('leaves the other bodies as they are, and is logged by its place, when it is %s', (id, body, frame) => {
    const whole = bodiesOf(leaking);

    const bodies = bodiesOf(REPORTS[id]);

    expect({ ...bodies, [body]: '' }).toEqual({ ...whole, [body]: '' });
    expect(bodies[body]).not.toBe(whole[body]);
    const { part, error, frames } = logged();
    expect([part, error]).toEqual([`rendering ${id}`, 'RenderingBug']);
    expect(frames.some((line) => frame.test(line))).toBe(true);
  });

  it.each(['email', 'slack', 'json'] as const)('gives the address to report it to when it is %s', (id) => {
    const { email, https, default: machine } = bodiesOf(REPORTS[id]);

    const text = { email, slack: https.replaceAll('[:]', ':'), json: machine }[id];
    expect(text).toContain(manifest.bugs.url);
    expect(text.replaceAll('\\', '')).toContain(`"rendering ${id}"`);
    expect(text).not.toContain('SECRET');
  });

  it('leaves verdict and database in the text message when that is what throws', () => {
    expect(bodiesOf(REPORTS.sms).sms).toBe('CRITICAL litellm prod');
  });

  it('leaves a card that Slack shows', () => {
    const { content } = JSON.parse(bodiesOf(REPORTS.slack).https);

    expect(content).toMatchObject({ textType: 'client-markdown', title: 'CRITICAL litellm prod' });
  });

  it('leaves the JSON, and a subject for all others, when it is what all of them are made from', () => {
    const message = messageOf(REPORTS.view);

    const bodies = bodiesSchema.parse(JSON.parse(message.message));
    expect(message).toMatchObject({ subject: 'CRITICAL litellm prod', attributes: { severity: 'critical' } });
    expect(bodies.default).toBe(bodiesOf(leaking).default);
    expect(bodies.email).toContain(manifest.bugs.url);
    expect(bodies.sms).toBe('CRITICAL litellm prod');
    expect(written.map((line) => loggedSchema.parse(JSON.parse(line)).part)).toEqual(['rendering view']);
  });

  it.each([
    ['the table', broken('startedAt', /report\/table\.ts/)],
    ['the view of it', REPORTS.view],
  ])('leaves the shell the verdict and the address to report it to when it is %s', (_, report) => {
    const table = renderTable(report, { color: false, width: 80 });

    expect(table).toMatch(/^CRITICAL: prod\.$/m);
    expect(table).toContain(manifest.bugs.url);
    expect(table).not.toContain('SECRET');
    expect(logged().part).toBe('rendering table');
  });
});
