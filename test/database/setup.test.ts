import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databaseSetupSql } from '../../database/setup/script.ts';
import { AUDITED_COLUMNS } from '../../lambda/litellm/tables.ts';
import { type SandboxDatabase, startDatabase } from '../../sandbox/database/database.ts';

const ROLE = 'auditor of "prod"';
const REMEDIES = [
  'litellm_auditor.purge_router_settings(text, boolean, text, text, text)',
  'litellm_auditor.restore_router_settings(bigint, text, text, text)',
  'litellm_auditor.router_settings_backups()',
];

let database: SandboxDatabase;
let superuser: pg.Client;
beforeAll(async () => {
  database = await startDatabase({ setUp: false, masterIsMember: false, litellm: { keys: 10, teams: 3 } });
  superuser = await clientFor('postgres', database.postgres.password);
});
afterAll(async () => {
  await superuser.end();
  await database.stop();
});

/** As on a database that nobody has set up; RDS makes its master user the owner of the database. */
beforeEach(async () => {
  await superuser.query(`
    DROP SCHEMA IF EXISTS litellm_auditor CASCADE;
    REVOKE litellm FROM master;
    ALTER DATABASE litellm OWNER TO master;
    DO $$ BEGIN
      IF EXISTS (SELECT FROM pg_roles WHERE rolname = '${ROLE}') THEN
        EXECUTE 'DROP OWNED BY "auditor of ""prod"""';
        EXECUTE 'DROP ROLE "auditor of ""prod"""';
      END IF;
    END $$`);
});

async function clientFor(user: string, password: string): Promise<pg.Client> {
  const { host, port } = database.postgres;
  const client = new pg.Client({ host, port, user, password, database: database.databaseName });
  await client.connect();
  return client;
}

type Runner = 'master' | 'litellm';

/** Runs the script as that role logs in, and returns the warnings. */
async function run(as: Runner, options: Partial<Parameters<typeof databaseSetupSql>[0]> = {}): Promise<string[]> {
  const client = as === 'master' ? await clientFor('master', database.password) : await clientAsOwner();
  const warnings: string[] = [];
  client.on('notice', ({ message, hint }) => warnings.push(`${message} ${hint ?? ''}`));
  try {
    await client.query(databaseSetupSql({ role: ROLE, ...options }));
  } finally {
    await client.end();
  }
  return warnings;
}

/** The owner is an IAM user; the superuser can act as one. */
async function clientAsOwner(): Promise<pg.Client> {
  const client = await clientFor('postgres', database.postgres.password);
  await client.query('SET SESSION AUTHORIZATION litellm');
  return client;
}

async function letMasterActAsOwner(): Promise<void> {
  await superuser.query('GRANT litellm TO master');
}

async function remediesAllowed(): Promise<boolean[]> {
  const { rows } = await superuser.query<{ allowed: boolean }>(
    'SELECT has_function_privilege($1, f, $$EXECUTE$$) AS allowed FROM unnest($2::text[]) AS f',
    [ROLE, REMEDIES],
  );
  return rows.map(({ allowed }) => allowed);
}

async function ownersOfObjects(): Promise<string[]> {
  const { rows } = await superuser.query<{ owner: string }>(`
    SELECT DISTINCT pg_get_userbyid(owner) AS owner FROM (
      SELECT nspowner AS owner FROM pg_namespace WHERE nspname = 'litellm_auditor'
      UNION ALL SELECT relowner FROM pg_class WHERE relnamespace = to_regnamespace('litellm_auditor')
      UNION ALL SELECT proowner FROM pg_proc WHERE pronamespace = to_regnamespace('litellm_auditor')) AS o`);
  return rows.map(({ owner }) => owner);
}

