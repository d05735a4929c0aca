import { describe, expect, it } from 'vitest';
import { Progress } from '../../../sandbox/terminal/progress.ts';

function output(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
}

describe('Progress', () => {
  it('writes a line per step when the output is not a terminal', () => {
    const pipe = output(false);
    const progress = new Progress(pipe);

    progress.step('One');
    progress.step('Two');
    progress.end();

    expect(pipe.written.join('')).toBe('One ...\nTwo ...\n');
  });

  it('draws one line per step, and leaves its duration, when the output is a terminal', () => {
    const terminal = output(true);
    const progress = new Progress(terminal);

    progress.step('One');
    progress.step('Two');
    progress.end();
    progress.end();

    expect(
      terminal.written
        .join('')
        .replaceAll(/\d\.\d/g, 'N')
        .split('\r\u001B[K'),
    ).toEqual(['', '⠋ One ...', '• One (N s)\n', '⠋ Two ...', '• Two (N s)\n']);
  });
});
