import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SandboxDatabase } from '../../sandbox/database/database.ts';
import { startPods } from '../../sandbox/database/pods.ts';
import { startDatabase } from '../shared-database.ts';
import { look, seen } from './look.ts';

afterEach(() => vi.unstubAllEnvs());

describe('a LiteLLM database', () => {
  let database: SandboxDatabase;
  beforeAll(async () => {
    database = await startDatabase({ maxConnections: 40, litellm: { hostileNames: true } });
  });
  afterAll(() => database.stop());

  it('shows its limits, its tables and the rights of the role when the setup script has run', async () => {
    const server = seen((await look(database)).server);

    expect(server).toMatchObject({
      maxConnections: 40,
      reserved: { superuser: 3, rds: 2, role: 0 },
      inRecovery: false,
      litellmSchema: 'public',
      otherLitellmSchemas: [],
      setup: {
        schema: 'litellm_auditor',
        state: 'current',
        functions: { globalRow: 'executable', team: 'executable', key: 'executable', userConfig: 'executable' },
      },
      role: {
        name: 'litellm_auditor',
        seesAllSessions: true,
        isIamUser: true,
        isMarked: true,
        excess: [],
        excessCount: 0,
      },
    });
    expect(server.tables.map(({ name, columns, readable }) => [name, columns.length, readable.length])).toEqual([
      ['LiteLLM_Config', 2, 0],
      ['LiteLLM_SpendLogs', 2, 0],
      ['LiteLLM_TeamTable', 4, 0],
      ['LiteLLM_VerificationToken', 5, 0],
      ['_prisma_migrations', 3, 3],
    ]);
  });

  it("groups the pods' sessions, leaves out its own, and shows cohorts and idle transactions", async () => {
    const pods = await startPods(database, [
      { connections: 5 },
      { connections: 2, login: 'password', idleInTransaction: 'blocking' },
    ]);
    try {
      const sessions = seen((await look(database)).sessions);

      const [first, second] = pods.addresses;
      expect(sessions).toMatchObject({ total: pods.sessions, hidden: 0, idleTransactionCount: 1 });
      expect(sessions.groups.find(({ clientAddress }) => clientAddress === first)).toMatchObject({
        user: database.litellmUser,
        application: '',
        state: 'idle',
        tls: true,
        iam: true,
        count: 5,
      });
      expect(
        sessions.groups.filter(({ clientAddress }) => clientAddress === second).every(({ iam, tls }) => !iam && !tls),
      ).toBe(true);
      expect(sessions.cohorts.find(({ clientAddress }) => clientAddress === first)).toMatchObject({
        count: 5,
        idle: 5,
      });
      expect(sessions.idleTransactions[0]).toMatchObject({ clientAddress: second, blocking: 1 });
      expect(sessions.groups.some(({ application }) => application === 'litellm-db-auditor')).toBe(false);
    } finally {
      await pods.stop();
    }
  });

  it('shows sessions in a statement by what they wait for, without their text, and for how long', async () => {
    const pods = await startPods(database, [
      { connections: 2, busy: true },
      { connections: 1, idleInTransaction: 'blocking' },
    ]);
    try {
      await pods.settled({ leakedSeconds: 0, transactionSeconds: 1.2 });

      const source = seen((await look(database)).sessions);

      expect(source.statements).toMatchObject({
        active: [
          { waitsFor: null, count: 2, lasting: 2 },
          { waitsFor: 'Lock', count: 1, lasting: 1 },
        ],
        long: [],
        longCount: 0,
      });
      expect(JSON.stringify(source)).not.toContain('generate_series');
    } finally {
      await pods.stop();
    }
  });

  it('shows for whom the database is read-only by default, the most specific first', async () => {
    await database.query(`
      ALTER DATABASE litellm SET default_transaction_read_only = on;
      ALTER ROLE litellm IN DATABASE litellm SET default_transaction_read_only = off;
      ALTER DATABASE litellm SET statement_timeout = '1min';
      ALTER DATABASE postgres SET default_transaction_read_only = on`);
    try {
      const { readOnlySettings } = seen((await look(database)).server);

      expect(readOnlySettings).toEqual([
        { inDatabase: true, role: 'litellm', readOnly: false },
        { inDatabase: true, role: null, readOnly: true },
      ]);
    } finally {
      await database.query(`
        SET TRANSACTION READ WRITE;
        ALTER DATABASE litellm RESET ALL;
        ALTER ROLE litellm IN DATABASE litellm RESET ALL;
        ALTER DATABASE postgres RESET ALL`);
    }
  });

  it('describes the global row without a value when the function is there', async () => {
    const { global } = seen((await look(database))['router-settings']);
    const [row] = await database.query(
      `SELECT encode(sha256(hash_key || sha256(hash_key || convert_to(param_value::text, 'UTF8'))), 'hex') AS hash,
              ARRAY(SELECT jsonb_object_keys(param_value) ORDER BY 1) AS keys
         FROM "LiteLLM_Config", litellm_auditor.installation WHERE param_name = 'router_settings'`,
    );

    expect(global).toMatchObject({ state: 'present', kind: 'settings', hash: row?.hash });
    expect(global.state === 'present' && global.keys.map(({ name }) => name)).toEqual(row?.keys);
  });

  it.each([
    ['team', 'LiteLLM_TeamTable', 'false'],
    ['key', 'LiteLLM_VerificationToken', `expires < now() AT TIME ZONE 'UTC'`],
  ] as const)(
    'counts the kinds of value and who is out of use when it reads the %s level',
    async (level, table, expired) => {
      const settings = seen((await look(database))['router-settings'])[level];
      const [counted] = await database.query(
        `SELECT count(*) FILTER (WHERE jsonb_typeof(v) = 'object' AND v <> '{}')::int AS settings,
              count(*) FILTER (WHERE jsonb_typeof(v) = 'string')::int AS text,
              count(*) FILTER (WHERE jsonb_typeof(v) NOT IN ('object', 'string', 'null'))::int AS other,
              count(*) FILTER (WHERE v <> '{}' AND v <> 'null' AND blocked)::int AS blocked,
              count(*) FILTER (WHERE v <> '{}' AND v <> 'null' AND blocked IS NOT TRUE AND ${expired})::int AS expired,
              count(*) FILTER (WHERE v IS NULL)::int AS sql_null,
              count(*) FILTER (WHERE v = 'null')::int AS json_null,
              count(*)::int AS rows
         FROM (SELECT *, router_settings AS v FROM "${table}") AS t`,
      );

      expect(settings).toMatchObject({
        state: 'seen',
        estimatedRows: counted?.rows,
        kinds: { settings: counted?.settings, text: counted?.text, other: counted?.other },
        blocked: counted?.blocked,
        expired: counted?.expired,
        truncated: false,
      });
      // The data has all kinds of value, so none of the comparisons above is between zeros alone.
      expect([counted?.settings, counted?.text, counted?.blocked, counted?.sql_null, counted?.json_null]).not.toContain(
        0,
      );
      expect(settings.state === 'seen' && settings.holders).toHaveLength(
        Math.min(20, Number(counted?.settings) + Number(counted?.text) + Number(counted?.other)),
      );
    },
  );

  it('carries no secret out of the database when everything was seen', async () => {
    const text = JSON.stringify(await look(database));
    const secrets = await database.query(
      `SELECT value #>> '{}' AS secret FROM "LiteLLM_Config", jsonb_each(param_value) WHERE jsonb_typeof(value) = 'string'
       UNION SELECT token FROM "LiteLLM_VerificationToken"`,
    );

    expect(secrets.length).toBeGreaterThan(3000);
    expect(
      secrets.filter(({ secret }) => typeof secret === 'string' && secret.length > 5 && text.includes(secret)),
    ).toEqual([]);
  });

  it('reads the row itself when a stronger role looks and there is no function', async () => {
    await database.query('ALTER SCHEMA litellm_auditor RENAME TO away');
    try {
      const { global } = seen(
        (
          await look(database, {
            user: database.passwordUser,
            login: { kind: 'password', password: database.password },
          })
        )['router-settings'],
      );

      expect(global).toMatchObject({ state: 'present', kind: 'settings', hash: null });
    } finally {
      await database.query('ALTER SCHEMA away RENAME TO litellm_auditor');
    }
  });

  it.each([
    ['sql-null', null],
    ['json-null', 'null'],
    ['empty', '{}'],
    ['text', '"num_retries: 2"'],
    ['other', '[1]'],
  ])('distinguishes %s when that is the value of the global row', async (kind, value) => {
    await database.query(`UPDATE "LiteLLM_Config" SET param_value = $1 WHERE param_name = 'router_settings'`, [value]);

    expect(seen((await look(database))['router-settings']).global).toMatchObject({
      state: 'present',
      kind,
      keyCount: 0,
      keys: [],
    });
  });

  it('says absent when there is no global row', async () => {
    await database.query(`DELETE FROM "LiteLLM_Config" WHERE param_name = 'router_settings'`);

    expect(seen((await look(database))['router-settings']).global).toMatchObject({ state: 'absent' });
  });

  it('says what is missing when a column cannot be read', async () => {
    await database.query('REVOKE SELECT (finished_at) ON "_prisma_migrations" FROM litellm_auditor');

    expect(seen((await look(database)).litellm).migrations).toEqual({
      state: 'hidden',
      remediation: {
        text: "As the owner of LiteLLM's tables:",
        command:
          'GRANT SELECT ("finished_at") ON "public"."_prisma_migrations" TO "litellm_auditor";\nGRANT USAGE ON SCHEMA "public" TO "litellm_auditor";',
      },
    });
  });

  it('counts hidden sessions when the role may not see them', async () => {
    await database.runAsMaster('REVOKE pg_monitor FROM litellm_auditor');
    const pods = await startPods(database, [{ connections: 3 }]);
    try {
      const sources = await look(database);

      expect(seen(sources.server).role.seesAllSessions).toBe(false);
      expect(seen(sources.sessions)).toMatchObject({ total: 3, hidden: 3 });
    } finally {
      await pods.stop();
    }
  });
});

