import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Ground, startGround } from './ground.ts';

let ground: Ground;
/** Of the superuser, in another database of the same server. */
let elsewhere: pg.Client;
beforeAll(async () => {
  ground = await startGround();
  await ground.superuser.query('CREATE DATABASE elsewhere');
  await ground.superuser.query('CREATE TABLE "LiteLLM_UserTable" (a int)');
  elsewhere = await ground.clientFor('postgres', ground.database.postgres.password, 'elsewhere');
});
afterAll(async () => {
  await elsewhere.end();
  await ground.stop();
});
beforeEach(async () => {
  await ground.clear();
  await ground.letMasterActAsOwner();
});
afterEach(async () => {
  for (const statement of [
    'ALTER DATABASE elsewhere OWNER TO postgres',
    'REASSIGN OWNED BY app TO postgres',
    'DROP OWNED BY app',
    'DROP ROLE app',
  ]) {
    if (await ground.value(`SELECT true AS value FROM pg_roles WHERE rolname = 'app'`)) {
      if (statement.startsWith('DROP')) await elsewhere.query('DROP OWNED BY app');
      await ground.superuser.query(statement);
    }
  }
});

/** An application's role that is not in use at this moment. */
async function createApp(attributes = 'LOGIN'): Promise<void> {
  await ground.superuser.query(`CREATE ROLE app ${attributes}`);
}

