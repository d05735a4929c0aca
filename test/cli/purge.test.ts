import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SandboxDatabase } from '../../sandbox/database/database.ts';
import { startDatabase } from '../shared-database.ts';

let database: SandboxDatabase;
beforeAll(async () => {
  database = await startDatabase({ litellm: { keys: 10, teams: 3 } });
});
afterAll(() => database.stop());

/** Runs the command as the superuser: the rights of the role are not what is tested here. */
async function run(command: string, ...flags: string[]) {
  const { host, port, user, password } = database.postgres;
  const url = `postgres://${user}:${password}@${host}:${port}/${database.databaseName}?sslmode=disable`;
  const args = [`cli/${command}.ts`, '--url', url, ...flags];
  try {
    return { status: 0, ...(await promisify(execFile)(process.execPath, args)) };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'stdout' in error && 'stderr' in error)) throw error;
    return { status: error.code, stdout: String(error.stdout), stderr: String(error.stderr) };
  }
}

it('purges, lists and restores from a shell when each command has what the answer before shows', async () => {
  const dry = await run('purge', '--json');
  const { hash } = JSON.parse(dry.stdout).outcome;
  const refused = await run('purge', '--confirm', hash);
  const purged = await run('purge', '--confirm', hash, '--lose-routing-policy');
  const listed = await run('backups');
  const restored = await run('restore', '--backup', '1', '--json');

  expect(dry).toMatchObject({ status: 0, stderr: '' });
  expect(refused).toMatchObject({
    status: 3,
    stderr: expect.stringMatching(/^The row holds routing policy.*Nothing was done\.\n$/),
  });
  expect(purged).toMatchObject({
    status: 0,
    stderr: '',
    stdout: expect.stringContaining('--url "$DATABASE_URL" --backup 1'),
  });
  expect(listed.stdout).toMatch(/1: 2\d{3}-.* purged by hand, asked by \S+ at a shell on \S+; allowed_fails/);
  expect(JSON.parse(restored.stdout)).toMatchObject({ schemaVersion: 1, action: 'restore', result: 'done' });
  for (const { stdout } of [dry, refused, purged, listed, restored]) {
    expect(stdout).not.toContain(database.postgres.password);
    expect(stdout).not.toContain('planted-secret');
  }
});

it('explains in a sentence, with status 3, when a flag is missing or a backup does not exist', async () => {
  const usage = await run('restore');
  const missing = await run('restore', '--backup', '99');

  expect(usage).toMatchObject({ status: 3, stdout: '', stderr: expect.stringMatching(/^--backup is missing.*\n$/) });
  expect(missing).toMatchObject({ status: 3, stderr: 'There is no backup 99. Nothing was done.\n' });
});
