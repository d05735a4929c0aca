import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** From the bottom up: a folder imports those before it, never one after it (docs/architecture.md). */
const LAYERS = [
  'lambda/core',
  'lambda/settings',
  'lambda/litellm',
  'database',
  'lambda/snapshot',
  'lambda/model',
  'lambda/checks',
  'lambda/diagnosis',
  'lambda/report',
  'lambda/memory',
  'lambda/notify',
  'lambda/purge',
  'lambda',
  'infra',
  'cli',
] as const;

/** All that is compiled into the product, by path from the root. */
const FILES = ['lambda', 'database', 'infra', 'cli'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file)),
);

/** What each file imports of ours, values and types alike, late imports included. */
const IMPORTS: ReadonlyMap<string, readonly string[]> = new Map(FILES.map((file) => [file, importsOf(file)]));

function importsOf(file: string): readonly string[] {
  const code = readFileSync(join(ROOT, file), 'utf8');
  return [...code.matchAll(/(?:from\s+|import\s*\(\s*|import\s+)'(\.[^']*\.ts)'/g)].map(([, path = '']) =>
    relative(ROOT, join(ROOT, dirname(file), path)),
  );
}

function layerOf(file: string): number {
  return LAYERS.findLastIndex((layer, index) =>
    LAYERS.some((other, otherIndex) => otherIndex !== index && other.startsWith(`${layer}/`))
      ? dirname(file) === layer
      : file.startsWith(`${layer}/`),
  );
}

/** Whether they are the same folder, or one is inside the other. */
function isInside(one: string, other: string): boolean {
  return `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);
}

/** The files of a cycle in a graph, in order; undefined when there is none. */
function cycleIn(graph: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return undefined;
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next, [...path, node]);
      if (cycle) return cycle;
    }
    done.add(node);
    return undefined;
  };
  return [...graph.keys()].map((node) => visit(node, [])).find((cycle) => cycle !== undefined);
}

describe('the layers', () => {
  it('hold every file of the product', () => {
    expect(FILES.filter((file) => layerOf(file) === -1)).toEqual([]);
    expect(FILES.length).toBeGreaterThan(150);
  });

  it('import only what is below them', () => {
    const upwards = FILES.flatMap((file) =>
      (IMPORTS.get(file) ?? [])
        .filter((imported) => layerOf(imported) > layerOf(file))
        .map((imported) => `${file} imports ${imported}`),
    );

    expect(upwards).toEqual([]);
  });

  it('have no cycle between files', () => {
    expect(cycleIn(IMPORTS)).toBeUndefined();
  });

  // A folder and the folders inside it are one part: checks/ has the registry of the checks that its folders hold.
  it('have no cycle between the folders of a layer', () => {
    const folders = new Map<string, readonly string[]>();
    for (const [file, imports] of IMPORTS) {
      const folder = dirname(file);
      const others = imports.map((imported) => dirname(imported)).filter((other) => !isInside(folder, other));
      folders.set(folder, [...(folders.get(folder) ?? []), ...others]);
    }

    expect(cycleIn(folders)).toBeUndefined();
  });

  it('keep a check from importing another check', () => {
    const between = FILES.flatMap((file) => {
      const own = /^lambda\/checks\/[^/]+\//.exec(file)?.[0];
      if (own === undefined) return [];
      return (IMPORTS.get(file) ?? []).filter(
        (imported) => /^lambda\/checks\/[^/]+\//.test(imported) && !imported.startsWith(own),
      );
    });

    expect(between).toEqual([]);
  });

  it('see a cycle when there is one', () => {
    const cycle = cycleIn(
      new Map([
        ['a', ['b']],
        ['b', ['c']],
        ['c', ['a']],
      ]),
    );

    expect(cycle).toEqual(['a', 'b', 'c', 'a']);
  });
});
