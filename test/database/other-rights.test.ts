import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Ground, ROLE, startGround } from './ground.ts';

const OTHER = 'litellm_legacy';

let ground: Ground;
beforeAll(async () => {
  ground = await startGround();
});
afterAll(() => ground.stop());
beforeEach(async () => {
  await ground.clear();
  await ground.letMasterActAsOwner();
});
afterEach(() =>
  ground.superuser.query(`
    ALTER DEFAULT PRIVILEGES FOR ROLE litellm REVOKE ALL ON SCHEMAS FROM PUBLIC, ${OTHER};
    ALTER DEFAULT PRIVILEGES FOR ROLE litellm REVOKE ALL ON TABLES FROM PUBLIC, ${OTHER};
    ALTER DEFAULT PRIVILEGES FOR ROLE litellm REVOKE ALL ON SEQUENCES FROM PUBLIC, ${OTHER};
    ALTER DEFAULT PRIVILEGES FOR ROLE litellm REVOKE ALL ON FUNCTIONS FROM ${OTHER}`),
);

/** Every right on the auditor's schema and on what is in it that somebody other than the owner has: `grantee privilege object`. */
async function rightsOfOthers(): Promise<unknown> {
  return ground.value(`
    SELECT COALESCE(array_agg(each ORDER BY each), '{}') AS value FROM (
    SELECT DISTINCT format('%s %s', CASE e.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(e.grantee) END, held.object) AS each
      FROM (SELECT 'schema' AS object, nspacl AS acl, nspowner AS owner FROM pg_namespace WHERE nspname = 'litellm_auditor'
            UNION ALL
            SELECT relname::text, COALESCE(relacl, acldefault('r', relowner)), relowner FROM pg_class
             WHERE relnamespace = 'litellm_auditor'::regnamespace AND relkind IN ('r', 'S')
            UNION ALL
            SELECT relname || '.' || attname, attacl, relowner FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid
             WHERE relnamespace = 'litellm_auditor'::regnamespace AND attacl IS NOT NULL
            UNION ALL
            SELECT proname::text, COALESCE(proacl, acldefault('f', proowner)), proowner FROM pg_proc
             WHERE pronamespace = 'litellm_auditor'::regnamespace) AS held
     CROSS JOIN LATERAL aclexplode(held.acl) AS e
     WHERE e.grantee <> held.owner) AS found`);
}

const OWN = [
  `${ROLE} global_router_settings`,
  `${ROLE} key_router_settings`,
  `${ROLE} schema`,
  `${ROLE} team_router_settings`,
  `${ROLE} user_config_requests`,
];

describe("nobody else's right on the auditor's schema survives the setup script", () => {
  it('when default privileges give them', async () => {
    await ground.superuser.query(`
      ALTER DEFAULT PRIVILEGES FOR ROLE litellm GRANT ALL ON SCHEMAS TO PUBLIC, ${OTHER};
      ALTER DEFAULT PRIVILEGES FOR ROLE litellm GRANT ALL ON TABLES TO PUBLIC, ${OTHER};
      ALTER DEFAULT PRIVILEGES FOR ROLE litellm GRANT ALL ON SEQUENCES TO PUBLIC, ${OTHER};
      ALTER DEFAULT PRIVILEGES FOR ROLE litellm GRANT ALL ON FUNCTIONS TO ${OTHER}`);

    await ground.run('master');

    expect(await rightsOfOthers()).toEqual(OWN);
    expect(await ground.purgesAllowed(OTHER)).toEqual([false, false, false]);
  });

  it('when somebody granted them after the script ran, and it runs again', async () => {
    await ground.run('master', { purge: 'manual' });
    await ground.superuser.query(
      `
      GRANT ALL ON SCHEMA litellm_auditor TO PUBLIC, ${OTHER};
      GRANT ALL ON ALL TABLES IN SCHEMA litellm_auditor TO PUBLIC, ${OTHER} WITH GRANT OPTION;
      GRANT SELECT (param_value) ON litellm_auditor.router_settings_backup TO ${OTHER};
      GRANT ALL ON ALL SEQUENCES IN SCHEMA litellm_auditor TO ${OTHER};
      GRANT ALL ON ALL FUNCTIONS IN SCHEMA litellm_auditor TO PUBLIC;
      GRANT ALL ON ALL FUNCTIONS IN SCHEMA litellm_auditor TO ${OTHER} WITH GRANT OPTION;
      SET ROLE ${OTHER};
      GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA litellm_auditor TO rds_superuser;
      RESET ROLE`.replace('TO PUBLIC, litellm_legacy WITH GRANT OPTION', `TO ${OTHER} WITH GRANT OPTION`),
    );

    await ground.run('master');

    expect(await rightsOfOthers()).toEqual(OWN);
  });

  it('when another role was the auditor before', async () => {
    await ground.run('master', { role: 'other_auditor', purge: 'manual' });

    await ground.run('master');

    expect(await rightsOfOthers()).toEqual(OWN);
  });

  it.each([
    ['a table', 'CREATE TABLE litellm_auditor.reports (a int)'],
    ['a function', `CREATE FUNCTION litellm_auditor.report() RETURNS int LANGUAGE sql AS 'SELECT 1'`],
  ])('and a schema that somebody uses for %s is refused, since what uses it would stop', async (_name, statement) => {
    await ground.superuser.query(
      `CREATE SCHEMA litellm_auditor AUTHORIZATION litellm; GRANT USAGE ON SCHEMA litellm_auditor TO ${OTHER}`,
    );
    await ground.superuser.query(statement);

    await expect(ground.run('master')).rejects.toThrow(/which is not the auditor's. Nothing was changed/);

    expect(await rightsOfOthers()).toContain(`${OTHER} schema`);
  });
});
