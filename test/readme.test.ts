import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { factText, withFacts } from '../tools/facts.ts';
import { factPages } from '../tools/pages.ts';
import { withTables } from '../tools/readme-tables.ts';

const README = readFileSync('README.md', 'utf8');

describe('the README', () => {
  it('has the tables that `npm run readme` makes when checks, configuration or permissions change', () => {
    expect(README).toBe(withTables(README));
  });

  it('names only npm scripts that exist', () => {
    const named = [...README.matchAll(/npm run (?:--silent )?([a-z-]+)/g)].map(([, script]) => script);

    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((script) => !(script !== undefined && script in manifest.scripts))).toEqual([]);
  });

  it('links only to files that exist', () => {
    const linked = [...README.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map(([, path]) => path ?? '');

    expect(linked.length).toBeGreaterThan(5);
    expect(linked.filter((path) => !existsSync(path))).toEqual([]);
  });
});

describe('the pages', () => {
  it.each(factPages())('have the facts of knowledge/, as `npm run readme` writes them, on %s', (page) => {
    const text = readFileSync(page, 'utf8');

    expect(text).toBe(withFacts(text));
  });

  it('name no upgrade target and no range of the per-request Router but as a fact', () => {
    const written = [factText('target'), factText('per-request-range')];
    const without = factPages()
      .filter((page) => page.includes('/docs/'))
      .map(
        (page) => [page, readFileSync(page, 'utf8').replaceAll(/<!-- fact: [^>]+ -->[^<]*<!-- end -->/g, '')] as const,
      );

    expect(without.filter(([, text]) => written.some((one) => text.includes(one))).map(([page]) => page)).toEqual([]);
  });

  it.each(['nothing', 'fixed nothing', 'since nothing'])('have no fact "%s"', (name) => {
    expect(() => factText(name)).toThrow(name);
  });
});
