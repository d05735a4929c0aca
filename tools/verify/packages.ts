import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a maintainer can do something about: no pip, or a package that the index does not have. */
export class PackageError extends Error {
  override readonly name = 'PackageError';
}

const PYTHON = 'python3';
const PIP = ['-m', 'pip', '--disable-pip-version-check'];
const READ_MEMBER = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    if sys.argv[2] not in wheel.namelist():
        sys.exit(4)
    sys.stdout.buffer.write(wheel.read(sys.argv[2]))
`;
const LIST_MEMBERS = `
import sys, zipfile
print("\\n".join(zipfile.ZipFile(sys.argv[1]).namelist()))
`;
const MIGRATION = /^litellm_proxy_extras\/migrations\/([^/]+)\/migration\.sql$/;
const NO_MEMBER = 4;
const LARGEST_OUTPUT = 64 * 1024 * 1024;

/** LiteLLM's published packages. */
export interface Packages {
  /** All releases, without candidates. @throws PackageError */
  published(): Promise<readonly string[]>;
  /**
   * The text of a file in the package of a release, or in that of the migrations that it requires; null when there is no such file.
   * @throws PackageError
   */
  file(version: string, path: string): Promise<string | null>;
  /** The names of the migrations that a release requires. @throws PackageError */
  migrations(version: string): Promise<readonly string[]>;
}

const LITELLM = 'litellm';
const MIGRATIONS = 'litellm-proxy-extras';
const MIGRATIONS_FOLDER = 'litellm_proxy_extras/';
const REQUIRED_MIGRATIONS = /^Requires-Dist: litellm-proxy-extras[ (]*==\s*([\w.]+)/m;

/** The packages that pip can get, each fetched once into the folder `cache`. */
export function pipPackages(cache: string): Packages {
  mkdirSync(cache, { recursive: true });
  const wheels = new Map<string, Promise<string>>();
  const wheel = (project: string, version: string) =>
    remember(wheels, `${project} ${version}`, () => download(project, version, cache));
  const migrations = async (version: string) => {
    const metadata = await readMember(await wheel(LITELLM, version), `litellm-${version}.dist-info/METADATA`);
    const [, required] = REQUIRED_MIGRATIONS.exec(metadata ?? '') ?? [];
    if (required === undefined) throw new PackageError(`LiteLLM ${version} requires no one version of ${MIGRATIONS}.`);
    return wheel(MIGRATIONS, required);
  };
  return {
    async published() {
      const listing = await pip(['index', 'versions', LITELLM]);
      const [, versions] = /^Available versions: (.+)$/m.exec(listing) ?? [];
      if (versions === undefined) throw new PackageError(`pip lists no versions of ${LITELLM}.`);
      return versions.split(',').map((version) => version.trim());
    },
    async file(version, path) {
      return readMember(
        await (path.startsWith(MIGRATIONS_FOLDER) ? migrations(version) : wheel(LITELLM, version)),
        path,
      );
    },
    async migrations(version) {
      const { stdout } = await run(PYTHON, ['-c', LIST_MEMBERS, await migrations(version)]);
      return stdout.split('\n').flatMap((member) => MIGRATION.exec(member)?.[1] ?? []);
    },
  };
}

function remember<Value>(memory: Map<string, Promise<Value>>, key: string, make: () => Promise<Value>): Promise<Value> {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const made = make();
  memory.set(key, made);
  return made;
}

async function download(project: string, version: string, cache: string): Promise<string> {
  const find = () =>
    readdirSync(cache).find(
      (name) => name.startsWith(`${project.replaceAll('-', '_')}-${version}-`) && name.endsWith('.whl'),
    );
  if (find() === undefined) {
    await pip([
      'download',
      '--quiet',
      '--no-deps',
      '--only-binary=:all:',
      '--ignore-requires-python',
      `--dest=${cache}`,
      `${project}==${version}`,
    ]);
  }
  const wheel = find();
  if (wheel === undefined) throw new PackageError(`pip has no wheel of ${project} ${version}.`);
  return join(cache, wheel);
}

async function pip(args: readonly string[]): Promise<string> {
  try {
    return (await run(PYTHON, [...PIP, ...args], { maxBuffer: LARGEST_OUTPUT })).stdout;
  } catch (error) {
    const { code, stderr = '' } = error as { readonly code?: unknown; readonly stderr?: string };
    if (code === 'ENOENT' || stderr.includes('No module named pip')) {
      throw new PackageError('python3 with pip is required: it fetches the published packages.');
    }
    const lines = stderr.trim().split('\n');
    throw new PackageError(`pip ${args[0]} failed: ${lines.at(-1)}`);
  }
}

async function readMember(wheel: string, path: string): Promise<string | null> {
  try {
    return (await run(PYTHON, ['-c', READ_MEMBER, wheel, path], { maxBuffer: LARGEST_OUTPUT })).stdout;
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === NO_MEMBER) return null;
    throw error;
  }
}
