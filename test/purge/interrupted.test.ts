import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { databaseSetupSql } from '../../database/setup/script.ts';
import { type Bench, HOLD_ROW, hashOf, startBench } from './bench.ts';

const ROW = '{"num_retries": 3}';
const purge = () => ({ action: 'purge', confirm: hashOf(ROW) }) as const;

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());
afterEach(() => bench.database.inject(undefined));

async function rowAndBackups() {
  return { row: await bench.row(), backups: (await bench.backups()).map(({ text }) => text) };
}

/** Long enough to wait for a lock while a test ends the session. */
const patientSettings = () => bench.settings({ lockTimeoutMs: 10_000, statementTimeoutMs: 10_000 });

const UNTOUCHED = { row: ROW, backups: [] };
const PURGED = { row: undefined, backups: [ROW] };

describe('a purge', () => {
  it.each(['reset', 'none'] as const)(
    'is done once, and says so, when its first answer is lost (%s)',
    async (answer) => {
      await bench.start(ROW);
      const release = await bench.begin(HOLD_ROW);
      // The fault is for the first connection only: it is over before the answer comes, which waits for the row.
      bench.database.inject({ kind: 'at-query', query: 1, answer });
      const asked = bench.ask(purge(), {}, bench.settings({ lockTimeoutMs: 10_000, statementTimeoutMs: 2_000 }));
      await bench.untilItWaits();
      bench.database.inject(undefined);
      await release();

      expect(await asked).toMatchObject({ result: 'done', outcome: { outcome: 'purged', backup: 1 } });
      expect(await rowAndBackups()).toEqual(PURGED);
    },
  );

  it('says that it is not known, and asking again shows it, when both answers are lost', async () => {
    await bench.start(ROW);
    bench.database.inject({ kind: 'at-query', query: 1, answer: 'reset' });

    const lost = await bench.ask(purge());
    bench.database.inject(undefined);
    const again = await bench.ask(purge());

    expect([lost.result, again.result]).toEqual(['not-known', 'nothing-to-do']);
    expect(await rowAndBackups()).toEqual(PURGED);
  });

  it('is done once, and says so, when an administrator ends its session in the middle', async () => {
    await bench.start(ROW);
    const release = await bench.begin(HOLD_ROW);
    const asked = bench.ask(purge(), {}, patientSettings());
    await bench.untilItWaits();

    await bench.endSession();
    // The purge has sent its request again, on a new connection.
    await bench.untilItWaits();
    await release();

    expect(await asked).toMatchObject({ result: 'done', outcome: { outcome: 'purged', backup: 1 } });
    expect(await rowAndBackups()).toEqual(PURGED);
  });

  it.each([
    ['a purge', 'purge'],
    ['a restore', 'restore'],
  ] as const)('never says that nothing was changed when both sessions of %s are ended', async (_name, action) => {
    await bench.start(ROW);
    const request = action === 'purge' ? purge() : { action, backup: 1 };
    if (action === 'restore') {
      await bench.ask(purge());
      await bench.write('{"timeout": 1}');
    }
    const before = await rowAndBackups();
    const release = await bench.begin(HOLD_ROW);
    const asked = bench.ask(request, {}, patientSettings());
    await bench.untilItWaits();
    await bench.endSession();
    await bench.untilItWaits();
    await bench.endSession();

    const answer = await asked;
    await release();

    expect(answer).toMatchObject({
      result: 'not-known',
      outcome: { outcome: 'not-known', failure: { kind: 'connection-lost', code: '57P01' } },
    });
    expect(answer.summary).not.toContain('nothing was changed');
    expect(answer.advice[0]?.text).toMatch(/^Send the same request again/);
    expect(await rowAndBackups()).toEqual(before);
  });

  it('changes nothing when somebody holds the row for longer than it may wait', async () => {
    await bench.start(ROW);
    const release = await bench.begin(HOLD_ROW);

    const answer = await bench.ask(purge(), {}, bench.settings({ lockTimeoutMs: 200 }));
    await release();

    expect(answer).toMatchObject({ result: 'failed', outcome: { failure: { kind: 'locked', code: '55P03' } } });
    expect(await rowAndBackups()).toEqual(UNTOUCHED);
  });

  it('changes nothing when the statement takes too long', async () => {
    await bench.start(ROW);
    const release = await bench.begin(HOLD_ROW);

    const answer = await bench.ask(purge(), {}, bench.settings({ lockTimeoutMs: 10_000, statementTimeoutMs: 300 }));
    await release();

    expect(answer).toMatchObject({ result: 'failed', outcome: { failure: { kind: 'timeout', code: '57014' } } });
    expect(await rowAndBackups()).toEqual(UNTOUCHED);
  });

  it('leaves what the UI wrote meanwhile alone when it had to wait for it', async () => {
    await bench.start(ROW);
    const commit = await bench.begin(
      `UPDATE "LiteLLM_Config" SET param_value = '{"timeout": 1}' WHERE param_name = 'router_settings'`,
    );
    const asked = bench.ask(purge());
    await bench.untilItWaits();
    await commit();

    expect(await asked).toMatchObject({ result: 'refused', outcome: { outcome: 'changed' } });
    expect(await rowAndBackups()).toEqual({ row: '{"timeout": 1}', backups: [] });
  });

  it('undoes the backup too when a trigger keeps the row from being deleted', async () => {
    await bench.start(ROW);
    await bench.database.query(
      'CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$',
    );
    await bench.database.query(
      'CREATE TRIGGER keep BEFORE DELETE ON "LiteLLM_Config" FOR EACH ROW EXECUTE FUNCTION keep()',
    );

    const answer = await bench.ask(purge());
    await bench.database.query('DROP FUNCTION keep CASCADE');

    expect(answer).toMatchObject({ result: 'failed', outcome: { failure: { code: 'P0001' } } });
    expect(await rowAndBackups()).toEqual(UNTOUCHED);
  });

  it('says how to connect when nothing answers at all', async () => {
    await bench.start(ROW);
    bench.database.inject({ kind: 'silent' });

    const answer = await bench.ask(purge(), {}, bench.settings({ connectTimeoutMs: 200 }));

    expect(answer).toMatchObject({ result: 'failed', outcome: { failure: { kind: 'timeout' } } });
    expect(await rowAndBackups()).toEqual(UNTOUCHED);
  });

  it('names the command that fixes it when EXECUTE is not granted', async () => {
    await bench.start(ROW);
    await bench.database.runAsMaster(databaseSetupSql({ role: bench.database.auditorUser, purge: 'disabled' }));

    const answers = [
      await bench.ask(purge()),
      await bench.ask({ action: 'restore', backup: 1 }),
      await bench.ask({ action: 'backups' }),
    ];
    await bench.database.runAsMaster(databaseSetupSql({ role: bench.database.auditorUser, purge: 'manual' }));

    for (const answer of answers) {
      expect(answer).toMatchObject({ result: 'failed', outcome: { failure: { kind: 'permission-denied' } } });
      expect(answer.advice[0]?.command).toBe('npm run --silent database-setup');
    }
    expect(await rowAndBackups()).toEqual(UNTOUCHED);
  });

  it.each([
    ['the functions', 'DROP FUNCTION litellm_auditor.purge_router_settings', /are not installed/],
    ['the table of backups', 'DROP TABLE litellm_auditor.router_settings_backup', /no longer where it was/],
    ['the schema', 'DROP SCHEMA litellm_auditor CASCADE', /are not installed/],
  ])('names the command that fixes it, and the script does, when %s is missing', async (_name, drop, sentence) => {
    await bench.start(ROW);
    await bench.database.query(drop);

    const answer = await bench.ask(purge());
    await bench.database.runAsMaster(databaseSetupSql({ role: bench.database.auditorUser, purge: 'manual' }));

    expect(answer).toMatchObject({ result: 'failed', summary: expect.stringMatching(sentence) });
    expect(answer.advice[0]?.command).toBe('npm run --silent database-setup');
    expect(await bench.row()).toBe(ROW);
    // A new schema has a new key, so the row has another hash.
    const seen = await bench.ask({ action: 'purge' });
    const hash = seen.action === 'purge' && seen.outcome.outcome === 'dry-run' ? seen.outcome.hash : null;
    expect((await bench.ask({ action: 'purge', confirm: hash ?? '' })).result).toBe('done');
  });
});