describe('the setup script', () => {
  it('touches no role at all when the database is not the one of LiteLLM', async () => {
    const before = await ground.rightsOf('litellm_legacy');

    const warnings = await ground.run('master', { role: 'litellm_legacy' }, 'postgres');
    await ground.run('master', { role: 'other_auditor' }, 'postgres');
    await ground.run('master', { role: 'other_auditor', litellmSchema: 'nowhere' });

    expect(warnings).toEqual([expect.stringMatching(/Nothing was changed/)]);
    expect(await ground.rightsOf('litellm_legacy')).toEqual(before);
    expect(await ground.rightsOf('other_auditor')).toBeUndefined();
  });

  it.each([
    ['litellm', /can change LiteLLM's tables/],
    ['litellm_legacy', /can change LiteLLM's tables/],
    ['postgres', /SUPERUSER/],
    ['master', /runs this script/],
    ['pg_monitor', /belongs to PostgreSQL or to RDS/],
    ['rds_superuser', /belongs to PostgreSQL or to RDS/],
  ])('refuses %s as the role and changes nothing, even with --adopt', async (role, reason) => {
    const before = await ground.rightsOf(role);

    await expect(ground.run('master', { role })).rejects.toThrow(reason);
    await expect(ground.run('master', { role, adopt: true })).rejects.toThrow(reason);

    expect(await ground.rightsOf(role)).toEqual(before);
  });

  it.each(['CREATEROLE', 'CREATEDB', 'REPLICATION', 'BYPASSRLS'])(
    'refuses a role that is %s, since people or programs use it',
    async (attribute) => {
      await createApp(`LOGIN ${attribute}`);

      await expect(ground.run('master', { role: 'app', adopt: true })).rejects.toThrow(/CREATEROLE, CREATEDB/);
    },
  );

  it.each([
    [
      'owns a table',
      'CREATE TABLE public.app_table (a int); ALTER TABLE public.app_table OWNER TO app',
      /owns objects/,
    ],
    ['owns a database', 'ALTER DATABASE elsewhere OWNER TO app', /owns objects/],
    ['belongs to another role', 'GRANT pg_read_all_data TO app', /belongs to pg_read_all_data/],
    ['may grant rds_iam', 'GRANT rds_iam TO app WITH ADMIN OPTION', /belongs to rds_iam/],
    ['has members', 'GRANT app TO litellm_legacy', /has members/],
    ['is a group', 'ALTER ROLE app NOLOGIN', /as a group/],
    ['has a password that expires', `ALTER ROLE app VALID UNTIL '2031-01-01'`, /password that expires/],
    ['has a right on a table', 'GRANT SELECT ON "LiteLLM_UserTable" TO app', /has rights on table/],
    ['reads a column more', 'GRANT SELECT (token) ON "LiteLLM_VerificationToken" TO app', /has rights on column token/],
    ['may create in the schema', 'GRANT CREATE ON SCHEMA public TO app', /has rights on schema public/],
    ['may create in the database', 'GRANT CREATE ON DATABASE litellm TO app', /has rights on database litellm/],
    ['may hand on a right', 'GRANT USAGE ON SCHEMA public TO app WITH GRANT OPTION', /has rights on schema public/],
    [
      'is named in default privileges',
      'ALTER DEFAULT PRIVILEGES FOR ROLE litellm GRANT SELECT ON TABLES TO app',
      /has rights on/,
    ],
  ])('refuses a role of somebody else, and takes it with --adopt, when it %s', async (_name, statement, reason) => {
    await createApp();
    await ground.superuser.query(statement);
    const before = await ground.rightsOf('app');

    await expect(ground.run('master', { role: 'app' })).rejects.toThrow(reason);
    expect(await ground.rightsOf('app')).toEqual(before);

    await ground.run('master', { role: 'app', adopt: true });
    expect(JSON.stringify(await ground.rightsOf('app'))).toContain('rds_iam');
  });

  it('refuses a role with sessions, whose password would stop working, and leaves those of the auditor out', async () => {
    await createApp(`LOGIN PASSWORD 'p'`);
    const client = await ground.clientFor('app', 'p');
    try {
      await expect(ground.run('master', { role: 'app' })).rejects.toThrow(/has sessions/);

      await client.query(`SET application_name = 'litellm-db-auditor'`);
      expect(await ground.run('master', { role: 'app' })).toEqual([]);
    } finally {
      await client.end();
    }
  });

  it('refuses a role with rights in another database, unless no membership is left to give', async () => {
    await createApp();
    await elsewhere.query('CREATE TABLE mine (a int); GRANT SELECT ON mine TO app');

    await expect(ground.run('master', { role: 'app' })).rejects.toThrow(/rights in another database/);

    await ground.superuser.query('GRANT rds_iam, pg_monitor TO app');
    expect(await ground.run('master', { role: 'app' })).toEqual([]);
  });

  it('accepts a role that Terraform made, marks it, and does not forget the comment that it had', async () => {
    const master = await ground.clientFor('master', ground.database.password);
    await master.query('CREATE ROLE app LOGIN');
    await master.end();
    await ground.superuser.query(
      `GRANT rds_iam TO app; GRANT CONNECT ON DATABASE litellm TO app; COMMENT ON ROLE app IS 'made by Terraform'`,
    );

    expect(await ground.run('master', { role: 'app' })).toEqual([]);

    expect(await ground.rightsOf('app')).toMatchObject({
      comment: 'made by Terraform; the role of litellm-db-auditor',
    });
  });

  it('recognises its own role by the mark, and takes back what was granted to it meanwhile', async () => {
    await ground.run('master', { role: 'other_auditor' });
    await ground.superuser.query(`
      GRANT pg_read_all_stats TO other_auditor;
      GRANT ALL ON "LiteLLM_VerificationToken" TO other_auditor;
      GRANT CREATE ON SCHEMA public TO other_auditor`);

    await ground.run('master', { role: 'other_auditor' });

    expect(
      await ground.value(
        `SELECT has_table_privilege('other_auditor', '"LiteLLM_VerificationToken"', 'SELECT, UPDATE')
             OR has_any_column_privilege('other_auditor', '"LiteLLM_VerificationToken"', 'SELECT, UPDATE') AS value`,
      ),
    ).toBe(false);
  });

  it("accepts a role when it is PUBLIC that may change LiteLLM's tables, and leaves PUBLIC its rights", async () => {
    await ground.superuser.query(`
      GRANT INSERT, SELECT ON "LiteLLM_TeamTable" TO PUBLIC;
      GRANT CREATE ON SCHEMA public TO PUBLIC`);
    const rights = `SELECT jsonb_build_array((SELECT relacl::text FROM pg_class WHERE oid = '"LiteLLM_TeamTable"'::regclass),
      (SELECT nspacl::text FROM pg_namespace WHERE nspname = 'public'), (SELECT datacl::text FROM pg_database WHERE datname = 'litellm')) AS value`;
    const before = await ground.value(rights);
    try {
      await ground.superuser.query('CREATE ROLE other_auditor LOGIN');
      expect(await ground.run('master', { role: 'other_auditor' })).toEqual([]);

      const after = JSON.stringify(await ground.value(rights)).replaceAll(/,other_auditor=U\/\w+/g, '');
      expect(after).toBe(JSON.stringify(before));
    } finally {
      await ground.superuser.query(`
        REVOKE INSERT, SELECT ON "LiteLLM_TeamTable" FROM PUBLIC;
        REVOKE CREATE ON SCHEMA public FROM PUBLIC`);
    }
  });
});
