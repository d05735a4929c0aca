import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { databaseSetupSql } from '../../../database/setup/script.ts';
import { type SandboxDatabase, startDatabase } from '../../../sandbox/database/database.ts';
import { startPods } from '../../../sandbox/database/pods.ts';
import { auditor, refusal, withClient } from './clients.ts';

/** 3 of them are the superuser's. */
const MAX_CONNECTIONS = 20;
let database: SandboxDatabase;

beforeAll(async () => {
  database = await startDatabase({ maxConnections: MAX_CONNECTIONS });
});
afterAll(() => database.stop());

async function litellmSessions() {
  return database.query(`
    SELECT host(client_addr) AS address, usename::text AS user, state, ssl, application_name AS name, count(*)::int AS count
      FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) WHERE usename LIKE 'litellm%'
     GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3`);
}

describe('startPods', () => {
  // Elsewhere all pods share an address.
  it.runIf(process.platform === 'linux')(
    'holds sessions that PostgreSQL sees as those of LiteLLM when pods are of all kinds',
    async () => {
      const pods = await startPods(database, [
        { connections: 2 },
        { connections: 3 },
        { connections: 1, idleInTransaction: 'blocking' },
        { connections: 1, idleInTransaction: 'alone' },
        { connections: 1, login: 'password' },
      ]);
      const sessions = await litellmSessions();
      await pods.stop();
      const left = await litellmSessions();

      const [first, second, blocking, alone, old] = pods.addresses;
      const litellm = { user: 'litellm', ssl: true, name: '' };
      expect(pods.sessions).toBe(11);
      expect(sessions).toEqual([
        { ...litellm, address: first, state: 'idle', count: 2 },
        { ...litellm, address: second, state: 'idle', count: 3 },
        { ...litellm, address: blocking, state: 'active', count: 1 },
        { ...litellm, address: blocking, state: 'idle', count: 1 },
        { ...litellm, address: blocking, state: 'idle in transaction', count: 1 },
        { ...litellm, address: alone, state: 'idle', count: 1 },
        { ...litellm, address: alone, state: 'idle in transaction', count: 1 },
        { user: 'litellm_legacy', ssl: false, name: '', address: old, state: 'idle', count: 1 },
      ]);
      expect(left).toEqual([]);
    },
  );

  it("writes requests until it is stopped when a pod serves them, on a connection of the pod's pool", async () => {
    const requests = async () => {
      const [row] = await database.query('SELECT count(*)::int AS requests FROM "LiteLLM_SpendLogs"');
      return Number(row?.requests);
    };
    const before = await requests();

    const pods = await startPods(database, [{ connections: 1, requests: true }]);
    await vi.waitFor(async () => expect(await requests()).toBeGreaterThan(before + 2), 10_000);
    await pods.stop();
    const stopped = await requests();

    expect(pods.sessions).toBe(1);
    expect(await requests()).toBe(stopped);
    expect(await litellmSessions()).toEqual([]);
  });

  it('leaves pools behind, then replaces them and keeps their number, when the token is refreshed', async () => {
    const pods = await startPods(
      database,
      [
        { connections: 2, leaks: 2 },
        { connections: 1, idleInTransaction: 'alone' },
      ],
      { refreshSeconds: 1 },
    );
    try {
      await pods.settled({ leakedSeconds: 1.5, transactionSeconds: 0.2 });

      const ages = await database.query(`
        SELECT host(client_addr) AS address, state, extract(epoch FROM clock_timestamp() - backend_start) > 1.3 AS old,
               count(*)::int AS count
          FROM pg_stat_activity WHERE usename = 'litellm' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`);
      expect(pods.sessions).toBe(8);
      const old = ages.filter((row) => row.old === true && row.state === 'idle');
      const fresh = ages.filter((row) => row.old === false && row.state === 'idle');
      expect(old.reduce((sum, { count }) => sum + Number(count), 0)).toBe(4);
      expect(fresh.reduce((sum, { count }) => sum + Number(count), 0)).toBe(3);
      expect(ages.filter(({ state }) => state === 'idle in transaction')).toHaveLength(1);
    } finally {
      await pods.stop();
    }
    expect(await litellmSessions()).toEqual([]);
  });

  it('ends what it waits for at once when the signal comes before a refresh', async () => {
    const ending = new AbortController();
    const pods = await startPods(database, [{ connections: 1, leaks: 1 }], {
      refreshSeconds: 3600,
      signal: ending.signal,
    });

    const settled = pods.settled({ leakedSeconds: 0, transactionSeconds: 0 });
    ending.abort();

    await expect(settled).rejects.toMatchObject({ name: 'AbortError' });
    await pods.stop();
    expect(await litellmSessions()).toEqual([]);
  });

  it('closes what it opened when a connection is refused', async () => {
    const tooMany = startPods(database, [{ connections: MAX_CONNECTIONS }]);

    await expect(tooMany).rejects.toMatchObject({ code: '53300' });
    expect(await litellmSessions()).toEqual([]);
  });
});

describe('a full database', () => {
  it('refuses the next client through the proxy with 53300 when only reserved slots are left', async () => {
    const pods = await startPods(database, [{ connections: MAX_CONNECTIONS - 3 }]);
    const config = await auditor(database);

    const reserved = await refusal(config);
    const superuser = { ...database.postgres, database: 'litellm' };
    const full = await withClient(superuser, () =>
      withClient(superuser, () => withClient(superuser, () => refusal(config))),
    );
    await pods.stop();

    expect(reserved).toMatchObject({ code: '53300', message: expect.stringContaining('slots are reserved') });
    expect(full).toMatchObject({ code: '53300', message: expect.stringContaining('too many clients') });
  });
});

describe('startDatabase', () => {
  it('has the roles and settings of RDS when it is set up', async () => {
    const [row] = await database.query(`
      SELECT current_setting('rds.rds_superuser_reserved_connections') AS reserved,
             (SELECT rolsuper FROM pg_roles WHERE rolname = 'master') AS "masterIsSuperuser",
             pg_has_role('litellm_auditor', 'rds_iam', 'usage') AS "auditorIsIamUser",
             to_regprocedure('litellm_auditor.global_router_settings(text)') IS NOT NULL AS "setUp"`);

    expect(row).toEqual({ reserved: '2', masterIsSuperuser: false, auditorIsIamUser: true, setUp: true });
  });

  it('lets the master user run the setup script again when it was run before', async () => {
    const again = database.runAsMaster(databaseSetupSql({ role: database.auditorUser }));

    await expect(again).resolves.toBeUndefined();
  });
});
