import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../lambda/core/finding.ts';
import { snapshotText } from '../../lambda/snapshot/saved.ts';
import type { Snapshot } from '../../lambda/snapshot/snapshot.ts';
import { counted } from '../activity.ts';
import {
  failed,
  globalRow,
  healthySnapshot,
  idleTransaction,
  litellm,
  routerSettings,
  seen,
  server,
  sessionGroup,
  sessions,
} from '../snapshots.ts';

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

describe('an audit since an earlier one', () => {
  const now = healthySnapshot({
    configuredVersion: null,
    sources: {
      'router-settings': seen(routerSettings({ global: globalRow() })),
      ...counted({ lookups: 600, requests: 500 }),
    },
  });
  const { litellm: source } = now.sources;
  const earlier = healthySnapshot({
    takenAt: '2026-11-22T02:45:00.000Z',
    sources: {
      litellm: seen(
        litellm({
          activity: {
            state: 'seen',
            at: '2026-11-22T02:59:55.000Z',
            configScans: 1_000_000,
            spendLogRows: 2_000_000,
            statsReset: null,
          },
        }),
      ),
    },
  });
  /** As it was saved, without what an audit before it saw. */
  const alone = { ...now, sources: { ...now.sources, litellm: source, previous: healthySnapshot().sources.previous } };

  function since(before: Snapshot) {
    const file = join(folder, 'earlier.json');
    writeFileSync(file, snapshotText(before));
    return runOn(alone, '--since', file, '--json');
  }

  function statusOf(answer: ReturnType<typeof run>) {
    const { findings }: { findings: readonly Finding[] } = JSON.parse(answer.stdout);
    return findings.find(({ checkId }) => checkId === 'per-request-router')?.status;
  }

  it('shows lookups that follow the requests, where one audit alone shows nothing', () => {
    expect(statusOf(runOn(alone, '--json'))).toBe('unknown');
    expect(statusOf(since(earlier))).toBe('warning');
  });

  it.each<[string, Snapshot, RegExp]>([
    [
      'another database',
      {
        ...earlier,
        sources: { ...earlier.sources, connection: seen({ ...connection(earlier), databaseName: 'staging' }) },
      },
      /is of the database staging at prod\..*:5432, and the audit of the database litellm at prod\./,
    ],
    [
      'another server',
      { ...earlier, sources: { ...earlier.sources, connection: seen({ ...connection(earlier), host: 'other' }) } },
      /is of the database litellm at other:5432/,
    ],
    [
      'another name, while there was no connection',
      { ...earlier, database: 'staging', sources: { ...earlier.sources, connection: failed('timeout') } },
      /is of the database staging, and the audit of/,
    ],
    ['the same time', { ...earlier, takenAt: now.takenAt }, /was taken at .*, and the audit at/],
    ['a later time', { ...earlier, takenAt: '2026-11-23T00:00:00.000Z' }, /an earlier audit of the same database\.$/m],
  ])('is refused with a sentence when the file is of %s', (_what, before, sentence) => {
    const answer = since(before);

    expect(answer).toMatchObject({ status: 3, stdout: '', stderr: expect.stringMatching(sentence) });
    expect(answer.stderr).toMatch(/^--since: /);
  });

  it('is made when the earlier one had no connection, and shows nothing more', () => {
    const blind = {
      ...earlier,
      sources: { ...earlier.sources, connection: failed('timeout'), litellm: failed('timeout') },
    };

    expect(statusOf(since(blind))).toBe('unknown');
  });

  it('is refused when the file is none', () => {
    const answer = runOn(alone, '--since', join(folder, 'none.json'));

    expect(answer).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(/^--since: .* cannot be read \(ENOENT\)/),
    });
  });

  it('reads the file before it connects', () => {
    const answer = run('--url', 'postgres://a@127.0.0.1:9/litellm', '--since', join(folder, 'none.json'));

    expect(answer).toMatchObject({ status: 3, stdout: '', stderr: expect.stringMatching(/^--since: /) });
  });
});

function connection({ sources: { connection } }: Snapshot) {
  if (connection.status !== 'ok') throw new Error('There is no connection.');
  return connection.value;
}

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
