import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readProxyLog } from '../../cli/proxy-log.ts';
import { UsageError } from '../../cli/usage-error.ts';
import { filterPattern, LOG_PHRASE_IDS } from '../../lambda/litellm/log-phrases.ts';
import { snapshotText } from '../../lambda/snapshot/saved.ts';
import { filterMatcher } from '../../sandbox/aws/filter-pattern.ts';
import { logLines } from '../../sandbox/scenarios/log-lines.ts';
import { healthySnapshot, skipped } from '../snapshots.ts';

const folder = mkdtempSync(join(tmpdir(), 'auditor-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(text: string): string {
  const file = join(folder, 'proxy.log');
  writeFileSync(file, text);
  return file;
}

function run(flags: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['cli/audit.ts', ...flags], {
    encoding: 'utf8',
    input,
  });
  return { status, stdout, stderr };
}

/** A snapshot without a log, in a file. */
function saved(): string {
  const file = join(folder, 'snapshot.json');
  writeFileSync(
    file,
    snapshotText(healthySnapshot({ sources: { 'proxy-log': skipped('No log.', 'proxy.logGroupName') } })),
  );
  return file;
}

describe('a log of the proxy', () => {
  it('has the counts that the metric filters would have, whatever its lines', async () => {
    const words = LOG_PHRASE_IDS.flatMap((id) => [...logLines(id)]);
    const line = fc.oneof(
      fc.constantFrom(...words, ''),
      fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ' ')),
    );

    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 30 }), async (lines) => {
        const { lines: counts, total } = await readProxyLog(written(`${lines.join('\n')}\n`));

        expect(total).toBe(lines.length);
        for (const id of LOG_PHRASE_IDS) {
          expect(counts[id]).toBe(lines.filter(filterMatcher(filterPattern(id))).length);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('counts a line once, and one that lies across two pieces of the file, when lines are long', async () => {
    const phrase = 'kind: Closed';
    // A file is read in pieces of 64 KiB.
    const counts = await Promise.all(
      [0, 1, 6, 12].map(async (before) => {
        const file = join(folder, `long-${before}.log`);
        writeFileSync(file, `${'x'.repeat(65_536 - before)}${phrase}${'y'.repeat(200_000)}\nlast ${phrase} ${phrase}`);
        return readProxyLog(file);
      }),
    );

    for (const { lines, total } of counts) expect([lines.closedConnections, total]).toEqual([2, 2]);
  });

  it.each([
    ['that does not exist', () => join(folder, 'nowhere.log'), 'ENOENT'],
    ['that is a folder', () => folder, 'EISDIR'],
    ['without a line', () => written(''), 'has no line'],
  ])('is refused with a sentence when it is a file %s', async (_, file, why) => {
    const refusal = readProxyLog(file());

    await expect(refusal).rejects.toThrow(UsageError);
    await expect(refusal).rejects.toThrow(why);
  });

  it('is evaluated with a saved snapshot, from a file or the standard input, and no line of it is shown', () => {
    const secret = 'sk-1234-of-somebody';
    const text = `${secret} kind: Closed\n`.repeat(30);
    const flags = ['--snapshot', saved(), '--json', '--proxy-log'];

    const [byFile, byInput] = [run([...flags, written(text)]), run([...flags, '-'], text)];

    for (const { status, stdout } of [byFile, byInput]) {
      expect(status).toBe(2);
      const { findings }: { findings: readonly { checkId: string; evidence: object }[] } = JSON.parse(stdout);
      expect(findings.find(({ checkId }) => checkId === 'proxy-errors')?.evidence).toMatchObject({
        closedConnections: 30,
        from: 'file',
      });
      expect(stdout).not.toContain(secret);
    }
    expect(readFileSync(join(folder, 'snapshot.json'), 'utf8')).not.toContain(secret);
  });

  it('is refused before anything is connected when it cannot be read', () => {
    const { status, stdout, stderr } = run([
      ...['--url', 'postgres://litellm:secret@localhost:9/litellm?sslmode=disable'],
      ...['--proxy-log', join(folder, 'nowhere.log')],
    ]);

    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toContain('--proxy-log');
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
