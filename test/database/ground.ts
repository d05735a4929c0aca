import pg from 'pg';
import { databaseSetupSql } from '../../database/setup/script.ts';
import { type SandboxDatabase, startDatabase } from '../../sandbox/database/database.ts';

export const ROLE = 'auditor of "prod"';
const SIGNATURES = [
  'purge_router_settings(text, text, boolean, text, text, text)',
  'restore_router_settings(text, bigint, text, text, text)',
  'router_settings_backups(text)',
];

type Options = Partial<Parameters<typeof databaseSetupSql>[0]>;
type Runner = 'master' | 'litellm';

/** A LiteLLM database on a server of its own that no setup script has run in, and what its tests do with it. */
export interface Ground {
  readonly database: SandboxDatabase;
  readonly superuser: pg.Client;
  /** As on a database that nobody has set up; RDS makes its master user the owner of the database. */
  clear(): Promise<void>;
  letMasterActAsOwner(): Promise<void>;
  clientFor(user: string, password: string, databaseName?: string): Promise<pg.Client>;
  /** Runs the script as that role logs in, and returns the warnings. */
  run(as: Runner, options?: Options, databaseName?: string): Promise<string[]>;
  /** The column `value` of one row. */
  value(sql: string, values?: readonly unknown[]): Promise<unknown>;
  /** Whether the role may execute each of the functions that purge, restore and list. */
  purgesAllowed(role?: string, schema?: string): Promise<unknown>;
  /** All that a role could lose or gain: its memberships and the rights that PostgreSQL records for it. */
  rightsOf(role: string): Promise<unknown>;
  stop(): Promise<void>;
}

export async function startGround(): Promise<Ground> {
  const database = await startDatabase({ setUp: false, masterIsMember: false, litellm: { keys: 10, teams: 3 } });
  const superuser = await clientFor('postgres', database.postgres.password);

  async function clientFor(user: string, password: string, databaseName: string = database.databaseName) {
    const { host, port } = database.postgres;
    const client = new pg.Client({ host, port, user, password, database: databaseName });
    await client.connect();
    return client;
  }

  /** The owner is an IAM user; the superuser can act as one. */
  async function clientAsOwner(databaseName?: string) {
    const client = await clientFor('postgres', database.postgres.password, databaseName);
    await client.query('SET SESSION AUTHORIZATION litellm');
    return client;
  }

  async function value(sql: string, values: readonly unknown[] = []) {
    const { rows } = await superuser.query<{ value: unknown }>(sql, [...values]);
    return rows[0]?.value;
  }

  return {
    database,
    superuser,
    clientFor,
    value,
    async clear() {
      await superuser.query(`
        DROP SCHEMA IF EXISTS litellm_auditor, other_auditor CASCADE;
        REVOKE litellm FROM master;
        ALTER DATABASE litellm OWNER TO master;
        DO $$
        DECLARE each name;
        BEGIN
          FOREACH each IN ARRAY ARRAY[${pg.escapeLiteral(ROLE)}, 'litellm_auditor', 'other_auditor']::name[] LOOP
            IF EXISTS (SELECT FROM pg_roles WHERE rolname = each) THEN
              EXECUTE format('DROP OWNED BY %I', each);
              EXECUTE format('DROP ROLE %I', each);
            END IF;
          END LOOP;
        END $$`);
    },
    async letMasterActAsOwner() {
      await superuser.query('GRANT litellm TO master');
    },
    async run(as, options = {}, databaseName) {
      const client = await (as === 'master'
        ? clientFor('master', database.password, databaseName)
        : clientAsOwner(databaseName));
      const warnings: string[] = [];
      client.on('notice', ({ message, hint }) => warnings.push(`${message} ${hint ?? ''}`));
      try {
        await client.query(databaseSetupSql({ role: ROLE, ...options }));
      } finally {
        await client.end();
      }
      return warnings;
    },
    purgesAllowed: (role = ROLE, schema = 'litellm_auditor') =>
      value(
        `SELECT array_agg(has_function_privilege($1, f, 'EXECUTE') AND has_schema_privilege($1, $3, 'USAGE') ORDER BY f) AS value
           FROM unnest($2::text[]) AS f`,
        [role, SIGNATURES.map((signature) => `${schema}.${signature}`), schema],
      ),
    rightsOf: (role) =>
      value(
        `SELECT jsonb_build_object(
           'memberships', (SELECT jsonb_agg(m.roleid::regrole::text ORDER BY 1) FROM pg_auth_members AS m WHERE m.member = r.oid),
           'rights', (SELECT jsonb_agg(to_jsonb(d) ORDER BY d::text) FROM pg_shdepend AS d WHERE d.refobjid = r.oid),
           'comment', shobj_description(r.oid, 'pg_authid')) AS value
           FROM pg_roles AS r WHERE r.rolname = $1`,
        [role],
      ),
    async stop() {
      await superuser.end();
      await database.stop();
    },
  };
}
