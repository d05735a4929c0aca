DO $setup$
DECLARE
  auditor CONSTANT pg_catalog.name := {{role}};
  auditor_schema CONSTANT pg_catalog.name := {{schema_name}};
  litellm_schema pg_catalog.name := {{litellm_schema}};
  runner CONSTANT pg_catalog.name := CURRENT_USER;
  own_role_hint CONSTANT pg_catalog.text := 'Set "user" in the configuration to a role of its own; this script creates it.';
  owner pg_catalog.name;
  group_role pg_catalog.name;
  found_schemas pg_catalog.name[];
  known_role RECORD;
  is_marked pg_catalog.bool := false;
  signs pg_catalog.text[];
  made_for pg_catalog.text;
  target RECORD;
BEGIN
  SET LOCAL search_path = pg_catalog, pg_temp;

  {{find_litellm}}

  {{role_guard}}

  {{role_part}}

  -- From here on for the owner of LiteLLM's tables or a member of that role: SELECT on single columns, functions that describe the settings
  -- without their values and count requests, and functions that purge and restore the global row, which the auditor {{may}} execute.
  -- From PostgreSQL 16 on, a role can be a member of another and still not act as it, for example of one that it created.
  IF NOT pg_has_role(runner, owner, CASE
       WHEN current_setting('server_version_num')::int4 >= 160000 THEN 'SET' ELSE 'MEMBER' END) THEN
    -- Granting the owner to the runner is not suggested: a member of an rds_iam role may lose its password login.
    RAISE WARNING 'Left to do: LiteLLM''s tables belong to role %, and % cannot act as that role.', owner, runner
      USING HINT = format('Run this script again as %I.', owner);
    RETURN;
  END IF;

  {{schema_part}}

  EXECUTE format('SET LOCAL ROLE %I', owner);

  {{rights}}

  IF to_regnamespace(quote_ident(auditor_schema)) IS NULL THEN
    RESET ROLE;
    RETURN;
  END IF;

  {{tables}}

  -- Each function's body is kept as text, so it depends on no table and LiteLLM's migrations never wait for it. In a body, @table@ and
  -- @table-name@ stand for a table in the schema that was found above, and @schema@ for the name of that schema.
  {{drop_functions}}
{{functions}}

  {{revoke_rights}}

  EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', auditor_schema, auditor);
  {{execute_rights}}
  RESET ROLE;
END
$setup$;
