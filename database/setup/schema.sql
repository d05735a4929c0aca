-- The auditor's schema belongs to the owner of LiteLLM's tables, serves one LiteLLM schema, and holds nothing of anyone else.
IF to_regnamespace(quote_ident(auditor_schema)) IS NULL THEN
  BEGIN
    EXECUTE format('CREATE SCHEMA %I AUTHORIZATION %I', auditor_schema, owner);
  EXCEPTION WHEN insufficient_privilege THEN
    RAISE WARNING 'Left to do: % cannot create the schema %.', runner, auditor_schema
      USING HINT = format('As the owner of the database, run: GRANT CREATE ON DATABASE %I TO %I; then run this script again.',
                                     current_database(), runner);
  END;
END IF;
-- Another owner of the schema could put a trigger on the backup table, and it would run as the owner of LiteLLM's tables.
SELECT pg_get_userbyid(n.nspowner) AS owner INTO target
  FROM pg_namespace AS n WHERE n.nspname = auditor_schema;
IF target.owner <> owner THEN
  RAISE EXCEPTION 'The schema % belongs to role %, but LiteLLM''s tables belong to %. Nothing was changed.', auditor_schema, target.owner, owner
    USING HINT = format('If this auditor created the schema: ALTER SCHEMA %I OWNER TO %I, and the same for the tables and the functions in it.', auditor_schema, owner);
END IF;
-- All rights on this schema are revoked below, which must not happen to a schema that somebody uses.
SELECT u.object INTO target FROM (
  SELECT c.oid::regclass::text AS object
    FROM pg_class AS c
   WHERE c.relnamespace = to_regnamespace(quote_ident(auditor_schema)) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
     AND c.relname NOT IN ('router_settings_backup', 'installation')
  UNION ALL
  SELECT p.oid::regprocedure::text
    FROM pg_proc AS p
   WHERE p.pronamespace = to_regnamespace(quote_ident(auditor_schema)) AND p.proname NOT IN ({{function_names}})
  ORDER BY 1
  LIMIT 1) AS u;
IF FOUND THEN
  RAISE EXCEPTION 'The schema % holds %, which is not the auditor''s. Nothing was changed.', auditor_schema, target.object
    USING HINT = 'Set "auditorSchema" under "tuning" in the configuration to a schema of its own; this script creates it.';
END IF;
