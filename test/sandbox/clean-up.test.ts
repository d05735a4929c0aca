import { describe, expect, it } from 'vitest';
import { CleanUp } from '../../sandbox/clean-up.ts';

describe('CleanUp', () => {
  it('runs every step once, last first, when one of them fails', async () => {
    const taken: string[] = [];
    const cleanUp = new CleanUp();
    const stop = async (name: string) => {
      taken.push(name);
      if (name === 'second') throw new Error('stuck');
    };
    for (const name of ['first', 'second', 'third']) cleanUp.add(name, stop);

    const run = cleanUp.run();

    await expect(run).rejects.toMatchObject({ errors: [new Error('stuck')] });
    await cleanUp.run();
    expect(taken).toEqual(['third', 'second', 'first']);
  });
});
