-- Rows that were purged or replaced. Their values can hold secrets in clear text, as the row itself did, so nobody but the owner keeps
-- a right on the table, whatever the site's default privileges are.
IF to_regclass('litellm_auditor.router_settings_backup') IS NULL THEN
  CREATE TABLE litellm_auditor.router_settings_backup (
    id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    taken_at timestamptz NOT NULL,
    action text NOT NULL CHECK (action IN ('purge', 'restore')),
    mode text NOT NULL CHECK (mode IN ('manual', 'automatic')),
    requested_by text NOT NULL,
    request_id text NOT NULL,
    row_hash text NOT NULL,
    key_names text[] NOT NULL,
    -- NULL stands for an SQL NULL; a JSON null is stored as 'null'.
    param_value jsonb,
    -- Columns that later versions of LiteLLM add to the table.
    other_columns jsonb NOT NULL,
    restored_at timestamptz,
    restored_by text,
    restore_request_id text
  );
  COMMENT ON TABLE litellm_auditor.router_settings_backup IS
    'Rows of LiteLLM_Config that litellm-db-auditor removed. They can hold secrets: grant nothing on this table.';
END IF;
FOR target IN
  SELECT DISTINCT CASE entry.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(entry.grantee)) END AS grantee
    FROM pg_class AS c
   CROSS JOIN LATERAL aclexplode(c.relacl) AS entry
   WHERE c.oid = to_regclass('litellm_auditor.router_settings_backup') AND entry.grantee <> c.relowner
LOOP
  EXECUTE format('REVOKE ALL ON litellm_auditor.router_settings_backup FROM %s CASCADE', target.grantee);
END LOOP;
