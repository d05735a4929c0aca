-- Where LiteLLM's tables are and who owns them. Without them this is not LiteLLM's database, and nothing is done in it.
IF litellm_schema IS NULL THEN
  SELECT array_agg(n.nspname ORDER BY n.nspname) INTO found_schemas
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
   WHERE c.relname = 'LiteLLM_Config' AND c.relkind IN ('r', 'p');
  IF COALESCE(cardinality(found_schemas), 0) <> 1 THEN
    RAISE WARNING 'Nothing was changed: "LiteLLM_Config" was found in % schemas of database % (%).',
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
  RAISE WARNING 'Nothing was changed: schema % of database % has no table "LiteLLM_Config".', litellm_schema, current_database()
    USING HINT = 'Connect to LiteLLM''s database after LiteLLM has created its tables.';
  RETURN;
END IF;
IF litellm_schema = auditor_schema THEN
  RAISE EXCEPTION 'Schema % is LiteLLM''s own, so it cannot be the auditor''s too. Nothing was changed.', litellm_schema
    USING HINT = 'Set "auditorSchema" under "tuning" in the configuration to another name.';
END IF;
