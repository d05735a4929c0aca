import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { logFailure } from '../../lambda/core/failure-log.ts';

afterEach(() => vi.restoreAllMocks());

/** All that is written to stderr for this failure. */
function logged(error: unknown): string {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  logFailure('check some-check', error);
  const text = write.mock.calls.map(([chunk]) => String(chunk)).join('');
  write.mockRestore();
  return text;
}

describe('the log of a failure', () => {
  it('holds the part, the name of the error and the place in the code, as one line of JSON', () => {
    const text = logged(new TypeError('sk-secret'));

    expect(text).toMatch(/^[^\n]+\n$/);
    expect(JSON.parse(text)).toEqual({
      level: 'ERROR',
      message: 'A part of the auditor failed.',
      part: 'check some-check',
      error: 'TypeError',
      frames: expect.arrayContaining([expect.stringMatching(/^at .*failure-log\.test\.ts:\d+:\d+\)?$/)]),
    });
  });

  it.each([
    ['one line', 'sk-secret'],
    ['several lines', 'first\nsk-secret\n\nlast'],
    ['a line like a frame', '    at sk-secret (x)'],
    ['a line like a frame with its place', 'first\n    at sk-secret (file:///x.ts:1:2)'],
    ['only lines like frames', '\n    at sk-secret (file:///x.ts:1:2)\n    at file:///sk-secret.ts:3:4'],
    ['Windows line ends', 'first\r\n    at sk-secret (file:///x.ts:1:2)\r\nlast'],
  ])('never holds the message when that is %s', (_what, message) => {
    expect(logged(new Error(message))).not.toContain('sk-secret');
    expect(JSON.parse(logged(new Error(message))).frames.length).toBeGreaterThan(0);
  });

  it('never holds a line of the message, for any message', () => {
    const line = fc.oneof(
      fc.string(),
      fc
        .tuple(
          fc.constantFrom('', ' ', '    at ', '\tat async '),
          fc.nat(),
          fc.constantFrom('', ' (x)', ':1:2', ':1:2)'),
        )
        .map(([before, number, after]) => `${before}sk-secret-${number}${after}`),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        const text = logged(new RangeError([...lines, 'sk-secret'].join('\n')));

        expect(text).toMatch(/^[^\n]+\n$/);
        expect(text).not.toContain('sk-secret');
      }),
    );
  });

  it('shortens a name and a stack that are long', () => {
    const error = new Error('deep');
    error.name = 'N'.repeat(500);
    error.stack = `Error: deep\n${'    at deep (file:///deep.ts:1:2)\n'.repeat(500)}`;

    const { error: name, frames } = JSON.parse(logged(error));

    expect(name).toHaveLength(60);
    expect(frames).toHaveLength(20);
  });

  it.each([['sk-secret'], [{ text: 'sk-secret' }], [undefined]])(
    'holds the type alone when %j was thrown, which is no error',
    (thrown) => {
      expect(JSON.parse(logged(thrown))).toMatchObject({ error: typeof thrown, frames: [] });
      expect(logged(thrown)).not.toContain('sk-secret');
    },
  );

  it('has no frame when the error has no stack', () => {
    const error = new Error('sk-secret');
    delete error.stack;

    expect(JSON.parse(logged(error))).toMatchObject({ error: 'Error', frames: [] });
  });
});
