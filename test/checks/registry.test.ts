import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../lambda/checks/registry.ts';

const SECTIONS = [
  '## What it looks at',
  '## Why it matters',
  '## What each status means',
  '## How to fix it',
  '## Confidence',
  '## Settings',
];

describe('the registry', () => {
  it('has each id once', () => {
    const ids = CHECKS.map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(CHECKS)('$id has a kebab-case id, a title, a page and a test', ({ id, title }) => {
    const files = [`docs/checks/${id}.md`, `test/checks/${id}/check.test.ts`];

    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(title).toMatch(/^[A-Z].*\.$/);
    const missing = files.filter((file) => !existsSync(file));
    expect(missing, 'missing files').toEqual([]);
  });

  it.each(CHECKS)('$id has its title, its kind and each section on its page', ({ id, title, kind }) => {
    const lines = readFileSync(`docs/checks/${id}.md`, 'utf8').split('\n');

    expect(lines.slice(0, 3)).toEqual([`# ${id}`, '', title]);
    expect(lines.filter((line) => line.startsWith('## '))).toEqual(SECTIONS);
    expect(lines.find((line) => line.startsWith('Kind: '))).toMatch(new RegExp(`^Kind: ${kind}\\b`));
  });
});
