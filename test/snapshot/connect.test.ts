import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startBudget } from '../../lambda/core/deadline.ts';
import { connect } from '../../lambda/snapshot/postgres/connect.ts';
import type { SandboxDatabase } from '../../sandbox/database/database.ts';
import { startDatabase } from '../shared-database.ts';
import { credentialVariables, iamTarget, settingsFor } from '../target.ts';

/** None is a default, of ours or of PostgreSQL's. */
const TIMEOUTS = { statementTimeoutMs: 4321, lockTimeoutMs: 876 };

/** What an administrator may have set for the role. Each differs from what a session of the auditor has to have. */
const OF_THE_ROLE = {
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  search_path: 'public',
  timezone: 'Asia/Tokyo',
  jit: 'on',
  row_security: 'on',
  application_name: 'psql',
  default_transaction_isolation: 'serializable',
};

const EXPECTED = {
  default_transaction_read_only: 'on',
  transaction_read_only: 'on',
  statement_timeout: '4321ms',
  lock_timeout: '876ms',
  idle_in_transaction_session_timeout: '10s',
  search_path: 'pg_catalog',
  TimeZone: 'UTC',
  jit: 'off',
  row_security: 'off',
  application_name: 'litellm-db-auditor',
};

const SETTINGS_SQL = `
  SELECT pg_catalog.jsonb_object_agg(name, pg_catalog.current_setting(name))
    FROM pg_catalog.unnest($1::pg_catalog.text[]) AS name`;
const WRITE_SQL = `
  UPDATE public."LiteLLM_Config" SET param_value = '{"num_retries": 3}' WHERE param_name = 'router_settings'
  RETURNING param_name`;

let database: SandboxDatabase;
beforeAll(async () => {
  database = await startDatabase({ litellm: { keys: 5, teams: 2 } });
});
afterAll(async () => {
  await setForRole({});
  await database.stop();
});
beforeEach(() => {
  for (const [name, value] of Object.entries(credentialVariables(database))) vi.stubEnv(name, value);
});
afterEach(() => vi.unstubAllEnvs());

/** What PostgreSQL answers to one statement on a connection of its own. */
async function ask(access: 'read' | 'write', sql: string, values: readonly unknown[] = []): Promise<unknown> {
  const target = iamTarget(database);
  const connection = await connect(target, settingsFor(target, TIMEOUTS), startBudget(20_000), access);
  try {
    return await connection.value(sql, values);
  } finally {
    await connection.close();
  }
}

/** Sets defaults for the auditor's role, which each new session starts with unless it says otherwise itself. */
async function setForRole(settings: Readonly<Record<string, string>>): Promise<void> {
  const statements = Object.entries(settings).map(
    ([name, value]) => `ALTER ROLE litellm_auditor SET ${name} = '${value}'`,
  );
  await database.query(['ALTER ROLE litellm_auditor RESET ALL', ...statements].join(';'));
}

describe("the auditor's session", () => {
  it('has our settings, as PostgreSQL reports them, when it reads and the role has others', async () => {
    await setForRole({ ...OF_THE_ROLE, default_transaction_read_only: 'off' });

    expect(await ask('read', SETTINGS_SQL, [Object.keys(EXPECTED)])).toEqual(EXPECTED);
  });

  it('may write and sees what others commit, and has the same settings otherwise, when it purges or restores', async () => {
    await setForRole({ ...OF_THE_ROLE, default_transaction_read_only: 'on' });
    const expected = {
      ...EXPECTED,
      default_transaction_read_only: 'off',
      transaction_read_only: 'off',
      default_transaction_isolation: 'read committed',
      transaction_isolation: 'read committed',
    };

    expect(await ask('write', SETTINGS_SQL, [Object.keys(expected)])).toEqual(expected);
  });

  it('is refused a write by PostgreSQL when it reads, although the role may write', async () => {
    await setForRole({});
    await database.query('GRANT SELECT, UPDATE ON "LiteLLM_Config" TO litellm_auditor');

    const before = await database.query('SELECT * FROM "LiteLLM_Config"');
    await expect(ask('read', WRITE_SQL)).rejects.toMatchObject({ code: '25006' });
    expect(await database.query('SELECT * FROM "LiteLLM_Config"')).toEqual(before);
    // So it was the session that was refused, not the role.
    expect(await ask('write', WRITE_SQL)).toBe('router_settings');
  });
});
