import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createCertificates } from '../../../sandbox/database/certificates.ts';
import { startPostgres } from '../../../sandbox/database/postgres.ts';
import { runnablePostgres, serverAccount } from '../../../sandbox/database/postgres-binaries.ts';

/** Starts a server, prints its port, and waits to be killed. */
const PARENT = `
import { createCertificates } from './sandbox/database/certificates.ts';
import { startPostgres } from './sandbox/database/postgres.ts';
const { caFile, port } = await startPostgres({ certificates: await createCertificates(), maxConnections: 20 });
console.log(JSON.stringify({ caFile, port }));
`;

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

describe('startPostgres', () => {
  it('leaves no server and no folder when it is stopped', async () => {
    const postgres = await startPostgres({ certificates: await createCertificates(), maxConnections: 20 });
    const before = await answers(postgres.port);

    await postgres.stop();

    expect(before).toBe(true);
    expect(await answers(postgres.port)).toBe(false);
    expect(existsSync(dirname(postgres.caFile))).toBe(false);
  });

  it.each(['SIGKILL', 'SIGINT'] as const)(
    'leaves no server and no folder when the parent ends by %s',
    async (signal) => {
      const parent = spawn(process.execPath, ['--input-type=module', '-e', PARENT], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = await once(createInterface(parent.stdout), 'line');
      const { caFile, port } = JSON.parse(line);
      const before = await answers(port);

      parent.kill(signal);
      while (existsSync(dirname(caFile))) await delay(20);

      expect(before).toBe(true);
      expect(await answers(port)).toBe(false);
    },
  );
});

describe.runIf(process.getuid?.() === 0)('runnablePostgres', () => {
  it('is a copy that the account can run when only root may enter the checkout', async () => {
    const account = await serverAccount();
    const folder = await mkdtemp(join(tmpdir(), 'litellm-sandbox-test-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const closed = join(folder, 'checkout');
    await chmod(folder, 0o711);
    await mkdir(join(closed, 'bin'), { recursive: true, mode: 0o700 });
    await writeFile(join(closed, 'bin', 'postgres'), '#!/bin/sh\necho runs\n', { mode: 0o700 });

    const native = await runnablePostgres(closed, account, folder);
    const { stdout } = await promisify(execFile)(join(native, 'bin', 'postgres'), { ...account, cwd: '/' });

    expect(stdout).toBe('runs\n');
  });
});
