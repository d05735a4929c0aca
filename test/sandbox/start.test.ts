import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const START = fileURLToPath(new URL('../../sandbox/start.ts', import.meta.url));

describe('npm start', () => {
  const temporary = mkdtempSync(join(tmpdir(), 'auditor-start-test-'));
  // When this runs as root, PostgreSQL runs as another user, who has to be able to enter.
  chmodSync(temporary, 0o755);
  afterAll(() => rmSync(temporary, { recursive: true }));

  function start(...args: string[]) {
    const child = spawn(process.execPath, [START, ...args], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { child, stdout: text(child.stdout), stderr: text(child.stderr) };
  }

  /** npm always has a cache in the temporary folder. */
  function leftBehind(): string[] {
    return readdirSync(temporary).filter((name) => name !== 'node-compile-cache');
  }

  async function exitStatus(child: ChildProcess): Promise<unknown> {
    const [status] = await once(child, 'close');
    return status;
  }

  it('prints only the report on stdout, and leaves nothing behind, when --json is given', async () => {
    const { child, stdout, stderr } = start('--json');

    const status = await exitStatus(child);

    expect(JSON.parse(await stdout)).toMatchObject({
      schemaVersion: 2,
      database: 'sandbox',
      status: 'critical',
      diagnosis: { causes: [{ id: 'iam-token-refresh' }, { id: 'lock-pile-up' }] },
      findings: expect.arrayContaining([
        expect.objectContaining({ checkId: 'connection-leak', status: 'critical' }),
        expect.objectContaining({ checkId: 'connection-headroom', status: 'critical' }),
        expect.objectContaining({ checkId: 'idle-in-transaction', status: 'critical' }),
        expect.objectContaining({ checkId: 'lock-waits', status: 'critical' }),
        expect.objectContaining({ checkId: 'transport-security', status: 'warning' }),
        expect.objectContaining({ checkId: 'global-router-settings', status: 'warning' }),
        expect.objectContaining({ checkId: 'rds-configuration', status: 'ok' }),
      ]),
      notification: { status: 'published' },
    });
    expect(await stderr).toMatch(/^Starting PostgreSQL .* \.\.\.$/m);
    expect(status).toBe(0);
    expect(leftBehind()).toEqual([]);
  }, 120_000);

  it('stops everything when it is interrupted', async () => {
    const { child, stdout, stderr } = start();
    child.stderr?.on('data', (chunk: Buffer) => {
      if (chunk.includes('Connecting')) child.kill('SIGINT');
    });

    const status = await exitStatus(child);

    expect(status).toBe(130);
    expect(await stderr).toMatch(/Stopping everything \.\.\.\nInterrupted; everything is stopped\.\n$/);
    expect(await stdout).toBe('');
    expect(leftBehind()).toEqual([]);
  }, 60_000);

  it('exits with 2 and one sentence when a flag is unknown', async () => {
    const { child, stdout, stderr } = start('--jsn');

    const status = await exitStatus(child);

    expect(status).toBe(2);
    expect(await stderr).toBe("Unknown option '--jsn'. Allowed are --scenario NAME, --json and --help.\n");
    expect(await stdout).toBe('');
  }, 60_000);

  it('prints its usage when --help is given', async () => {
    const { child, stdout } = start('--help');

    const status = await exitStatus(child);

    expect(status).toBe(0);
    expect(await stdout).toContain('npm start --silent -- --json');
  }, 60_000);
});
