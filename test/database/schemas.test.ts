import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { litellmSchemaSql } from '../../sandbox/database/litellm-schema.ts';
import { type Ground, ROLE, startGround } from './ground.ts';

/** What release 0.1.0 printed for the role litellm_auditor, with purge disabled. */
const SETUP_OF_0_1_0 = readFileSync(new URL('setup-0.1.0.sql', import.meta.url), 'utf8');
const PIN = '{"redis_password": "483920"}';

let ground: Ground;
beforeAll(async () => {
  ground = await startGround();
  await ground.superuser.query(litellmSchemaSql({ schema: 'staging', teams: 2, keys: 2 }));
  await ground.superuser.query('RESET ROLE; RESET search_path');
});
afterAll(() => ground.stop());
beforeEach(async () => {
  await ground.clear();
  await ground.letMasterActAsOwner();
});

async function runOf010(litellmSchema: string): Promise<void> {
  const master = await ground.clientFor('master', ground.database.password);
  await master.query(
    SETUP_OF_0_1_0.replace(
      'litellm_schema pg_catalog.name := NULL',
      `litellm_schema pg_catalog.name := '${litellmSchema}'`,
    ),
  );
  await master.end();
}

async function writeRow(text: string): Promise<void> {
  await ground.superuser.query(`DELETE FROM public."LiteLLM_Config" WHERE param_name = 'router_settings'`);
  await ground.superuser.query(`INSERT INTO public."LiteLLM_Config" VALUES ('router_settings', $1)`, [text]);
}

async function hashOfRow(): Promise<unknown> {
  return ground.value(`SELECT litellm_auditor.global_router_settings('public') ->> 'hash' AS value`);
}

describe('the setup script', () => {
  it('does nothing when there are two LiteLLM schemas and none is named', async () => {
    expect(await ground.run('master')).toEqual([
      expect.stringMatching(/Nothing was changed: .* 2 schemas .*public, staging/),
    ]);
    expect(await ground.rightsOf(ROLE)).toBeUndefined();
  });

  it.each([
    ['this release', () => ground.run('master', { litellmSchema: 'public' })],
    ['0.1.0', () => runOf010('public')],
  ])('refuses to replace functions of another schema when they are of %s', async (_release, install) => {
    await install();
    const before = await ground.value(
      `SELECT array_agg(prosrc ORDER BY proname) AS value FROM pg_proc WHERE pronamespace = 'litellm_auditor'::regnamespace`,
    );

    await expect(ground.run('master', { role: 'other_auditor', litellmSchema: 'staging' })).rejects.toThrow(
      /are for the LiteLLM schema public, not for staging. Nothing was changed/,
    );

    expect(
      await ground.value(
        `SELECT array_agg(prosrc ORDER BY proname) AS value FROM pg_proc WHERE pronamespace = 'litellm_auditor'::regnamespace`,
      ),
    ).toEqual(before);
    expect(await ground.rightsOf('other_auditor')).toBeUndefined();
  });

  it("keeps two installations apart when each has an auditor's schema and a role of its own", async () => {
    expect(await ground.run('master', { litellmSchema: 'public', purge: 'manual' })).toEqual([]);
    expect(
      await ground.run('master', {
        role: 'other_auditor',
        litellmSchema: 'staging',
        auditorSchema: 'other_auditor',
        purge: 'manual',
      }),
    ).toEqual([]);

    expect([
      await ground.purgesAllowed(ROLE, 'litellm_auditor'),
      await ground.purgesAllowed('other_auditor', 'other_auditor'),
      await ground.purgesAllowed(ROLE, 'other_auditor'),
      await ground.purgesAllowed('other_auditor', 'litellm_auditor'),
    ]).toEqual([Array(3).fill(true), Array(3).fill(true), Array(3).fill(false), Array(3).fill(false)]);
    for (const name of [
      'global_router_settings',
      'team_router_settings',
      'key_router_settings',
      'user_config_requests',
    ]) {
      expect(await ground.value(`SELECT other_auditor.${name}('public') AS value`)).toEqual({ madeFor: 'staging' });
      expect(await ground.value(`SELECT other_auditor.${name}('staging') AS value`)).not.toHaveProperty('madeFor');
    }
  });

  it("refuses LiteLLM's own schema as the auditor's", async () => {
    await expect(ground.run('master', { litellmSchema: 'staging', auditorSchema: 'staging' })).rejects.toThrow(
      /cannot be the auditor's too/,
    );
  });
});

