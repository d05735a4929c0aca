import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audit } from '../../lambda/audit.ts';
import { runAutomaticPurge } from '../../lambda/purge/automatic.ts';
import type { PurgeRequest } from '../../lambda/settings/request.ts';
import type { Tuning } from '../../lambda/settings/tuning.ts';
import { type Bench, hashOf, SIDES, startBench } from './bench.ts';

const ROW = '{"num_retries": 3}';
const [PROD, STAGING] = SIDES;
const BUDGET_MS = 30_000;

/** The functions and the role of staging, in a database that has prod too; `stop` finds prod untouched. */
let bench: Bench;
beforeAll(async () => {
  bench = await startBench('automatic', STAGING);
});
afterAll(() => bench.stop());

const requests = (): readonly PurgeRequest[] => [
  { action: 'purge', confirm: hashOf(ROW) },
  { action: 'restore', backup: 1 },
  { action: 'restore', backup: 1, replace: hashOf(ROW) },
  { action: 'backups' },
];

async function content(): Promise<unknown> {
  return [await bench.row(), await bench.backups()];
}

describe('functions that are for the schema staging', () => {
  it.each<[string, Partial<Tuning>, RegExp]>([
    [
      'names prod',
      { litellmSchema: PROD.litellmSchema },
      /are for the LiteLLM schema staging, and the request is for public/,
    ],
    [
      'names none',
      { litellmSchema: undefined },
      /this database has several LiteLLM schemas and the request names none/,
    ],
    ['names one that does not exist', { litellmSchema: 'nowhere' }, /the request is for nowhere/],
  ])('refuse every request that %s, and change nothing', async (_name, tuning, sentence) => {
    await bench.start(ROW);
    await bench.ask({ action: 'purge', confirm: hashOf(ROW) });
    await bench.write(ROW);
    const before = await content();

    for (const request of requests()) {
      const answer = await bench.ask(request, {}, bench.settings(tuning));

      expect(answer).toMatchObject({ result: 'refused', outcome: { outcome: 'other-schema', schema: 'staging' } });
      expect(answer.summary).toMatch(sentence);
    }
    expect(await content()).toEqual(before);
  });

  it('show no row in a dry run that is for prod, and say what to set', async () => {
    await bench.start(ROW);

    const answer = await bench.ask({ action: 'purge' }, {}, bench.settings({ litellmSchema: PROD.litellmSchema }));

    expect(answer).toMatchObject({ result: 'failed', outcome: { outcome: 'failed' } });
    expect(answer.advice[0]?.text).toMatch(/are for the LiteLLM schema staging, and this audit is of public/);
  });

  it.each(['public', undefined])(
    'are not used by an automatic purge when the audit is of %s',
    async (litellmSchema) => {
      await bench.start(ROW);
      const settings = bench.settings({ litellmSchema, litellmVersion: '1.81.3' });

      const done = await runAutomaticPurge(
        await audit(settings, BUDGET_MS),
        '2026-11-22T03:00:00Z',
        settings,
        BUDGET_MS,
      );

      expect(done.operation?.result ?? 'none').not.toBe('done');
      expect([await bench.row(), await bench.backups()]).toEqual([ROW, []]);
    },
  );

  it('purge and show their own row when the request is for staging', async () => {
    await bench.start(ROW);

    const dry = await bench.ask({ action: 'purge' });
    const done = await bench.ask({ action: 'purge', confirm: hashOf(ROW) });

    expect(dry).toMatchObject({ outcome: { outcome: 'dry-run', schema: 'staging' } });
    expect(dry.advice.map(({ command = '' }) => command).join('\n')).toContain(
      '--schema staging --auditor-schema staging_auditor',
    );
    expect(done).toMatchObject({ result: 'done', outcome: { schema: 'staging' } });
  });

  it("cannot be executed by prod's role", async () => {
    await bench.start(ROW);
    const { target } = bench.settings();

    const answer = await bench.ask(
      { action: 'purge', confirm: hashOf(ROW) },
      {},
      { ...bench.settings(), target: { ...target, user: PROD.user } },
    );

    expect(answer).toMatchObject({ result: 'failed', outcome: { failure: { code: '42501' } } });
    expect(await bench.row()).toBe(ROW);
  });
});