describe('the setup script', () => {
  it('makes everything, owned by the owner of the tables, when the master user may act as that one', async () => {
    await letMasterActAsOwner();

    const warnings = await run('master');

    expect(warnings).toEqual([]);
    expect(await ownersOfObjects()).toEqual(['litellm']);
  });

  it('says what is left, and the owner does the rest, when the master user may not act as the owner', async () => {
    const first = await run('master');
    await superuser.query('GRANT CREATE ON DATABASE litellm TO litellm');
    const second = await run('litellm');

    expect(first).toEqual([expect.stringMatching(/Left to do: .* belong to role litellm/)]);
    // The membership that only the master user may give is there already.
    expect(second).toEqual([]);
    expect(await ownersOfObjects()).toEqual(['litellm']);
  });

  it('says what is left when the master user made the owner, and so is its member but may not act as it', async () => {
    await superuser.query('GRANT litellm TO master WITH ADMIN TRUE, INHERIT FALSE, SET FALSE');

    expect(await run('master')).toEqual([
      expect.stringMatching(/Left to do: .* belong to role litellm, and master cannot/),
    ]);
  });

  it('grants the columns, and says what is left, when the owner may not make a schema', async () => {
    await run('master');
    await superuser.query('REVOKE CREATE ON DATABASE litellm FROM litellm');

    expect(await run('litellm')).toEqual([expect.stringMatching(/GRANT CREATE ON DATABASE litellm TO litellm/)]);
  });

  it('says who has to begin when the role is not there and its runner may not make it', async () => {
    await expect(run('litellm')).rejects.toThrow(/does not exist, and litellm cannot create it/);
  });

  it.each(['disabled', 'manual', 'automatic'] as const)(
    'does no harm when it is run twice with purge %s',
    async (purge) => {
      await letMasterActAsOwner();
      await run('master', { purge });
      await superuser.query(`SELECT litellm_auditor.purge_router_settings(r->>'hash', true, 'manual', '', 'first')
                             FROM litellm_auditor.global_router_settings() AS r`);

      expect(await run('master', { purge })).toEqual([]);
      expect(await remediesAllowed()).toEqual(Array(3).fill(purge !== 'disabled'));
      const { rows } = await superuser.query(
        'SELECT litellm_auditor.restore_router_settings(1, NULL, $$$$, $$$$) AS answer',
      );
      expect(rows).toMatchObject([{ answer: { outcome: 'restored' } }]);
    },
  );

  it('takes the right to purge back when it is run with purge disabled', async () => {
    await letMasterActAsOwner();
    await run('master', { purge: 'automatic' });
    await run('master');

    expect(await remediesAllowed()).toEqual([false, false, false]);
  });

  it('takes back whatever was granted on the tables before', async () => {
    await letMasterActAsOwner();
    await run('master');
    await superuser.query(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO "auditor of ""prod"""`);
    await superuser.query(`GRANT SELECT (token) ON "LiteLLM_VerificationToken" TO "auditor of ""prod"""`);

    await run('master');

    const { rows } = await superuser.query<{ name: string }>(
      `SELECT relname || '.' || attname AS name FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0
          AND has_column_privilege($1, attrelid, attnum, 'SELECT')`,
      [ROLE],
    );
    const audited = Object.entries(AUDITED_COLUMNS).flatMap(([table, names]) =>
      names.map((name) => `${table}.${name}`),
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ name }) => !audited.includes(name))).toEqual([]);
  });

  it('leaves nobody but the owner a right on the backups, whatever the default privileges are', async () => {
    await letMasterActAsOwner();
    await superuser.query(`ALTER DEFAULT PRIVILEGES FOR ROLE litellm GRANT SELECT ON TABLES TO PUBLIC, litellm_legacy`);
    await superuser.query(`ALTER DEFAULT PRIVILEGES FOR ROLE litellm GRANT EXECUTE ON FUNCTIONS TO litellm_legacy`);
    try {
      await run('master', { purge: 'manual' });

      const { rows } = await superuser.query(`
        SELECT has_table_privilege('litellm_legacy', 'litellm_auditor.router_settings_backup', 'SELECT') AS readable,
               has_schema_privilege('litellm_legacy', 'litellm_auditor', 'USAGE') AS enterable`);
      expect(rows).toEqual([{ readable: false, enterable: false }]);
    } finally {
      await superuser.query(
        'ALTER DEFAULT PRIVILEGES FOR ROLE litellm REVOKE ALL ON TABLES FROM PUBLIC, litellm_legacy',
      );
      await superuser.query('ALTER DEFAULT PRIVILEGES FOR ROLE litellm REVOKE ALL ON FUNCTIONS FROM litellm_legacy');
    }
  });

  it.each(['litellm', 'postgres'])(
    'does nothing at all when the role is %s, which may change the tables',
    async (role) => {
      await letMasterActAsOwner();

      await expect(run('master', { role })).rejects.toThrow(/cannot be the auditor's role/);
    },
  );

  it('does nothing when the schema belongs to somebody else, who could put a trigger into it', async () => {
    await letMasterActAsOwner();
    await superuser.query('CREATE SCHEMA litellm_auditor AUTHORIZATION litellm_legacy');

    await expect(run('master')).rejects.toThrow(/belongs to role litellm_legacy/);
  });
});
