import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KNOWN_ISSUES } from '../../lambda/litellm/releases/known-issues.ts';
import { readKnowledge, readRows } from '../../tools/knowledge.ts';
import { sourcesOf } from '../../tools/sources.ts';

const KNOWLEDGE = join(import.meta.dirname, '..', '..', 'knowledge');
const GENERATED = join(import.meta.dirname, '..', '..', 'lambda', 'litellm', 'releases');

/** The known-bad ranges of July 2025 to November 2026, in their order; three of them are advisories. */
const KNOWN_BAD = [
  'iam-refresh-keeps-clients',
  'iam-refresh-fails',
  'per-request-router',
  'scoped-router-settings-ignored',
  'GHSA-r75f-5x8p-qvmc',
  'PYSEC-2026-2',
  'managed-object-poll',
  'orphaned-engine',
  'GHSA-hx8v-g79f-8w5f',
  'readiness-stuck',
  'reconnect-blocks',
  'watchdog-kills-engines',
  'iam-refresh-race',
  'iam-refresh-drops-parameters',
  'dead-worker-engine',
  'iam-rotation-kills-engines',
  'failed-first-connect',
  'index-migrations-lock',
  'cost-map-import-error',
];

function firstColumn(table: string): string[] {
  const [, ...lines] = readFileSync(join(KNOWLEDGE, table), 'utf8').trim().split('\n');
  return lines.map((line) => line.split('\t')[0] ?? '');
}

describe('the generated releases', () => {
  it('are what the tables say (else: npm run releases)', () => {
    const sources = sourcesOf(readKnowledge(KNOWLEDGE));

    for (const [name, code] of sources) expect(readFileSync(join(GENERATED, name), 'utf8'), name).toBe(code);
  });

  it('hold every row of the known issues and of the advisories', () => {
    const ids = [...firstColumn('known-issues.tsv'), ...firstColumn('advisories.tsv')];

    expect(KNOWN_ISSUES.map(({ id }) => id)).toEqual(ids);
  });

  it('hold every known-bad range, and all 37 records of security issues', () => {
    expect(KNOWN_ISSUES.map(({ id }) => id)).toEqual(expect.arrayContaining(KNOWN_BAD));
    expect(new Set(firstColumn('advisories.tsv')).size).toBe(37);
  });
});

describe('readKnowledge', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'knowledge-'));
    cpSync(KNOWLEDGE, folder, { recursive: true });
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('refuses an upgrade target with a known security issue', () => {
    const about = readFileSync(join(folder, 'about.json'), 'utf8').replace('"1.109.3"', '"1.109.2"');
    writeFileSync(join(folder, 'about.json'), about);

    expect(() => readKnowledge(folder)).toThrow('the target 1.109.2 has the known security issue PR-52838');
  });

  it('names a bad field of about.json', () => {
    const about = readFileSync(join(folder, 'about.json'), 'utf8').replace('"2026-11-22"', '"yesterday"');
    writeFileSync(join(folder, 'about.json'), about);

    expect(() => readKnowledge(folder)).toThrow(/^about\.json: .*date/s);
  });

  it('names the place of a bad cell', () => {
    const table = readFileSync(join(folder, 'migrations.tsv'), 'utf8').replace('\t1.74.12\t', '\tlatest\t');
    writeFileSync(join(folder, 'migrations.tsv'), table);

    expect(() => readKnowledge(folder)).toThrow(
      'migrations.tsv, line 2, column first_version: is not a version like 1.81.3.',
    );
  });

  it('refuses a first version that is after the first package with the migration', () => {
    const table = readFileSync(join(folder, 'migrations.tsv'), 'utf8');
    writeFileSync(join(folder, 'migrations.tsv'), `${table}20990101000000_late\t1.99.1\t1.99.0\n`);

    expect(() => readKnowledge(folder)).toThrow('the first version of 20990101000000_late is after the first package');
  });

  it('takes a row for verified only while its marker is the one that packages confirmed', () => {
    const certainty = () => readKnowledge(folder).knownIssues.find(({ id }) => id === 'orphaned-engine')?.certainty;
    const before = certainty();
    const table = readFileSync(join(folder, 'known-issues.tsv'), 'utf8');
    writeFileSync(join(folder, 'known-issues.tsv'), table.replace('def _kill_engine_process', 'def _kill_engine'));

    expect([before, certainty()]).toEqual(['V', 'I']);
  });

  it('takes a row without a marker for reported, whatever it says', () => {
    const unmarked = readRows(folder).filter(({ introducedMarker, fixedMarker }) => !introducedMarker && !fixedMarker);
    const ids = new Set(unmarked.map(({ id }) => id));

    expect(ids.size).toBeGreaterThan(10);
    for (const { id, certainty } of readKnowledge(folder).knownIssues) {
      if (ids.has(id)) expect(certainty, id).not.toBe('V');
    }
  });
});
