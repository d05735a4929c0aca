import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, hashOf, startBench } from './bench.ts';

const ROW = '{"num_retries": 3}';

let bench: Bench;
let litellm: pg.Client;
beforeAll(async () => {
  bench = await startBench();
  const { host, port, user, password } = bench.database.postgres;
  litellm = new pg.Client({ host, port, user, password, database: bench.database.databaseName });
  await litellm.connect();
  await litellm.query('SET SESSION AUTHORIZATION litellm');
});
afterAll(async () => {
  await litellm.end();
  await bench.stop();
});

async function purgeAndRestore(): Promise<readonly string[]> {
  await bench.start(ROW);
  const purged = await bench.ask({ action: 'purge', confirm: hashOf(ROW) });
  const restored = await bench.ask({ action: 'restore', backup: 1 });
  return [purged.result, restored.result, (await bench.row()) ?? 'no row'];
}

describe("LiteLLM's own migrations", () => {
  it.each([
    [
      'a column',
      'ALTER TABLE "LiteLLM_Config" ADD COLUMN "updated_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP',
    ],
    ['another type', 'ALTER TABLE "LiteLLM_Config" ALTER COLUMN "param_name" TYPE VARCHAR(200)'],
    ['an index', 'CREATE INDEX "LiteLLM_Config_idx" ON "LiteLLM_Config" ("param_name")'],
    ['a column less', 'ALTER TABLE "LiteLLM_Config" DROP COLUMN "updated_at"'],
    [
      'a new table in place of the old',
      `DROP TABLE "LiteLLM_Config";
       CREATE TABLE "LiteLLM_Config" ("param_name" TEXT NOT NULL, "param_value" JSONB, CONSTRAINT "c" PRIMARY KEY ("param_name"))`,
    ],
    [
      'a table renamed and back',
      `ALTER TABLE "LiteLLM_Config" RENAME TO "x"; ALTER TABLE "x" RENAME TO "LiteLLM_Config"`,
    ],
  ])('run with the functions installed, which go on working, when they bring %s', async (_name, migration) => {
    await litellm.query(migration);

    expect(await purgeAndRestore()).toEqual(['done', 'done', ROW]);
  });

  it('lose nothing of a column that came later when the row is purged and restored', async () => {
    await litellm.query(`ALTER TABLE "LiteLLM_Config"
      ADD COLUMN "updated_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, ADD COLUMN "written by" TEXT, ADD COLUMN gone INT`);
    await bench.start(ROW);
    await litellm.query(`UPDATE "LiteLLM_Config" SET "updated_at" = '2020-01-02 03:04:05.678', "written by" = 'the "UI"', gone = 1
                          WHERE param_name = 'router_settings'`);
    await bench.ask({ action: 'purge', confirm: hashOf(ROW) });
    await litellm.query('ALTER TABLE "LiteLLM_Config" DROP COLUMN gone, ADD COLUMN newer INT NOT NULL DEFAULT 7');

    const restored = await bench.ask({ action: 'restore', backup: 1 });

    expect(restored.result).toBe('done');
    const { rows } = await litellm.query(
      `SELECT "updated_at"::text, "written by", newer FROM "LiteLLM_Config" WHERE param_name = 'router_settings'`,
    );
    expect(rows).toEqual([{ updated_at: '2020-01-02 03:04:05.678', 'written by': 'the "UI"', newer: 7 }]);
  });

  it('drop the whole schema of LiteLLM, as a reset does, and the backups stay', async () => {
    await bench.start(ROW);
    await bench.ask({ action: 'purge', confirm: hashOf(ROW) });

    await litellm.query('DROP TABLE "LiteLLM_Config"');
    const answer = await bench.ask({ action: 'restore', backup: 1 });

    expect(answer).toMatchObject({ result: 'failed', outcome: { failure: { code: '42P01' } } });
    expect(await bench.backups()).toMatchObject([{ text: ROW }]);
  });
});