describe('an unusual LiteLLM database', () => {
  it('is found, and has no columns to read, when it is old and in another schema', async () => {
    const database = await startDatabase({ litellm: { schema: 'gateway "1"', version: '1.80.12' } });
    try {
      const sources = await look(database);

      expect(seen(sources.server).litellmSchema).toBe('gateway "1"');
      expect(seen(sources['router-settings'])).toMatchObject({
        global: { state: 'present' },
        team: { state: 'no-column' },
        key: { state: 'no-column' },
      });
    } finally {
      await database.stop();
    }
  });

  it('says no-table when there are none', async () => {
    const database = await startDatabase({
      litellm: {
        missingTables: ['LiteLLM_Config', 'LiteLLM_TeamTable', 'LiteLLM_VerificationToken', 'LiteLLM_SpendLogs'],
      },
    });
    try {
      const sources = await look(database);

      expect(seen(sources.server)).toMatchObject({ litellmSchema: null, tables: [] });
      expect(seen(sources['router-settings'])).toEqual({
        global: { state: 'no-table' },
        team: { state: 'no-table' },
        key: { state: 'no-table' },
      });
      // A table of Prisma's migrations alone can be anybody's.
      expect(seen(sources.litellm).migrations).toEqual({ state: 'no-table' });
    } finally {
      await database.stop();
    }
  });
});
