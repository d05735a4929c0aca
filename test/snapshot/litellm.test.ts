import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { databaseSetupSql } from '../../database/setup/script.ts';
import { growth } from '../../lambda/snapshot/postgres/table-activity.ts';
import type { SandboxDatabase } from '../../sandbox/database/database.ts';
import { startProxy } from '../../sandbox/proxy.ts';
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

/** The step that makes visible what is hidden. */
function granting(command: string) {
  return { text: 'Run this, then audit again:', command };
}

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
      remediation: granting(
        'GRANT SELECT (worker_id, hostname, last_heartbeat_at) ON "public"."LiteLLM_ProxyWorkerHeartbeat" TO "litellm_auditor";',
      ),
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
      remediation: granting('GRANT SELECT (finished_at) ON "public"."_prisma_migrations" TO "litellm_auditor";'),
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
      remediation: granting('npm run --silent database-setup'),
    });
    await database.runAsMaster(databaseSetupSql({ role: database.auditorUser }));
  });
});

describe('the activity', () => {
  const BAD = { litellmVersion: '1.81.3', activitySeconds: 1 };

  /** Work of a proxy on a connection of its own, until it is stopped. */
  function traffic(sql: string) {
    let stopped = false;
    const done = (async () => {
      let requests = 0;
      while (!stopped) {
        await database.query(sql);
        requests += 1;
      }
      return requests;
    })();
    return () => {
      stopped = true;
      return done;
    };
  }

  it('is growth of both tables when a proxy looks its settings up for each request', async () => {
    const stop = traffic(`
      WITH request AS (
        INSERT INTO "LiteLLM_SpendLogs" (request_id, call_type, "startTime", "endTime")
        VALUES (gen_random_uuid()::text, 'acompletion', now(), now()) RETURNING 1)
      SELECT param_value FROM "LiteLLM_Config", request WHERE param_name = 'router_settings'`);

    const { activity } = await litellm({}, BAD);
    await stop();

    expect(activity).toMatchObject({ state: 'seen', reset: false });
    if (activity.state !== 'seen') return;
    expect(activity.seconds).toBeGreaterThanOrEqual(1);
    expect(activity.spendLogRows).toBeGreaterThan(3);
    expect(activity.configScans / activity.spendLogRows).toBeCloseTo(1, 0);
  });

  it('is nothing when nobody but the auditor looks', async () => {
    expect((await litellm({}, BAD)).activity).toMatchObject({
      state: 'seen',
      configScans: 0,
      spendLogRows: 0,
      reset: false,
    });
  });

  it('is marked as reset when the statistics are thrown away in between', async () => {
    const stop = traffic('SELECT pg_stat_reset()');

    const { activity } = await litellm({}, BAD);
    await stop();

    expect(activity).toMatchObject({ state: 'seen', reset: true });
  });

  it('is measured when the version is not known, and the proxy does not state it', async () => {
    expect((await litellm({}, { litellmVersion: undefined, activitySeconds: 1 })).activity.state).toBe('seen');
  });

  it.each(['1.80.13', '1.81.6', '1.108.13'])(
    'is not measured, with the reason, when %s rules the Router out',
    async (litellmVersion) => {
      const { activity } = await litellm({}, { litellmVersion, activitySeconds: 30 });

      expect(activity).toEqual({
        state: 'not-measured',
        reason: `LiteLLM ${litellmVersion} builds no Router per request.`,
      });
    },
  );

  it('is measured, or not, by what the proxy states rather than by what is configured', async () => {
    const proxy = await startProxy({ pods: [{ version: '1.108.13' }] });
    try {
      const newer = await look(database, {}, { ...BAD, activitySeconds: 30 }, { proxy: { url: proxy.url } });
      proxy.deploy([{ version: '1.108.13' }, { version: '1.81.3' }]);
      const mixed = await look(
        database,
        {},
        { litellmVersion: '1.108.13', activitySeconds: 1 },
        { proxy: { url: proxy.url } },
      );

      expect(seen(newer.litellm).activity.state).toBe('not-measured');
      expect(seen(mixed.litellm).activity.state).toBe('seen');
    } finally {
      await proxy.stop();
    }
  });

  it('is not measured when there is no time for it', async () => {
    const { activity } = await litellm({}, { ...BAD, activitySeconds: 30 });

    expect(activity).toEqual({ state: 'not-measured', reason: 'There was not enough time left for two readings.' });
  });

  it('is not measured when no router_settings are there', async () => {
    await database.query(`DELETE FROM "LiteLLM_Config" WHERE param_name = 'router_settings'`);
    await database.query(`UPDATE "LiteLLM_TeamTable" SET router_settings = '{}'`);
    await database.query(`UPDATE "LiteLLM_VerificationToken" SET router_settings = 'null'`);

    expect((await litellm({}, BAD)).activity).toEqual({
      state: 'not-measured',
      reason: 'No router_settings are there that could build a Router.',
    });
  });
});

describe('growth', () => {
  it('leaves out what the audit looked up itself', () => {
    const first = { atSeconds: 100, configScans: 10, spendLogRows: 7, statsReset: null };
    const second = { atSeconds: 105.25, configScans: 14, spendLogRows: 9, statsReset: null };

    expect(growth(first, second, 1)).toEqual({
      state: 'seen',
      seconds: 5.25,
      configScans: 3,
      spendLogRows: 2,
      reset: false,
    });
  });

  it.each(['configScans', 'spendLogRows'])('is no-table when %s was not there at one of the readings', (counter) => {
    const reading = { atSeconds: 100, configScans: 10, spendLogRows: 7, statsReset: null };

    expect(growth(reading, { ...reading, [counter]: null }, 1)).toEqual({ state: 'no-table' });
    expect(growth({ ...reading, [counter]: null }, reading, 1)).toEqual({ state: 'no-table' });
  });

  const counter = fc.option(fc.nat());
  const reading = fc.record({
    atSeconds: fc.double({ noNaN: true, noDefaultInfinity: true }),
    configScans: counter,
    spendLogRows: counter,
    statsReset: fc.option(fc.string()),
  });

  it('is never negative and never without a mark when a counter went back', () => {
    fc.assert(
      fc.property(reading, reading, fc.nat(1), (first, second, ownScans) => {
        const activity = growth(first, second, ownScans);

        if (activity.state !== 'seen') return;
        expect(Math.min(activity.configScans, activity.spendLogRows, activity.seconds)).toBeGreaterThanOrEqual(0);
        expect(activity.reset).toBe(
          first.statsReset !== second.statsReset ||
            Number(second.configScans) < Number(first.configScans) ||
            Number(second.spendLogRows) < Number(first.spendLogRows),
        );
      }),
    );
  });
});
