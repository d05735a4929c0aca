import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { runChecks } from '../../lambda/checks/run.ts';
import { buildModel } from '../../lambda/model/model.ts';
import { collectSnapshot } from '../../lambda/snapshot/collect/collect.ts';
import { hiddenRows } from '../../lambda/snapshot/litellm/read-part.ts';
import { RUN_SETUP } from '../../lambda/snapshot/litellm/tables.ts';
import type { SandboxDatabase } from '../../sandbox/database/database.ts';
import { startDatabase } from '../shared-database.ts';
import { credentialVariables, iamTarget, settingsFor } from '../target.ts';
import { look, seen } from './look.ts';

let database: SandboxDatabase;
beforeAll(async () => {
  database = await startDatabase({ litellm: { keys: 5, teams: 2, version: '1.100.0' } });
});
afterAll(() => database.stop());
afterEach(async () => {
  for (const { table } of TABLES) {
    await database.query(
      `ALTER TABLE "${table}" DISABLE ROW LEVEL SECURITY; ALTER TABLE "${table}" NO FORCE ROW LEVEL SECURITY`,
    );
  }
});

const TABLES = [
  // Functions of their owner read them, whom only FORCE makes subject to a policy.
  { table: 'LiteLLM_TeamTable', checkId: 'team-router-settings' },
  { table: 'LiteLLM_VerificationToken', checkId: 'key-router-settings' },
  { table: 'LiteLLM_Config', checkId: 'global-router-settings' },
  { table: 'LiteLLM_SpendLogs', checkId: 'user-config' },
] as const;

async function findings() {
  for (const [name, value] of Object.entries(credentialVariables(database))) vi.stubEnv(name, value);
  const settings = settingsFor(iamTarget(database), { litellmVersion: '1.108.13' });
  const snapshot = await collectSnapshot(settings, 20_000);
  return runChecks(snapshot, buildModel(snapshot, settings), settings);
}

describe('row-level security', () => {
  it.each(TABLES)('makes $checkId unknown, and no other, when it is forced on $table', async ({ table, checkId }) => {
    const before = await findings();
    await database.query(`ALTER TABLE "${table}" ENABLE ROW LEVEL SECURITY`);
    await database.query(`ALTER TABLE "${table}" FORCE ROW LEVEL SECURITY`);

    const after = await findings();

    const finding = after.find((each) => each.checkId === checkId);
    expect(finding).toMatchObject({
      status: 'unknown',
      summary: expect.stringContaining(`Row-level security of ${table}`),
      missingSources: [{ kind: 'row-security' }],
    });
    await database.query(`CREATE POLICY tenants ON "${table}" USING (false)`);
    const shown = await database.query(finding?.advice[0]?.command ?? '');
    await database.query(`DROP POLICY tenants ON "${table}"`);
    expect(shown).toMatchObject([{ policyname: 'tenants', qual: 'false' }]);
    const changed = after.filter(
      ({ fingerprint, status }) => before.find((each) => each.fingerprint === fingerprint)?.status !== status,
    );
    expect(
      changed.filter(({ missingSources = [] }) => !missingSources.some(({ kind }) => kind === 'row-security')),
    ).toEqual([]);
  });

  it('is not filtered by, but unknown, where the role itself reads a table', async () => {
    await database.query('ALTER TABLE "LiteLLM_ProxyWorkerHeartbeat" ENABLE ROW LEVEL SECURITY');

    const { litellm } = await look(database);
    await database.query('ALTER TABLE "LiteLLM_ProxyWorkerHeartbeat" DISABLE ROW LEVEL SECURITY');

    expect(litellm).toMatchObject({
      value: {
        workers: {
          state: 'failed',
          failure: { kind: 'row-security', remediation: { command: expect.stringContaining('pg_policies') } },
        },
        migrations: { state: 'seen' },
      },
    });
  });

  it.each([
    ['the setup script where the function of another owner reads for the role', 'litellm', RUN_SETUP.command],
    ['the policies where the role owns the table', 'litellm_auditor', 'pg_policies'],
  ])('leads to %s', async (_where, owner, step) => {
    const server = seen((await look(database)).server);
    const table = { schema: 'public', name: 'LiteLLM_Config', owner, estimatedRows: 1, hasRowSecurity: true };

    const hidden = hiddenRows(server, { ...table, columns: [], readable: [] }, RUN_SETUP);

    expect(hidden?.known.failure.remediation?.command).toContain(step);
  });

  it('hides nothing from the functions of the owner when it is on without FORCE', async () => {
    const before = await findings();
    for (const { table } of TABLES) await database.query(`ALTER TABLE "${table}" ENABLE ROW LEVEL SECURITY`);

    const after = await findings();

    expect(after.map(({ fingerprint, status }) => [fingerprint, status])).toEqual(
      before.map(({ fingerprint, status }) => [fingerprint, status]),
    );
  });
});
