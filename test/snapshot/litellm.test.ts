import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { databaseSetupSql } from '../../database/setup/script.ts';
import type { SandboxDatabase } from '../../sandbox/database/database.ts';
import { startDatabase } from '../shared-database.ts';
import { look, seen } from './look.ts';

/** As LiteLLM's migration makes it. */
const HEARTBEATS = `
CREATE TABLE "LiteLLM_ProxyWorkerHeartbeat" (
  "worker_id" TEXT NOT NULL PRIMARY KEY,
  "hostname" TEXT NOT NULL,
  "started_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "last_heartbeat_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP);
ALTER TABLE "LiteLLM_ProxyWorkerHeartbeat" OWNER TO litellm`;

let database: SandboxDatabase;
beforeAll(async () => {
  database = await startDatabase();
});
afterAll(() => database.stop());
afterEach(() => vi.unstubAllEnvs());

async function litellm(...[target, tuning]: [Parameters<typeof look>[1]?, Parameters<typeof look>[2]?]) {
  return seen((await look(database, target, tuning)).litellm);
}

/** How a stronger role looks, where the auditor's functions are missing. */
function asOwner() {
  return { user: database.passwordUser, login: { kind: 'password', password: database.password } } as const;
}

/** The step that makes columns visible. */
function granting(columns: string, table: string) {
  const command = `GRANT SELECT (${columns}) ON "public"."${table}" TO "litellm_auditor";
GRANT USAGE ON SCHEMA "public" TO "litellm_auditor";`;
  return { text: "As the owner of LiteLLM's tables:", command };
}

const RUN_SETUP = { text: 'Run this, then audit again:', command: 'npm run --silent database-setup' };

describe('the workers', () => {
  it('are not known when the version has no heartbeats', async () => {
    expect((await litellm()).workers).toEqual({ state: 'no-table' });
  });

  it('are hidden, with the grant that shows them, until the setup script has run again', async () => {
    await database.query(HEARTBEATS);
    const before = (await litellm()).workers;

    await database.runAsMaster(databaseSetupSql({ role: database.auditorUser }));

    expect(before).toEqual({
      state: 'hidden',
      remediation: granting('"worker_id", "hostname", "last_heartbeat_at"', 'LiteLLM_ProxyWorkerHeartbeat'),
    });
    expect((await litellm()).workers).toEqual({ state: 'seen', live: 0, pods: [], podCount: 0 });
  });

  it.each(['UTC', 'America/St_Johns', 'Asia/Kathmandu', 'Pacific/Kiritimati', 'Etc/GMT+12'])(
    'are counted by host when the proxy writes in the time zone %s, without those that stopped',
    async (zone) => {
      await database.query('TRUNCATE "LiteLLM_ProxyWorkerHeartbeat"');
      await database.query(`
        INSERT INTO "LiteLLM_ProxyWorkerHeartbeat" (worker_id, hostname, last_heartbeat_at)
        SELECT 'worker-' || i, 'litellm-' || i % 2, (now() AT TIME ZONE '${zone}') - i * interval '50 seconds'
          FROM generate_series(1, 9) AS i`);

      expect((await litellm()).workers).toEqual({
        state: 'seen',
        live: 3,
        pods: [
          { hostname: 'litellm-1', workers: 2 },
          { hostname: 'litellm-0', workers: 1 },
        ],
        podCount: 2,
      });
    },
  );

  it.each(['4 minutes', '20 minutes', '50 minutes'])('are none when the last one beat %s ago', async (age) => {
    await database.query(
      `UPDATE "LiteLLM_ProxyWorkerHeartbeat" SET last_heartbeat_at = (now() AT TIME ZONE 'UTC') - interval '${age}'`,
    );

    expect((await litellm()).workers).toMatchObject({ state: 'seen', live: 0, podCount: 0 });
  });

  it('are shown up to a hundred pods when there are more', async () => {
    await database.query('TRUNCATE "LiteLLM_ProxyWorkerHeartbeat"');
    await database.query(`
      INSERT INTO "LiteLLM_ProxyWorkerHeartbeat" (worker_id, hostname, last_heartbeat_at)
      SELECT 'worker-' || i, repeat('x', 300) || i, now() AT TIME ZONE 'UTC' FROM generate_series(1, 120) AS i`);
    await database.query(`
      UPDATE "LiteLLM_ProxyWorkerHeartbeat" SET hostname = left(worker_id, 50)`);

    const { workers } = await litellm();

    expect(workers).toMatchObject({ state: 'seen', live: 120, podCount: 120 });
    expect(workers.state === 'seen' && workers.pods).toHaveLength(100);
  });
});

