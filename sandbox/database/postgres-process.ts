import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { listen } from '../loopback.ts';
import type { Account } from './postgres-binaries.ts';

/** The server's program and what it runs on. */
export interface Program {
  readonly postgres: string;
  readonly data: string;
  readonly account: Account | undefined;
}

/**
 * Starts the server on a free port of 127.0.0.1. Another process can take that port first, so there are three attempts.
 * @throws Error with the last lines of its log when it does not start
 */
export async function serve(
  { postgres, data, account }: Program,
  maxConnections: number,
): Promise<{ port: number; server: ChildProcess }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    // Detached: Ctrl-C is for the process that started it; the reaper stops the server.
    const server = spawn(postgres, ['-D', data, '-p', String(port), '-N', String(maxConnections)], {
      ...account,
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const failure = await startUp(server);
    if (failure === undefined) return { port, server };
    if (attempt === 3 || !failure.includes('could not bind')) throw new Error(`PostgreSQL did not start: ${failure}`);
  }
}

/** undefined when the server is ready; the last lines of its log when it ended. */
function startUp(server: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const last: string[] = [];
    server.once('error', reject);
    server.once('exit', () => resolve(last.join('\n')));
    if (!server.stderr) return;
    createInterface(server.stderr).on('line', (line) => {
      last.push(line);
      if (last.length > 10) last.shift();
      if (line.includes('ready to accept connections')) resolve(undefined);
    });
  });
}

async function freePort(): Promise<number> {
  const { port, stop } = await listen(createServer());
  await stop();
  return port;
}