describe('the hash of the row', () => {
  it('is not one that anybody can find by trying all values, and stays the same when the script runs again', async () => {
    await writeRow(PIN);
    await ground.run('master', { litellmSchema: 'public' });
    const before = await hashOfRow();
    await ground.run('master', { litellmSchema: 'public' });

    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(await hashOfRow()).toBe(before);
    expect(
      await ground.value(
        `
        SELECT bool_or($1 IN (encode(sha256(convert_to(t, 'UTF8')), 'hex'), encode(sha256(sha256(convert_to(t, 'UTF8'))), 'hex'), md5(t))) AS value
          FROM (SELECT format('{"redis_password": "%s"}', lpad(i::text, 6, '0'))::jsonb::text AS t FROM generate_series(483000, 484000) AS i) AS tried`,
        [before],
      ),
    ).toBe(false);
  });

  it('differs between two installations, so that the hash of one purges nothing in the other', async () => {
    await writeRow(PIN);
    await ground.run('master', { litellmSchema: 'public' });
    const first = await hashOfRow();
    await ground.superuser.query('DROP SCHEMA litellm_auditor CASCADE');
    await ground.run('master', { litellmSchema: 'public' });

    expect(await hashOfRow()).not.toBe(first);
  });

  it("has its key where the auditor's role reads nothing, and in no function's body", async () => {
    await ground.run('master', { litellmSchema: 'public', purge: 'automatic' });

    const key = await ground.value(`SELECT encode(hash_key, 'hex') AS value FROM litellm_auditor.installation`);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(
      await ground.value(
        `SELECT bool_or(prosrc LIKE '%' || $1 || '%') AS value FROM pg_proc WHERE pronamespace = 'litellm_auditor'::regnamespace`,
        [key],
      ),
    ).toBe(false);
    expect(
      await ground.value(`SELECT has_any_column_privilege($1, 'litellm_auditor.installation', 'SELECT') AS value`, [
        ROLE,
      ]),
    ).toBe(false);
  });
});

describe('an upgrade from 0.1.0', () => {
  beforeEach(async () => {
    await writeRow(PIN);
    await runOf010('public');
    await ground.superuser.query(`SELECT litellm_auditor.purge_router_settings(r ->> 'hash', true, 'manual', '', 'before')
                                    FROM litellm_auditor.global_router_settings() AS r`);
  });

  it('keeps its role, which has no mark yet, marks it, and takes back what it could read of teams and keys', async () => {
    expect(await ground.rightsOf('litellm_auditor')).toMatchObject({ comment: null });

    expect(await ground.run('master', { role: 'litellm_auditor', litellmSchema: 'public' })).toEqual([]);

    expect(await ground.rightsOf('litellm_auditor')).toMatchObject({ comment: 'the role of litellm-db-auditor' });
    expect(
      await ground.value(`
        SELECT has_any_column_privilege('litellm_auditor', 'public."LiteLLM_TeamTable"', 'SELECT')
            OR has_any_column_privilege('litellm_auditor', 'public."LiteLLM_VerificationToken"', 'SELECT') AS value`),
    ).toBe(false);
  });

  it('leaves one function of each name, and backups that restore and whose hash has a key', async () => {
    const old = await ground.value('SELECT row_hash AS value FROM litellm_auditor.router_settings_backup');
    await ground.run('master', { role: 'litellm_auditor', litellmSchema: 'public' });

    expect(
      await ground.value(
        `SELECT count(*)::int - count(DISTINCT proname)::int AS value FROM pg_proc WHERE pronamespace = 'litellm_auditor'::regnamespace`,
      ),
    ).toBe(0);
    expect(
      JSON.stringify(await ground.value(`SELECT litellm_auditor.router_settings_backups('public') AS value`)),
    ).not.toContain(String(old));
    expect(
      await ground.value(`SELECT litellm_auditor.restore_router_settings('public', 1, NULL, '', '') AS value`),
    ).toMatchObject({
      outcome: 'restored',
      schema: 'public',
    });
    expect(
      await ground.value(
        `SELECT param_value::text AS value FROM public."LiteLLM_Config" WHERE param_name = 'router_settings'`,
      ),
    ).toBe(PIN);
  });
});