describe('the migrations', () => {
  it('are listed by name, the failed ones apart, without those that were rolled back', async () => {
    await database.query(`
      INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at, rolled_back_at) VALUES
        ('f', '', '99999999000001_failed', NULL, NULL),
        ('r', '', '99999999000002_rolled_back', NULL, now())`);
    const [counted] = await database.query('SELECT count(*)::int - 2 AS finished FROM "_prisma_migrations"');

    const { migrations } = await litellm();

    expect(migrations).toMatchObject({ state: 'seen', failed: ['99999999000001_failed'] });
    expect(migrations.state === 'seen' && migrations.applied).toHaveLength(Number(counted?.finished));
    expect(migrations.state === 'seen' && migrations.applied).toContain(
      '20260107111013_add_router_settings_to_keys_teams',
    );
  });

  it('are hidden, with the grant, when the role may not read them', async () => {
    await database.query('REVOKE SELECT (finished_at) ON "_prisma_migrations" FROM litellm_auditor');

    expect((await litellm()).migrations).toEqual({
      state: 'hidden',
      remediation: granting('"finished_at"', '_prisma_migrations'),
    });
  });
});

describe('requests with a Router of their own', () => {
  it('are none, and no body is seen, when prompts are not stored', async () => {
    const { userConfig } = await litellm();

    expect(userConfig).toMatchObject({ state: 'seen', withBody: 0, withUserConfig: 0 });
    expect(userConfig.state === 'seen' && userConfig.requests).toBeGreaterThan(200);
  });

  const BODIES = `
    INSERT INTO "LiteLLM_SpendLogs" (request_id, call_type, "startTime", "endTime", proxy_server_request)
    SELECT 'body-' || body, 'acompletion', started, started, body::jsonb
      FROM (VALUES (now() AT TIME ZONE 'UTC')) AS t (started), unnest(ARRAY[
        '{"model": "gpt-4o", "messages": [{"role": "user", "content": "user_config"}]}',
        '{"user_config": {"model_list": [{"litellm_params": {"api_key": "sk-private"}}]}}',
        '{"body": {"user_config": {}}, "url": "/chat/completions"}',
        '{"request": {"user_config": null}}',
        '{"metadata": {"user_config": {}}}',
        '{}', 'null', '[]', '"user_config"', '{"a": 1}']) AS body`;

  it.each([
    ['the function', () => ({})],
    ['the table itself', asOwner],
  ])('are counted where LiteLLM keeps them, through %s', async (_way, target) => {
    await database.query(`DELETE FROM "LiteLLM_SpendLogs" WHERE request_id LIKE 'body-%'`);
    const before = (await litellm()).userConfig;
    await database.query(BODIES);
    if (target === asOwner) await database.query('ALTER SCHEMA litellm_auditor RENAME TO away');
    try {
      const { userConfig } = await litellm(target());

      expect(userConfig).toMatchObject({ state: 'seen', withBody: 6, withUserConfig: 3 });
      expect(userConfig.state === 'seen' && before.state === 'seen' && userConfig.requests - before.requests).toBe(10);
    } finally {
      if (target === asOwner) await database.query('ALTER SCHEMA away RENAME TO litellm_auditor');
    }
  });

  it('are counted of the last hour alone, and of ten thousand requests at most', async () => {
    await database.query(`
      INSERT INTO "LiteLLM_SpendLogs" (request_id, call_type, "startTime", "endTime", proxy_server_request)
      SELECT 'old-' || i, 'acompletion', started, started, '{"user_config": {}}'
        FROM generate_series(1, 12000) AS i
       CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE 'UTC') - interval '61 minutes' - i * interval '1 second') AS log (started)`);
    const before = (await litellm()).userConfig;
    await database.query(
      `UPDATE "LiteLLM_SpendLogs" SET "startTime" = now() AT TIME ZONE 'UTC' WHERE request_id LIKE 'old-%'`,
    );

    const { userConfig } = await litellm();

    expect(before).toMatchObject({ withUserConfig: 3 });
    expect(userConfig).toEqual({ state: 'seen', requests: 10_000, withBody: 10_000, withUserConfig: 10_000 });
  });

  it('are looked for in sixteen megabytes of bodies at most', async () => {
    await database.query(`DELETE FROM "LiteLLM_SpendLogs"`);
    await database.query(`ALTER TABLE "LiteLLM_SpendLogs" ALTER proxy_server_request SET STORAGE EXTERNAL`);
    await database.query(`
      INSERT INTO "LiteLLM_SpendLogs" (request_id, call_type, "startTime", "endTime", proxy_server_request)
      SELECT 'long-' || i, 'acompletion', now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC',
             jsonb_build_object('user_config', '{}', 'messages', repeat('x', 1024 * 1024))
        FROM generate_series(1, 20) AS i`);

    expect((await litellm()).userConfig).toEqual({ state: 'seen', requests: 15, withBody: 15, withUserConfig: 15 });
  });

  it('are not known when the function finds no such column', async () => {
    await database.query('ALTER TABLE "LiteLLM_SpendLogs" RENAME proxy_server_request TO renamed');
    try {
      expect((await litellm()).userConfig).toEqual({ state: 'no-table' });
    } finally {
      await database.query('ALTER TABLE "LiteLLM_SpendLogs" RENAME renamed TO proxy_server_request');
    }
  });

  it('are hidden when the function is not there', async () => {
    await database.query('DROP FUNCTION litellm_auditor.user_config_requests(text)');

    expect((await litellm()).userConfig).toEqual({
      state: 'hidden',
      remediation: RUN_SETUP,
    });
    await database.runAsMaster(databaseSetupSql({ role: database.auditorUser }));
  });
});

