import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Finding } from '../../lambda/core/finding.ts';
import type { Snapshot } from '../../lambda/snapshot/snapshot.ts';
import { type SandboxDatabase, startDatabase } from '../../sandbox/database/database.ts';
import { litellmSchemaSql } from '../../sandbox/database/litellm-schema.ts';
import { evaluate, healthySnapshot, settingsFor } from '../snapshots.ts';
import { look, seen } from './look.ts';

afterEach(() => vi.unstubAllEnvs());

const ROLE = 'litellm_auditor';
const SETUP_OF_0_1_0 = readFileSync(new URL('../database/setup-0.1.0.sql', import.meta.url), 'utf8');

let database: SandboxDatabase;
beforeAll(async () => {
  database = await startDatabase({ litellm: { keys: 10, teams: 3 } });
  await database.query(`
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    CREATE TABLE public."LiteLLM_CredentialsTable" (credential_values jsonb);
    CREATE TABLE public."LiteLLM_ProxyModelTable" (litellm_params jsonb);
    ALTER TABLE public."LiteLLM_CredentialsTable" OWNER TO litellm;
    ALTER TABLE public."LiteLLM_ProxyModelTable" OWNER TO litellm;
    CREATE SCHEMA app;
    CREATE TABLE app.orders (a int);
    CREATE ROLE app_ro;
    CREATE ROLE middle;
    GRANT litellm TO middle`);
});
afterAll(() => database.stop());

type Target = Parameters<typeof look>[1];

async function auditedAs(
  target: Target = {},
): Promise<{ readonly snapshot: Snapshot; readonly findings: readonly Finding[] }> {
  const sources = await look(database, target);
  const snapshot = healthySnapshot({ sources });
  const settings = settingsFor({ target: { ...settingsFor().target, user: target?.user ?? ROLE } });
  return { snapshot, findings: evaluate(snapshot, settings).filter(({ checkId }) => checkId === 'auditor-privileges') };
}

const password = () =>
  ({ user: database.passwordUser, login: { kind: 'password', password: database.password } }) as const;

