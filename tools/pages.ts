import { globSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** The pages for users that say something about versions of LiteLLM. */
export function factPages(): readonly string[] {
  return [
    join(ROOT, 'README.md'),
    ...globSync('docs/**/*.md', { cwd: ROOT }).map((page) => join(ROOT, page)),
  ].toSorted();
}
