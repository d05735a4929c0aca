import { describe, expect, it } from 'vitest';
import { Progress } from '../../../sandbox/terminal/progress.ts';

function output(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
}

describe('Progress', () => {
  it('writes a line for each step where there is no terminal', () => {
    const pipe = output(false);
    const progress = new Progress(pipe);

    progress.step('One');
    progress.step('Two');
    progress.end();

    expect(pipe.written.join('')).toBe('One ...\nTwo ...\n');
  });

  it('draws one line on a terminal and leaves what each step took', () => {
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
