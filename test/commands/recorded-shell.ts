import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The programs that commands call. Each is replaced by one that records its arguments. */
const PROGRAMS = ['aws', 'kubectl', 'psql', 'curl', 'openssl', 'nc', 'getent', 'npm', 'python'] as const;

export type Call = readonly [program: string, ...args: string[]];

/** A shell in which the programs only record how they are called, so that a command runs as a user would run it and reaches nothing. */
export class RecordedShell {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(): Promise<RecordedShell> {
    const folder = await mkdtemp(join(tmpdir(), 'recorded-shell-'));
    for (const program of PROGRAMS) {
      const file = join(folder, program);
      await writeFile(file, `#!/bin/sh\n{ printf '%s\\0' ${program} "$@"; printf '\\1'; } >> "$CALLS"\n`);
      await chmod(file, 0o755);
    }
    return new RecordedShell(folder);
  }

  /**
   * The calls that a command makes, in their order.
   * @throws when the shell does not understand it, or a program is called that is not among those above
   */
  async calls(command: string): Promise<readonly Call[]> {
    const log = join(this.#folder, 'calls');
    await writeFile(log, '');
    const path = `${this.#folder}:/usr/bin:/bin`;
    await run('bash', ['-euo', 'pipefail', '-c', command], {
      cwd: this.#folder,
      env: {
        PATH: path,
        CALLS: log,
        DATABASE_URL: 'postgresql://litellm@db.example/litellm',
        PROXY_URL: 'https://proxy.example',
      },
      timeout: 10_000,
    });
    return (await readFile(log, 'utf8')).split('\0\x01').flatMap((call): Call[] => {
      const [program, ...args] = call.split('\0');
      return program === undefined || program === '' ? [] : [[program, ...args]];
    });
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}
