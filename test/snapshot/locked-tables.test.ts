import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { runChecks } from '../../lambda/checks/run.ts';
import { buildModel } from '../../lambda/model/model.ts';
import { collectSnapshot } from '../../lambda/snapshot/collect/collect.ts';
import type { SandboxDatabase } from '../../sandbox/database/database.ts';
import { startDatabase } from '../shared-database.ts';
import { credentialVariables, iamTarget, settingsFor } from '../target.ts';

let database: SandboxDatabase;
beforeAll(async () => {
  database = await startDatabase({ litellm: { keys: 5, teams: 2 } });
});
afterAll(() => database.stop());
afterEach(() => vi.unstubAllEnvs());

/** Stated by the configuration; left out where the migrations have to show it. */
const QUIET_VERSION = '1.108.13';

/** What the checks find, by check, and whether each source was read. */
async function audited(litellmVersion: string | undefined = QUIET_VERSION) {
  for (const [name, value] of Object.entries(credentialVariables(database))) vi.stubEnv(name, value);
  const settings = settingsFor(iamTarget(database), {
    lockTimeoutMs: 100,
    litellmVersion: litellmVersion || undefined,
  });
  const snapshot = await collectSnapshot(settings, 20_000);
  const findings = runChecks(snapshot, buildModel(snapshot, settings), settings);
  return { sources: snapshot.sources, findings, of: (id: string) => findings.find(({ checkId }) => checkId === id) };
}

/** A session of somebody else that has run some SQL. */
async function session(sql: string): Promise<pg.Client & { readonly pid: number }> {
  const { host, port, user, password } = database.postgres;
  const client = new pg.Client({ host, port, user, password, database: database.databaseName });
  await client.connect();
  onTestFinished(() => client.end());
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
  await client.query(sql);
  return Object.assign(client, { pid: Number(rows[0].pid) });
}

/** The checks that were made before and are not now. */
function lost(
  before: Awaited<ReturnType<typeof audited>>,
  after: Awaited<ReturnType<typeof audited>>,
): readonly string[] {
  return after.findings
    .filter(
      ({ fingerprint, facts }) =>
        facts === null && before.findings.find((each) => each.fingerprint === fingerprint)?.facts !== null,
    )
    .map(({ checkId }) => checkId);
}

describe('a locked table', () => {
  it.each([
    ['LiteLLM_TeamTable', 'team-router-settings'],
    ['LiteLLM_VerificationToken', 'key-router-settings'],
    ['LiteLLM_Config', 'global-router-settings'],
    ['LiteLLM_SpendLogs', 'user-config'],
    ['_prisma_migrations', 'litellm-version'],
  ])('%s costs %s, which names the table and who holds the lock', async (table, checkId) => {
    const { pid } = await session(`BEGIN; LOCK TABLE "${table}" IN ACCESS EXCLUSIVE MODE`);

    const { of } = await audited(checkId === 'litellm-version' ? '' : undefined);

    expect(of(checkId)).toMatchObject({
      status: 'unknown',
      summary: expect.stringContaining(`lock on ${table}, held by pid ${pid} (127.0.0.1)`),
      missingSources: [{ kind: 'locked', code: '55P03' }],
    });
    const shown = await database.query(of(checkId)?.advice[0]?.command ?? '');
    expect(shown).toMatchObject([{ pid, state: 'idle in transaction' }]);
  });

  it('costs no check that does not need it', async () => {
    const before = await audited();
    await session('BEGIN; LOCK TABLE "LiteLLM_TeamTable" IN ACCESS EXCLUSIVE MODE');

    const after = await audited();

    expect(lost(before, after).filter((checkId) => checkId !== 'per-request-router')).toEqual(['team-router-settings']);
    for (const source of ['connection', 'server', 'sessions', 'router-settings', 'litellm'] as const) {
      expect(after.sources[source].status).toBe('ok');
    }
  });

  it('names who waits for the lock, and behind whom, when an ALTER TABLE is queued', async () => {
    const reader = await session('BEGIN; SELECT count(*) FROM "LiteLLM_TeamTable"');
    const changer = await session('BEGIN');
    const queued = changer.query('ALTER TABLE "LiteLLM_TeamTable" ADD COLUMN later int').catch(() => {});
    await vi.waitFor(async () => {
      expect(await database.query(`SELECT FROM pg_locks WHERE NOT granted AND pid = ${changer.pid}`)).toHaveLength(1);
    });

    const { of } = await audited();
    await reader.query('ROLLBACK');
    await queued;
    await changer.query('ROLLBACK');

    const summary = `behind pid ${changer.pid} (127.0.0.1), which itself waits for pid ${reader.pid} (127.0.0.1)`;
    expect(of('team-router-settings')?.summary).toContain(summary);
  });
});

describe('a column of another type', () => {
  it.each([
    ['LiteLLM_TeamTable', 'router_settings', 'text', 'team-router-settings'],
    ['LiteLLM_TeamTable', 'blocked', 'text', 'team-router-settings'],
    ['LiteLLM_VerificationToken', 'expires', 'text', 'key-router-settings'],
    ['LiteLLM_Config', 'param_value', 'text', 'global-router-settings'],
    ['_prisma_migrations', 'migration_name', 'int USING 1', 'litellm-version'],
  ])('costs only what needs it when %s.%s is %s', async (table, column, type, checkId) => {
    const version = checkId === 'litellm-version' ? '' : undefined;
    const before = await audited(version);
    await database.query(`CREATE TABLE kept AS TABLE "${table}"`);
    const [{ original }] = (await database.query(
      `SELECT format_type(atttypid, atttypmod) AS original FROM pg_attribute WHERE attrelid = '"${table}"'::regclass AND attname = '${column}'`,
    )) as readonly [{ original: string }];
    await database.query(`ALTER TABLE "${table}" ALTER "${column}" DROP DEFAULT, ALTER "${column}" TYPE ${type}`);

    const after = await audited(version);

    await database.query(
      `TRUNCATE "${table}"; ALTER TABLE "${table}" ALTER "${column}" TYPE ${original} USING NULL::${original};
       INSERT INTO "${table}" SELECT * FROM kept; DROP TABLE kept`,
    );
    expect(after.of(checkId)).toMatchObject({ status: 'unknown', summary: expect.stringContaining(table) });
    expect(
      lost(before, after).filter(
        (id) =>
          id !== checkId &&
          id !== 'router-settings-reappeared' &&
          !(table === '_prisma_migrations' && id === 'migrations') &&
          id !== 'per-request-router',
      ),
    ).toEqual([]);
  });
});
