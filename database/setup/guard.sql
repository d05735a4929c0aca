-- If LiteLLM's own role were named by mistake, this script would stop its password login and revoke its rights.
IF EXISTS (
  SELECT FROM pg_class AS c
   WHERE c.relname LIKE 'LiteLLM\_%' AND c.relkind IN ('r', 'p')
     AND (has_table_privilege(auditor, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
          OR has_any_column_privilege(auditor, c.oid, 'INSERT, UPDATE'))
) THEN
  RAISE EXCEPTION 'Role % can change LiteLLM''s tables, so it cannot be the auditor''s role. Nothing was changed.', auditor
    USING HINT = 'Set "user" in the configuration to a role of its own; this script creates it.';
END IF;
