-- Revokes every right on LiteLLM's tables that the auditor itself was ever granted, then grants SELECT on single columns. What PUBLIC has
-- stays as it is.
IF NOT has_schema_privilege(auditor, litellm_schema, 'USAGE') THEN
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', litellm_schema, auditor);
END IF;
IF EXISTS (
  SELECT FROM pg_namespace AS n CROSS JOIN LATERAL aclexplode(n.nspacl) AS entry
   WHERE n.nspname = litellm_schema AND entry.privilege_type = 'CREATE'
     AND entry.grantee = (SELECT oid FROM pg_roles WHERE rolname = auditor)
) THEN
  BEGIN
    EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM %I', litellm_schema, auditor);
  EXCEPTION WHEN insufficient_privilege THEN
    RAISE WARNING 'Left to do as the owner of schema %: REVOKE CREATE ON SCHEMA % FROM %', litellm_schema, litellm_schema, auditor;
  END;
END IF;
FOR target IN
  SELECT c.oid::regclass AS table_name, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = litellm_schema
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
     AND c.relowner = (SELECT oid FROM pg_roles WHERE rolname = owner)
     AND EXISTS (
       SELECT
         FROM (SELECT c.relacl AS acl
               UNION ALL
               SELECT a.attacl FROM pg_attribute AS a WHERE a.attrelid = c.oid) AS held
        CROSS JOIN LATERAL aclexplode(held.acl) AS entry
        WHERE entry.grantee = (SELECT oid FROM pg_roles WHERE rolname = auditor))
LOOP
  EXECUTE format('REVOKE ALL ON %s %s FROM %I CASCADE', target.kind, target.table_name, auditor);
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
