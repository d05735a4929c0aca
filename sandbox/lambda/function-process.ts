import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type LambdaFunction, type LambdaPlace, lambdaEnvironment } from './function.ts';
import { LogReader } from './log-reader.ts';

const BOOTSTRAP = fileURLToPath(new URL('bootstrap.mjs', import.meta.url));

/** How a process ended: `exit status 1`, `signal SIGKILL`. */
export type Exit = string;

/** One execution environment of a function. */
export class FunctionProcess {
  readonly stdout: LogReader;
  readonly stderr: LogReader;
  /** Settles when the process has ended and all its output was read. */
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;

  constructor(lambda: LambdaFunction, place: LambdaPlace, runtimeApi: string) {
    this.#child = spawn(process.execPath, [...memoryFlags(lambda.memoryMb), BOOTSTRAP], {
      cwd: lambda.taskRoot,
      env: {
        ...lambdaEnvironment(lambda, place, runtimeApi, `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`),
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.stdout = new LogReader(this.#child.stdout);
    this.stderr = new LogReader(this.#child.stderr);
    this.exited = once(this.#child, 'close').then(
      ([code, signal]) => (signal === null ? `exit status ${code}` : `signal ${signal}`),
      (error: Error) => error.message,
    );
  }

  /** Ends it at once, as Lambda does. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exited;
  }
}

/** As in the bootstrap of Lambda's Node.js runtime: a tenth of the memory is new space, half of that a semi-space, and the rest old space. */
function memoryFlags(memoryMb: number): readonly string[] {
  const newSpace = Math.floor(memoryMb / 10);
  return [`--max-semi-space-size=${Math.floor(newSpace / 2)}`, `--max-old-space-size=${memoryMb - newSpace}`];
}