describe('the rights of the role beyond the known set', () => {
  it('are none when the setup script has run', async () => {
    expect((await auditedAs()).findings).toMatchObject([{ status: 'ok' }]);
  });

  const BEYOND: readonly [string, string, string, RegExp][] = [
    [
      'SELECT on the credentials',
      `GRANT SELECT ON "LiteLLM_CredentialsTable" TO ${ROLE}`,
      `REVOKE ALL ON "LiteLLM_CredentialsTable" FROM ${ROLE}`,
      /SELECT on table public."LiteLLM_CredentialsTable"/,
    ],
    [
      'SELECT on the models',
      `GRANT SELECT ON "LiteLLM_ProxyModelTable" TO ${ROLE}`,
      `REVOKE ALL ON "LiteLLM_ProxyModelTable" FROM ${ROLE}`,
      /LiteLLM_ProxyModelTable/,
    ],
    [
      'SELECT on deleted keys',
      `GRANT SELECT ON "LiteLLM_DeletedVerificationToken" TO ${ROLE}`,
      `REVOKE ALL ON "LiteLLM_DeletedVerificationToken" FROM ${ROLE}`,
      /LiteLLM_DeletedVerificationToken/,
    ],
    [
      'SELECT on a single column',
      `GRANT SELECT (metadata) ON "LiteLLM_TeamTable" TO ${ROLE}`,
      `REVOKE ALL ON "LiteLLM_TeamTable" FROM ${ROLE}`,
      /SELECT on table column public."LiteLLM_TeamTable".metadata/,
    ],
    [
      'SELECT on a table whose columns it may read in part',
      `GRANT SELECT ON "_prisma_migrations" TO ${ROLE}`,
      `REVOKE SELECT ON "_prisma_migrations" FROM ${ROLE}; GRANT SELECT (migration_name, finished_at, rolled_back_at) ON "_prisma_migrations" TO ${ROLE}`,
      /SELECT on table public._prisma_migrations/,
    ],
    [
      'a right that it may hand on',
      `GRANT SELECT (finished_at) ON "_prisma_migrations" TO ${ROLE} WITH GRANT OPTION`,
      `REVOKE GRANT OPTION FOR SELECT (finished_at) ON "_prisma_migrations" FROM ${ROLE}`,
      /WITH GRANT OPTION/,
    ],
    [
      'a right to change a table',
      `GRANT UPDATE (blocked) ON "LiteLLM_TeamTable" TO ${ROLE}`,
      `REVOKE ALL ON "LiteLLM_TeamTable" FROM ${ROLE}`,
      /UPDATE on table column public."LiteLLM_TeamTable".blocked/,
    ],
    [
      'the backups',
      `GRANT SELECT ON litellm_auditor.router_settings_backup TO ${ROLE}`,
      `REVOKE ALL ON litellm_auditor.router_settings_backup FROM ${ROLE}`,
      /router_settings_backup/,
    ],
    [
      'the key of the hashes',
      `GRANT SELECT ON litellm_auditor.installation TO ${ROLE}`,
      `REVOKE ALL ON litellm_auditor.installation FROM ${ROLE}`,
      /installation/,
    ],
    [
      'CREATE on the schema',
      `GRANT CREATE ON SCHEMA public TO ${ROLE}`,
      `REVOKE CREATE ON SCHEMA public FROM ${ROLE}`,
      /CREATE on schema public/,
    ],
    [
      "CREATE on the auditor's schema",
      `GRANT CREATE ON SCHEMA litellm_auditor TO ${ROLE}`,
      `REVOKE CREATE ON SCHEMA litellm_auditor FROM ${ROLE}`,
      /CREATE on schema litellm_auditor/,
    ],
    [
      'CREATE on the database',
      `GRANT CREATE ON DATABASE litellm TO ${ROLE}`,
      `REVOKE CREATE ON DATABASE litellm FROM ${ROLE}`,
      /CREATE on database litellm/,
    ],
    [
      'a table of another application',
      `GRANT SELECT ON app.orders TO ${ROLE}`,
      `REVOKE ALL ON app.orders FROM ${ROLE}`,
      /SELECT on table app.orders/,
    ],
    [
      'a right that it will have on new tables',
      `ALTER DEFAULT PRIVILEGES FOR ROLE litellm GRANT SELECT ON TABLES TO ${ROLE}`,
      `ALTER DEFAULT PRIVILEGES FOR ROLE litellm REVOKE SELECT ON TABLES FROM ${ROLE}`,
      /default acl/,
    ],
    [
      'a right through a group that it belongs to',
      'GRANT SELECT (token) ON "LiteLLM_VerificationToken" TO pg_monitor',
      'REVOKE ALL ON "LiteLLM_VerificationToken" FROM pg_monitor',
      /"LiteLLM_VerificationToken".token through pg_monitor/,
    ],
    [
      'membership',
      `GRANT pg_read_all_data TO ${ROLE}`,
      `REVOKE pg_read_all_data FROM ${ROLE}`,
      /member of pg_read_all_data/,
    ],
    [
      'the right to grant a role',
      `GRANT rds_iam TO ${ROLE} WITH ADMIN OPTION`,
      `REVOKE ADMIN OPTION FOR rds_iam FROM ${ROLE}`,
      /may grant rds_iam/,
    ],
    [
      'an object of its own',
      `ALTER TABLE app.orders OWNER TO ${ROLE}`,
      'ALTER TABLE app.orders OWNER TO postgres',
      /owner of table app.orders/,
    ],
    ['an attribute', `ALTER ROLE ${ROLE} CREATEDB`, `ALTER ROLE ${ROLE} NOCREATEDB`, /CREATEDB/],
  ];

  it.each(BEYOND)('are a warning when it has %s', async (_name, grant, revoke, text) => {
    await database.query(grant);
    try {
      const { findings } = await auditedAs();

      expect(findings).toMatchObject([
        { kind: 'risk', status: 'warning', subject: `role ${ROLE}: excessive privileges` },
      ]);
      expect(findings[0]?.summary).toMatch(text);
    } finally {
      await database.query(revoke);
    }
    expect((await auditedAs()).findings).toMatchObject([{ status: 'ok' }]);
  });

  it("include the right to become LiteLLM's role, also where nothing is inherited from it", async () => {
    await database.query(`GRANT middle TO ${ROLE}`);
    if (seen((await look(database)).server).versionNumber >= 160_000) {
      await database.query(`GRANT litellm TO ${ROLE} WITH INHERIT FALSE, SET TRUE`);
    }
    try {
      expect((await auditedAs()).findings[0]?.summary).toMatch(/member of litellm and member of middle/);
    } finally {
      await database.query(`REVOKE middle FROM ${ROLE}; REVOKE litellm FROM ${ROLE}`);
    }
  });

  it.each([
    [
      'PUBLIC may purge',
      'GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA litellm_auditor TO PUBLIC',
      /PUBLIC: EXECUTE on function litellm_auditor.purge_router_settings/,
    ],
    [
      'somebody else may purge',
      'GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA litellm_auditor TO app_ro',
      /app_ro: EXECUTE on function litellm_auditor.purge_router_settings/,
    ],
    ['PUBLIC may enter', 'GRANT USAGE ON SCHEMA litellm_auditor TO PUBLIC', /PUBLIC: USAGE on schema litellm_auditor/],
  ])("are those of others on the auditor's schema when %s", async (_name, grant, text) => {
    await database.query(grant);
    try {
      const { findings } = await auditedAs();

      expect(findings).toMatchObject([{ status: 'warning', subject: `role ${ROLE}: auditor's schema` }]);
      expect(JSON.stringify(findings[0]?.evidence)).toMatch(text);
    } finally {
      await database.query(`
        REVOKE ALL ON ALL FUNCTIONS IN SCHEMA litellm_auditor FROM PUBLIC, app_ro;
        REVOKE ALL ON SCHEMA litellm_auditor FROM PUBLIC`);
    }
  });

  it("are info when PUBLIC has them on LiteLLM's schema and tables, as on a new PostgreSQL 13 or 14", async () => {
    await database.query('GRANT CREATE ON SCHEMA public TO PUBLIC; GRANT SELECT ON "LiteLLM_TeamTable" TO PUBLIC');
    try {
      const { findings } = await auditedAs();

      expect(findings).toMatchObject([
        {
          status: 'info',
          evidence: { rightsOfPublic: ['CREATE on schema public', 'SELECT on table public."LiteLLM_TeamTable"'] },
        },
      ]);
      expect(JSON.stringify(findings)).not.toContain('REVOKE');
    } finally {
      await database.query(
        'REVOKE CREATE ON SCHEMA public FROM PUBLIC; REVOKE SELECT ON "LiteLLM_TeamTable" FROM PUBLIC',
      );
    }
  });

  it('are bounded and counted when there are hundreds', async () => {
    await database.query(
      `DO $$ BEGIN FOR i IN 1..120 LOOP EXECUTE format('CREATE TABLE app.t%s (a int)', i); END LOOP; END $$`,
    );
    await database.query(`GRANT SELECT ON ALL TABLES IN SCHEMA app TO ${ROLE}`);
    try {
      const { role } = seen((await look(database)).server);

      expect([role.excess?.length, role.excessCount]).toEqual([50, 121]);
    } finally {
      await database.query(`REVOKE ALL ON ALL TABLES IN SCHEMA app FROM ${ROLE}`);
    }
  });
});

