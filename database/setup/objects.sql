-- Part 2, for the owner of LiteLLM's tables or a member of that role: SELECT on single columns, a function that describes the
-- global router_settings row without its values, a function that counts requests with a Router configuration of their own, and
-- functions that purge and restore the row, which the auditor {{may}} execute.
DO $setup$
DECLARE
  auditor CONSTANT pg_catalog.name := {{role}};
  litellm_schema pg_catalog.name := {{litellm_schema}};
  runner CONSTANT pg_catalog.name := CURRENT_USER;
  owner pg_catalog.name;
  target RECORD;
  found_schemas pg_catalog.name[];
BEGIN
  SET LOCAL search_path = pg_catalog, pg_temp;

  {{guard}}

  IF litellm_schema IS NULL THEN
    SELECT array_agg(n.nspname ORDER BY n.nspname) INTO found_schemas
      FROM pg_class AS c
      JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE c.relname = 'LiteLLM_Config' AND c.relkind IN ('r', 'p');
    IF COALESCE(cardinality(found_schemas), 0) <> 1 THEN
      RAISE WARNING 'Nothing was granted: "LiteLLM_Config" was found in % schemas of database % (%).',
        COALESCE(cardinality(found_schemas), 0), current_database(),
        COALESCE(array_to_string(found_schemas, ', '), 'none')
        USING HINT = 'Connect to LiteLLM''s database after LiteLLM has created its tables, or set "litellmSchema" under "tuning" in the configuration.';
      RETURN;
    END IF;
    litellm_schema := found_schemas[1];
  END IF;
  SELECT pg_get_userbyid(c.relowner) INTO owner
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
   WHERE n.nspname = litellm_schema AND c.relname = 'LiteLLM_Config' AND c.relkind IN ('r', 'p');
  IF owner IS NULL THEN
    RAISE WARNING 'Nothing was granted: schema % has no table "LiteLLM_Config".', litellm_schema;
    RETURN;
  END IF;
  -- From PostgreSQL 16 on, a role can be a member of another and still not act as it, for example of one that it created.
  IF NOT pg_has_role(runner, owner, CASE
       WHEN current_setting('server_version_num')::int4 >= 160000 THEN 'SET' ELSE 'MEMBER' END) THEN
    -- Granting the owner to the runner is not suggested: a member of an rds_iam role may lose its password login.
    RAISE WARNING 'Left to do: LiteLLM''s tables belong to role %, and % cannot act as that role.', owner, runner
      USING HINT = format('Run this script again as %I.', owner);
    RETURN;
  END IF;

  IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'litellm_auditor') THEN
    BEGIN
      EXECUTE format('CREATE SCHEMA litellm_auditor AUTHORIZATION %I', owner);
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE WARNING 'Left to do: % cannot create the schema litellm_auditor.', runner
        USING HINT = format('As the owner of the database, run: GRANT CREATE ON DATABASE %I TO %I; then run this script again.',
                                       current_database(), runner);
    END;
  END IF;
  -- Another owner of the schema could put a trigger on the backup table, and it would run as the owner of LiteLLM's tables.
  SELECT pg_get_userbyid(n.nspowner) AS owner INTO target
    FROM pg_namespace AS n WHERE n.nspname = 'litellm_auditor';
  IF target.owner <> owner THEN
    RAISE EXCEPTION 'The schema litellm_auditor belongs to role %, but LiteLLM''s tables belong to %. Nothing was changed.', target.owner, owner
      USING HINT = format('If this auditor created the schema: ALTER SCHEMA litellm_auditor OWNER TO %I, and the same for the table and the functions in it.', owner);
  END IF;

  EXECUTE format('SET LOCAL ROLE %I', owner);

  {{rights}}

  IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'litellm_auditor') THEN
    RESET ROLE;
    RETURN;
  END IF;

  {{backup_table}}

  -- Each function's body is kept as text, so it depends on no table and LiteLLM's migrations never wait for it. In a body, @table@ and
  -- @table-name@ stand for a table in the schema that was found above.
{{functions}}

  EXECUTE format('GRANT USAGE ON SCHEMA litellm_auditor TO %I', auditor);
  {{execute_rights}}
  RESET ROLE;
END
$setup$;
