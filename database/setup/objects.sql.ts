import pg from 'pg';
import { CONFIG_TABLE } from '../../lambda/litellm/tables.ts';
import { AUDITOR_SCHEMA } from '../names.ts';
import { backupTableSql } from './backup-table.sql.ts';
import { BACKUPS } from './backups.sql.ts';
import { createFunctionSql, executeRightSql, SCHEMA_RIGHT_SQL } from './function.ts';
import { GLOBAL_ROW } from './global-row.sql.ts';
import { GUARD_SQL } from './guard.sql.ts';
import { PURGE } from './purge.sql.ts';
import { RESTORE } from './restore.sql.ts';
import { rightsSql } from './rights.sql.ts';
import { USER_CONFIG } from './user-config.sql.ts';

interface ObjectsOptions {
  readonly role: string;
  readonly litellmSchema: string | undefined;
  readonly mayPurge: boolean;
}

/**
 * Part 2 of the script, for the owner of LiteLLM's tables or a member of that role: rights on single columns, and the schema litellm_auditor with
 * its functions. Everything is made and owned by the tables' owner, as whom the functions run.
 */
export function objectsSql({ role, litellmSchema, mayPurge }: ObjectsOptions): string {
  const always = [GLOBAL_ROW, USER_CONFIG];
  const remedies = [PURGE, RESTORE, BACKUPS];
  return `
-- Part 2, for the owner of LiteLLM's tables or a member of that role: single columns, a function that describes the global
-- router_settings row without its values, one that counts requests with a Router configuration of their own, and functions
-- that purge and restore the row, which the auditor may ${mayPurge ? '' : 'not '}execute.
DO $setup$
DECLARE
  auditor CONSTANT pg_catalog.name := ${pg.escapeLiteral(role)};
  litellm_schema pg_catalog.name := ${litellmSchema === undefined ? 'NULL' : pg.escapeLiteral(litellmSchema)};
  runner CONSTANT pg_catalog.name := CURRENT_USER;
  owner pg_catalog.name;
  target RECORD;
  found_schemas pg_catalog.name[];
BEGIN
  SET LOCAL search_path = pg_catalog, pg_temp;${GUARD_SQL}${findOwnerSql()}${makeSchemaSql()}
  EXECUTE format('SET LOCAL ROLE %I', owner);
${rightsSql()}
  IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = '${AUDITOR_SCHEMA}') THEN
    RESET ROLE;
    RETURN;
  END IF;
${backupTableSql()}${[...always, ...remedies].map(createFunctionSql).join('')}
${SCHEMA_RIGHT_SQL}${always.map((each) => executeRightSql(each, 'grant')).join('')}${remedies
  .map((each) => executeRightSql(each, mayPurge ? 'grant' : 'revoke'))
  .join('')}
  RESET ROLE;
END
$setup$;
`;
}

function findOwnerSql(): string {
  return `
  IF litellm_schema IS NULL THEN
    SELECT array_agg(n.nspname ORDER BY n.nspname) INTO found_schemas
      FROM pg_class AS c
      JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE c.relname = '${CONFIG_TABLE}' AND c.relkind IN ('r', 'p');
    IF COALESCE(cardinality(found_schemas), 0) <> 1 THEN
      RAISE WARNING 'Nothing granted: "${CONFIG_TABLE}" was found in % schemas of database % (%).',
        COALESCE(cardinality(found_schemas), 0), current_database(),
        COALESCE(array_to_string(found_schemas, ', '), 'none')
        USING HINT = 'Connect to the database of LiteLLM, after LiteLLM has made its tables; or name its schema as litellmSchema.';
      RETURN;
    END IF;
    litellm_schema := found_schemas[1];
  END IF;
  SELECT pg_get_userbyid(c.relowner) INTO owner
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
   WHERE n.nspname = litellm_schema AND c.relname = '${CONFIG_TABLE}' AND c.relkind IN ('r', 'p');
  IF owner IS NULL THEN
    RAISE WARNING 'Nothing granted: schema % has no table "${CONFIG_TABLE}".', litellm_schema;
    RETURN;
  END IF;
  -- From PostgreSQL 16 on a role can be a member of another that it may not act as: one that it created, for instance.
  IF NOT pg_has_role(runner, owner, CASE
       WHEN current_setting('server_version_num')::int4 >= 160000 THEN 'SET' ELSE 'MEMBER' END) THEN
    -- A GRANT of the owner to the runner is not proposed: a member of an rds_iam role may lose its password log-in.
    RAISE WARNING 'Left to do: LiteLLM''s tables belong to role %, as which % may not act.', owner, runner
      USING HINT = format('Run this script once more as %I.', owner);
    RETURN;
  END IF;
`;
}

/** A schema of somebody else would let that one put a trigger on the backup table, which would run as the owner of LiteLLM's tables. */
function makeSchemaSql(): string {
  return `
  IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = '${AUDITOR_SCHEMA}') THEN
    BEGIN
      EXECUTE format('CREATE SCHEMA ${AUDITOR_SCHEMA} AUTHORIZATION %I', owner);
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE WARNING 'Left to do: % may not create the schema ${AUDITOR_SCHEMA}.', runner
        USING HINT = format('As the owner of the database: GRANT CREATE ON DATABASE %I TO %I; then run this script again.',
                                       current_database(), runner);
    END;
  END IF;
  SELECT pg_get_userbyid(n.nspowner) AS owner INTO target
    FROM pg_namespace AS n WHERE n.nspname = '${AUDITOR_SCHEMA}';
  IF target.owner <> owner THEN
    RAISE EXCEPTION 'The schema ${AUDITOR_SCHEMA} belongs to role %, not to % as LiteLLM''s tables do. Nothing was done.', target.owner, owner
      USING HINT = format('When it is this auditor''s: ALTER SCHEMA ${AUDITOR_SCHEMA} OWNER TO %1$I, and the same for the table and the functions in it.', owner);
  END IF;
`;
}