describe("an audit as LiteLLM's own role", () => {
  it('gives one info, and no command that takes a right, when the role owns no table and its sessions use it', async () => {
    const { host, port } = database.postgres;
    const pg = await import('pg');
    const proxy = new pg.default.Client({
      host,
      port,
      user: database.passwordUser,
      password: database.password,
      database: database.databaseName,
    });
    await proxy.connect();
    try {
      const { snapshot, findings } = await auditedAs(password());
      const rights = findings.filter(({ subject }) => !subject.endsWith(': sessions'));
      const commands = evaluate(snapshot).flatMap(({ advice }) => advice.map(({ command = '' }) => command));

      expect(rights).toMatchObject([{ status: 'info', evidence: { auditedAsLitellm: true } }]);
      expect(commands.filter((command) => /REVOKE|ALTER ROLE/.test(command))).toEqual([]);
    } finally {
      await proxy.end();
    }
  });

  it('advises to take no right when LiteLLM has no session at this moment, so that nothing shows whose role it is', async () => {
    const { findings } = await auditedAs(password());

    expect(findings.some(({ status }) => status === 'warning')).toBe(true);
    expect(JSON.stringify(findings)).not.toMatch(/"command":"[^"]*(REVOKE|ALTER ROLE)/);
  });
});

describe('a database that 0.1.0 was set up in', () => {
  it('is one unknown of setup-current, and its rights are no warning', async () => {
    await database.query(`DROP SCHEMA litellm_auditor CASCADE; COMMENT ON ROLE ${ROLE} IS NULL`);
    await database.runAsMaster(SETUP_OF_0_1_0);
    const { snapshot, findings } = await auditedAs();
    const setup = evaluate(snapshot).filter(({ checkId }) => checkId === 'setup-current');

    expect(setup).toMatchObject([{ status: 'unknown', advice: [{ command: 'npm run --silent database-setup' }] }]);
    expect(findings).toMatchObject([{ status: 'ok' }]);
    expect(seen(snapshot.sources['router-settings'])).toMatchObject({
      global: { state: 'hidden' },
      team: { state: 'seen' },
    });
  });
});

describe('two LiteLLM schemas in one database', () => {
  it('are not taken for one another when the functions are for the other one', async () => {
    const two = await startDatabase({ litellm: { keys: 10, teams: 3 } });
    try {
      await two.query(litellmSchemaSql({ schema: 'staging', keys: 5, teams: 2 }));

      const sources = await look(two, {}, { litellmSchema: 'staging' });

      expect(seen(sources.server).litellmSchema).toBe('staging');
      for (const level of ['global', 'team', 'key'] as const) {
        expect(seen(sources['router-settings'])[level]).toMatchObject({
          state: 'hidden',
          remediation: { text: expect.stringMatching(/for the LiteLLM schema public, and this audit is of staging/) },
        });
      }
      expect(seen(sources.litellm).userConfig).toMatchObject({ state: 'hidden' });
    } finally {
      await two.stop();
    }
  });
});
