import { describe, expect, it } from 'vitest';
import { evidenceItems } from '../../lambda/report/evidence.ts';

describe('evidenceItems', () => {
  it('turns our names into words and keeps those of the database when both occur', () => {
    const items = evidenceItems({
      maxConnections: 62,
      iamAuthentication: true,
      litellmVersion: '1.81.3',
      pids: [7, 8],
      num_retries: 'Retry',
    });

    expect(items).toEqual([
      { name: 'Max connections', value: '62' },
      { name: 'IAM authentication', value: 'yes' },
      { name: 'LiteLLM version', value: '1.81.3' },
      { name: 'PIDs', value: '7, 8' },
      { name: 'Num_retries', value: 'Retry' },
    ]);
  });

  it('shows that there is nothing when a value is empty', () => {
    const items = evidenceItems({ a: null, b: '', c: [], d: {} });

    expect(items.map(({ value }) => value)).toEqual(['not known', 'empty', 'none', 'none']);
  });

  it('lays out nested values line by line, ten at most', () => {
    const holders = Array.from({ length: 12 }, (_, index) => ({ client: `c${index}`, sessions: index }));

    const [list, map] = evidenceItems({ holders, reserved: { forRds: 2, forRoles: null } });

    expect(list?.value).toHaveLength(11);
    expect(list?.value.slice(0, 1)).toEqual(['client c0, sessions 0']);
    expect(list?.value.slice(10)).toEqual(['and 2 more']);
    expect(map?.value).toEqual(['for RDS: 2', 'for roles: not known']);
  });

  it('shows a time without its fractions, and other text as it is', () => {
    const items = evidenceItems({ since: '2026-11-22T01:43:00.123Z', text: 'since 2026-11-22T01:43:00Z' });

    expect(items.map(({ value }) => value)).toEqual(['2026-11-22 01:43:00 UTC', 'since 2026-11-22T01:43:00Z']);
  });
});