describe('the activity', () => {
  const request = `
      WITH request AS (
        INSERT INTO "LiteLLM_SpendLogs" (request_id, call_type, "startTime", "endTime")
        VALUES (gen_random_uuid()::text, 'acompletion', now(), now()) RETURNING 1)
      SELECT param_value FROM "LiteLLM_Config", request WHERE param_name = 'router_settings'`;

  async function reading() {
    const { activity } = await litellm();
    if (activity.state !== 'seen') throw new Error(`There is no reading: ${activity.state}.`);
    return activity;
  }

  it('counts a lookup and a row for each request between two audits', async () => {
    const before = await reading();
    for (let index = 0; index < 40; index++) await database.query(request);
    await database.query('SELECT pg_stat_force_next_flush()');

    const after = await reading();

    expect(Number(after.spendLogRows) - Number(before.spendLogRows)).toBe(40);
    // The first audit looked at the row itself.
    expect(Number(after.configScans) - Number(before.configScans)).toBeGreaterThanOrEqual(40);
    expect(Number(after.configScans) - Number(before.configScans)).toBeLessThan(50);
    expect(Date.parse(after.at)).toBeGreaterThan(Date.parse(before.at));
    expect(after.statsReset).toBe(before.statsReset);
  });

  it('is read without a wait, whatever the version is', async () => {
    const { activity } = await litellm({}, { litellmVersion: '1.81.3' });

    expect(activity.state).toBe('seen');
  });

  it('shows that the statistics were thrown away in between', async () => {
    const before = await reading();
    await database.query('SELECT pg_stat_reset()');

    expect((await reading()).statsReset).not.toBe(before.statsReset);
  });

  it('is null for a table that is not there, and no reading without both', async () => {
    await database.query('ALTER TABLE "LiteLLM_SpendLogs" RENAME TO renamed');
    try {
      expect(await reading()).toMatchObject({ spendLogRows: null, configScans: expect.any(Number) });
      await database.query('ALTER TABLE "LiteLLM_Config" RENAME TO renamed_too');
      expect((await litellm()).activity).toEqual({ state: 'no-table' });
    } finally {
      await database.query('ALTER TABLE IF EXISTS renamed_too RENAME TO "LiteLLM_Config"');
      await database.query('ALTER TABLE renamed RENAME TO "LiteLLM_SpendLogs"');
    }
  });
});
