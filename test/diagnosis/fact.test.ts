import { describe, expect, it } from 'vitest';
import type { FactsOf } from '../../lambda/checks/registry.ts';
import { fact } from '../../lambda/diagnosis/signs.ts';

describe('a fact that only some findings of a check have', () => {
  const leaked = { client: 'litellm@10.0.3.17', login: 'IAM' } as FactsOf<'connection-leak'>;
  const other = {} as FactsOf<'connection-leak'>;

  it('is its value, or undefined when this finding lacks it', () => {
    expect([fact(leaked, 'login'), fact(other, 'login')]).toEqual(['IAM', undefined]);
  });

  it('does not compile when no finding of the check has it, or it is compared with what it cannot be', () => {
    // @ts-expect-error -- misspelled
    expect(fact(leaked, 'logn')).toBeUndefined();
    // @ts-expect-error -- it is IAM or password
    expect(fact(leaked, 'login') === 'token').toBe(false);
  });
});
