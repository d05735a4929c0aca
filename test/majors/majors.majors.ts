import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { databaseSetupSql } from '../../database/setup/script.ts';
import { audit } from '../../lambda/audit.ts';
import { runOperation } from '../../lambda/purge/run-operation.ts';
import type { PurgeRequest } from '../../lambda/settings/request.ts';
import { type SandboxDatabase, startDatabase } from '../../sandbox/database/database.ts';
import { MAJORS, postgresOfMajor } from '../../sandbox/database/majors.ts';
import { credentialVariables, iamTarget, settingsFor } from '../target.ts';

/** Of a PostgreSQL that was started, an audit sees all of these. */
const SOURCES = ['connection', 'server', 'sessions', 'router-settings', 'litellm'] as const;
const SETTINGS = JSON.stringify({ num_retries: 3, redis_password: 'not to be seen' });

describe.each(MAJORS)('PostgreSQL %i', (major) => {
  let database: SandboxDatabase;
  beforeAll(async () => {
    database = await startDatabase({ binaries: await postgresOfMajor(major), litellm: { keys: 10, teams: 3 } });
    await database.runAsMaster(databaseSetupSql({ role: database.auditorUser, purge: 'manual' }));
    await database.query(`DELETE FROM "LiteLLM_Config" WHERE param_name = 'router_settings'`);
    await database.query(`INSERT INTO "LiteLLM_Config" VALUES ('router_settings', $1)`, [SETTINGS]);
  });
  afterAll(() => database?.stop());
  beforeEach(() => {
    for (const [name, value] of Object.entries(credentialVariables(database))) vi.stubEnv(name, value);
  });

  const settings = () => settingsFor(iamTarget(database), { purge: 'manual', litellmVersion: '1.108.13' });
  let requests = 0;
  const ask = (request: PurgeRequest) =>
    runOperation(request, settings(), {
      requester: { requestedBy: 'a test', requestId: `request ${++requests}` },
      mode: 'manual',
      enabled: true,
      budgetMs: 30_000,
    });
  const rows = () =>
    database.query(`SELECT param_value::text AS text FROM "LiteLLM_Config" WHERE param_name = 'router_settings'`);

  it('is set up, again when the script runs twice, and audited in full', async () => {
    await database.runAsMaster(databaseSetupSql({ role: database.auditorUser, purge: 'manual' }));

    const { snapshot, report } = await audit(settings(), 30_000);

    const { sources } = snapshot;
    expect(SOURCES.map((name) => [name, sources[name].status])).toEqual(SOURCES.map((name) => [name, 'ok']));
    expect(sources.server).toMatchObject({ value: { session: { readOnly: true, rowSecurity: false } } });
    if (sources.server.status === 'ok') expect(Math.floor(sources.server.value.versionNumber / 10_000)).toBe(major);
    if (sources['router-settings'].status === 'ok') {
      const { global, team, key } = sources['router-settings'].value;
      expect([global.state, team.state, key.state]).toEqual(['present', 'seen', 'seen']);
    }
    if (sources.litellm.status === 'ok') {
      const { workers, migrations, userConfig } = sources.litellm.value;
      for (const { state } of [workers, migrations, userConfig]) expect(state).not.toBe('failed');
    }
    const missing = report.findings.flatMap(({ missingSources = [] }) => missingSources);
    expect(missing.filter(({ source }) => SOURCES.some((name) => name === source))).toEqual([]);
    expect(JSON.stringify(report)).not.toContain('not to be seen');
  });

  it('is purged and restored exactly', async () => {
    const [before] = await rows();
    const seen = await ask({ action: 'purge' });
    const hash = seen.outcome.outcome === 'dry-run' ? seen.outcome.hash : null;
    if (hash === null) throw new Error(JSON.stringify(seen.outcome));
    const purged = await ask({ action: 'purge', confirm: hash });
    expect(purged).toMatchObject({ outcome: { outcome: 'purged', backup: 1 } });
    expect(await rows()).toEqual([]);

    const restored = await ask({ action: 'restore', backup: 1 });

    expect(restored).toMatchObject({ outcome: { outcome: 'restored' } });
    expect(await rows()).toEqual([before]);
  });
});
