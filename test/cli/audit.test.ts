import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { snapshotText } from '../../lambda/snapshot/saved.ts';
import type { Snapshot } from '../../lambda/snapshot/snapshot.ts';
import { failed, healthySnapshot, idleTransaction, seen, server, sessionGroup, sessions } from '../snapshots.ts';

const folder = mkdtempSync(join(tmpdir(), 'auditor-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(...flags: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['cli/audit.ts', ...flags], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

function runOn(snapshot: Snapshot, ...flags: string[]) {
  const file = join(folder, 'snapshot.json');
  writeFileSync(file, snapshotText(snapshot));
  return run('--snapshot', file, ...flags);
}

/** 50 of 55 usable slots, all of LiteLLM. */
const nearlyFull = healthySnapshot({
  sources: {
    server: seen(server({ totalBackends: 50 })),
    sessions: seen(
      sessions({ groups: [sessionGroup({ count: 25 }), sessionGroup({ clientAddress: '10.0.3.18', count: 25 })] }),
    ),
  },
});
const idleFor10Minutes = healthySnapshot({
  sources: { sessions: seen(sessions({ idleTransactions: [idleTransaction()] })) },
});
const sessionsDenied = healthySnapshot({
  sources: { sessions: failed('permission-denied') },
});

describe('the exit status of the shell', () => {
  it.each([
    [0, 'ok or info', 'everything is healthy', healthySnapshot(), []],
    [1, 'warning', 'a transaction is idle for 10 minutes', idleFor10Minutes, []],
    [2, 'critical', 'more than 90 % of the slots are used', nearlyFull, []],
    [3, 'unknown', 'the sessions cannot be read', sessionsDenied, []],
    [2, 'critical', '--set makes 10 minutes critical', idleFor10Minutes, ['idleInTransactionCriticalSeconds=400']],
  ] as const)('is %i for %s when %s', (status, overall, _when, snapshot, settings) => {
    const answer = runOn(snapshot, '--json', ...settings.flatMap((setting) => ['--set', setting]));

    expect(answer).toMatchObject({ status, stderr: '' });
    expect(overall.split(' or ')).toContain(JSON.parse(answer.stdout).status);
  });

  it('is the same for the table when there is no --json', () => {
    const answer = runOn(nearlyFull);

    expect(answer).toMatchObject({ status: 2, stderr: '', stdout: expect.stringMatching(/critical/i) });
  });

  it('is 0 when --help is given', () => {
    const answer = run('--help');

    expect(answer).toMatchObject({ status: 0, stderr: '' });
    expect(answer.stdout).toMatch(/--url URL.*--snapshot FILE.*Exit status: 0 .* 1 .* 2 .* 3 /s);
  });

  it.each([
    ['there is no such snapshot', ['--snapshot', join(folder, 'nowhere.json')], /nowhere\.json.*cannot be read/],
    ['the snapshot is a folder', ['--snapshot', folder], /cannot be read/],
    ['no database is given', [], /No database is given/],
    ['a flag is unknown', ['--nope'], /--nope/],
  ])('is 3, with a sentence and no stack trace, when %s', (_when, flags, sentence) => {
    const answer = run(...flags);

    expect(answer).toMatchObject({ status: 3, stdout: '', stderr: expect.stringMatching(sentence) });
    expect(answer.stderr).toMatch(/^[^\n]+\n$/);
  });

  it('is 3, with a sentence and no stack trace, when the snapshot is not JSON', () => {
    const file = join(folder, 'text.json');
    writeFileSync(file, 'postgres://litellm:s3cret@db.example/litellm');

    const answer = run('--snapshot', file);

    expect(answer).toMatchObject({ status: 3, stdout: '', stderr: expect.stringMatching(/^[^\n]*JSON[^\n]*\n$/) });
    expect(answer.stderr).not.toContain('s3cret');
  });
});
