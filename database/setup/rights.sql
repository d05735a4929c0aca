-- Revokes every right on LiteLLM's tables that the auditor was ever granted, then grants SELECT on single columns.
IF NOT has_schema_privilege(auditor, litellm_schema, 'USAGE') THEN
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', litellm_schema, auditor);
END IF;
FOR target IN
  SELECT c.oid::regclass AS table_name
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = litellm_schema
   WHERE c.relkind IN ('r', 'p', 'v', 'm')
     AND c.relowner = (SELECT oid FROM pg_roles WHERE rolname = owner)
     AND EXISTS (
       SELECT
         FROM (SELECT c.relacl AS acl
               UNION ALL
               SELECT a.attacl FROM pg_attribute AS a WHERE a.attrelid = c.oid) AS held
        CROSS JOIN LATERAL aclexplode(held.acl) AS entry
        WHERE entry.grantee = (SELECT oid FROM pg_roles WHERE rolname = auditor))
LOOP
  EXECUTE format('REVOKE ALL ON %s FROM %I', target.table_name, auditor);
END LOOP;
FOR target IN
  SELECT c.oid::regclass AS table_name, a.attname AS column_name
    FROM (VALUES
      {{audited_columns}}) AS wanted (table_name, column_name)
    JOIN pg_class AS c ON c.relname = wanted.table_name
    JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = litellm_schema
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = wanted.column_name AND NOT a.attisdropped
   ORDER BY c.relname, a.attnum
LOOP
  EXECUTE format('GRANT SELECT (%I) ON %s TO %I', target.column_name, target.table_name, auditor);
END LOOP;
