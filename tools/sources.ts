import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Knowledge } from './knowledge.ts';

const ROOT = join(import.meta.dirname, '..');
const BIOME = join(ROOT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');

interface Generated {
  readonly file: string;
  readonly table: string;
  readonly imports?: string;
  readonly declaration: string;
  readonly data: unknown;
  readonly suffix?: string;
}

/** The generated files of lambda/litellm/releases, by name, formatted as the rest of the code. */
export function sourcesOf({
  about,
  knownIssues,
  breakingChanges,
  since,
  firstVersions,
  shippedIndexes,
  instanceClasses,
}: Knowledge): ReadonlyMap<string, string> {
  const files: readonly Generated[] = [
    { file: 'about.ts', table: 'about.json', imports: 'About', declaration: 'ABOUT: About', data: about },
    {
      file: 'known-issues.ts',
      table: 'known-issues.tsv and advisories.tsv',
      imports: 'KnownIssue',
      declaration: 'KNOWN_ISSUES: readonly KnownIssue[]',
      data: knownIssues,
    },
    {
      file: 'breaking-changes.ts',
      table: 'releases.tsv',
      imports: 'BreakingChange',
      declaration: 'BREAKING_CHANGES: readonly BreakingChange[]',
      data: breakingChanges,
    },
    { file: 'since.ts', table: 'behaviour.tsv', declaration: 'SINCE', data: since, suffix: ' as const' },
    {
      file: 'known-issue-ids.ts',
      table: 'known-issues.tsv and advisories.tsv',
      declaration: 'KNOWN_ISSUE_IDS',
      data: [...new Set(knownIssues.map(({ id }) => id))],
      suffix: ' as const',
    },
    {
      file: 'first-versions.ts',
      table: 'migrations.tsv',
      declaration: 'FIRST_VERSIONS: Readonly<Record<string, string>>',
      data: firstVersions,
    },
    {
      file: 'shipped-indexes.ts',
      table: 'indexes.tsv',
      imports: 'ShippedIndex',
      declaration: 'SHIPPED_INDEXES: readonly ShippedIndex[]',
      data: shippedIndexes,
    },
    {
      file: 'instance-classes.ts',
      table: 'instance-classes.tsv',
      declaration: 'INSTANCE_CLASSES: Readonly<Record<string, readonly [vcpus: number, memoryMib: number]>>',
      data: instanceClasses,
    },
  ];
  return new Map(files.map((generated) => [generated.file, codeOf(generated)]));
}

function codeOf({ file, table, imports, declaration, data, suffix = '' }: Generated): string {
  const lines = [
    `// Generated from knowledge/${table} by npm run releases: change the table, not this file.`,
    ...(imports === undefined ? [] : [`import type { ${imports} } from './known-issue.ts';`]),
    '',
    `export const ${declaration} = ${JSON.stringify(data)}${suffix};`,
  ];
  return format(file, lines.join('\n'));
}

function format(file: string, code: string): string {
  return execFileSync(process.execPath, [BIOME, 'format', `--stdin-file-path=lambda/litellm/releases/${file}`], {
    input: code,
    encoding: 'utf8',
    cwd: ROOT,
  });
}
