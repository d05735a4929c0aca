-- Whoever names LiteLLM's own role by mistake would otherwise stop its password log-in and take its rights.
IF EXISTS (
  SELECT FROM pg_class AS c
   WHERE c.relname LIKE 'LiteLLM\_%' AND c.relkind IN ('r', 'p')
     AND (has_table_privilege(auditor, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
          OR has_any_column_privilege(auditor, c.oid, 'INSERT, UPDATE'))
) THEN
  RAISE EXCEPTION 'Role % may change LiteLLM''s tables, so it is no role for an auditor. Nothing was done.', auditor
    USING HINT = 'Name a role of its own as "user" in the configuration; this script makes it.';
END IF;
