import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../lambda/checks/registry.ts';
import { PLACEMENT } from '../../lambda/diagnosis/placement.ts';
import { RULES } from '../../lambda/diagnosis/rules.ts';
import { KNOWN_ISSUES } from '../../lambda/litellm/releases/known-issues.ts';

const FOLDER = new URL('../../lambda/diagnosis/', import.meta.url);
const CODE = readdirSync(FOLDER)
  .map((file) => readFileSync(new URL(file, FOLDER), 'utf8'))
  .join('\n');

/** The checks that the signs of all rules read. */
const READ = new Set(
  RULES.flatMap(({ when, also, unless }) => [...when.flat(), ...also, ...unless]).flatMap(({ checkIds }) => checkIds),
);

describe('the placement of checks', () => {
  it.each(CHECKS)('has $id among the causes when a rule reads it, and says why not when none does', ({ id }) => {
    const isRead = READ.has(id);

    expect(PLACEMENT[id].cause, `cause in placement.ts, where ${isRead ? 'a' : 'no'} rule reads it`).toBe(isRead);
  });

  it('gives the reason as a sentence when a check is no cause', () => {
    const reasons = Object.values(PLACEMENT).flatMap((placement) => (placement.cause ? [] : placement.because));

    expect(reasons).not.toEqual([]);
    for (const reason of reasons) expect(reason).toMatch(/^\S.*\.$/);
  });
});

describe('the diagnosis', () => {
  /** The ids that the calls of a function name. */
  function named(call: string): string[] {
    return [...CODE.matchAll(new RegExp(`\\b${call}\\(([^)]*)\\)`, 'g'))].flatMap(([, list = '']) =>
      [...list.matchAll(/'([^']*)'/g)].map(([, id = '']) => id),
    );
  }

  it.each(['knownIssue', 'leakBy'])('names known issues that exist in %s', (call) => {
    const known = new Set(KNOWN_ISSUES.map(({ id }) => id));

    const ids = named(call);

    expect(ids.length).toBeGreaterThan(1);
    expect(ids.filter((id) => !known.has(id))).toEqual([]);
  });

  it('asks for no fact by `in`, which compiles for any name', () => {
    expect(CODE.match(/'\w+' in \w+/g)).toBeNull();
  });
});
