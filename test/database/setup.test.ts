import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AUDITED_COLUMNS } from '../../lambda/litellm/tables.ts';
import { type Ground, ROLE, startGround } from './ground.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await startGround();
});
afterAll(() => ground.stop());
beforeEach(() => ground.clear());

async function ownersOfObjects(): Promise<string[]> {
  const { rows } = await ground.superuser.query<{ owner: string }>(`
    SELECT DISTINCT pg_get_userbyid(owner) AS owner FROM (
      SELECT nspowner AS owner FROM pg_namespace WHERE nspname = 'litellm_auditor'
      UNION ALL SELECT relowner FROM pg_class WHERE relnamespace = to_regnamespace('litellm_auditor')
      UNION ALL SELECT proowner FROM pg_proc WHERE pronamespace = to_regnamespace('litellm_auditor')) AS o`);
  return rows.map(({ owner }) => owner);
}

describe('the setup script', () => {
  it('makes everything, owned by the owner of the tables, when the master user may act as that one', async () => {
    await ground.letMasterActAsOwner();

    const warnings = await ground.run('master');

    expect(warnings).toEqual([]);
    expect(await ownersOfObjects()).toEqual(['litellm']);
  });

  it('says what is left, and the owner does the rest, when the master user may not act as the owner', async () => {
    const first = await ground.run('master');
    await ground.superuser.query('GRANT CREATE ON DATABASE litellm TO litellm');
    const second = await ground.run('litellm');

    expect(first).toEqual([expect.stringMatching(/Left to do: .* belong to role litellm/)]);
    // The membership that only the master user may give is there already.
    expect(second).toEqual([]);
    expect(await ownersOfObjects()).toEqual(['litellm']);
  });

  it('says what is left when the master user made the owner, and so is its member but may not act as it', async () => {
    await ground.superuser.query('GRANT litellm TO master WITH ADMIN TRUE, INHERIT FALSE, SET FALSE');

    expect(await ground.run('master')).toEqual([
      expect.stringMatching(/Left to do: .* belong to role litellm, and master cannot/),
    ]);
  });

  it('grants the columns, and says what is left, when the owner may not make a schema', async () => {
    await ground.run('master');
    await ground.superuser.query('REVOKE CREATE ON DATABASE litellm FROM litellm');

    expect(await ground.run('litellm')).toEqual([expect.stringMatching(/GRANT CREATE ON DATABASE litellm TO litellm/)]);
  });

  it('says who has to begin when the role is not there and its runner may not make it', async () => {
    await expect(ground.run('litellm')).rejects.toThrow(/does not exist, and litellm cannot create it/);
  });

  it.each(['disabled', 'manual', 'automatic'] as const)(
    'does no harm when it is run twice with purge %s',
    async (purge) => {
      await ground.letMasterActAsOwner();
      await ground.run('master', { purge });
      await ground.superuser.query(`SELECT litellm_auditor.purge_router_settings('public', r->>'hash', true, 'manual', '', 'first')
                             FROM litellm_auditor.global_router_settings('public') AS r`);

      expect(await ground.run('master', { purge })).toEqual([]);
      expect(await ground.purgesAllowed()).toEqual(Array(3).fill(purge !== 'disabled'));
      const { rows } = await ground.superuser.query(
        `SELECT litellm_auditor.restore_router_settings('public', 1, NULL, '', '') AS answer`,
      );
      expect(rows).toMatchObject([{ answer: { outcome: 'restored' } }]);
    },
  );

  it('takes the right to purge back when it is run with purge disabled', async () => {
    await ground.letMasterActAsOwner();
    await ground.run('master', { purge: 'automatic' });
    await ground.run('master');

    expect(await ground.purgesAllowed()).toEqual([false, false, false]);
  });

  it('takes back whatever was granted on the tables before', async () => {
    await ground.letMasterActAsOwner();
    await ground.run('master');
    await ground.superuser.query(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO "auditor of ""prod"""`);
    await ground.superuser.query(`GRANT SELECT (token) ON "LiteLLM_VerificationToken" TO "auditor of ""prod"""`);

    await ground.run('master');

    const { rows } = await ground.superuser.query<{ name: string }>(
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

  it('does nothing when the schema belongs to somebody else, who could put a trigger into it', async () => {
    await ground.letMasterActAsOwner();
    await ground.superuser.query('CREATE SCHEMA litellm_auditor AUTHORIZATION litellm_legacy');

    await expect(ground.run('master')).rejects.toThrow(/belongs to role litellm_legacy/);
  });
});
