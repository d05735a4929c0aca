import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../lambda/checks/registry.ts';

describe('the registry', () => {
  it('has each id once', () => {
    const ids = CHECKS.map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(CHECKS)('$id has a kebab-case id, a title, a page and a test', ({ id, title }) => {
    const page = new URL(`../../docs/checks/${id}.md`, import.meta.url);

    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(title).toMatch(/^[A-Z].*\.$/);
    expect(existsSync(new URL(`${id}/check.test.ts`, import.meta.url))).toBe(true);
    expect(readFileSync(page, 'utf8')).toContain(`# ${id}\n\n${title}\n`);
  });
});
