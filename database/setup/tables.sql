-- Rows that were purged or replaced. Their values can hold secrets in clear text, as the row itself did, so nobody but the owner keeps
-- a right on the table, whatever the site's default privileges are.
IF to_regclass('{{schema}}.router_settings_backup') IS NULL THEN
  CREATE TABLE {{schema}}.router_settings_backup (
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
  COMMENT ON TABLE {{schema}}.router_settings_backup IS
    'Rows of LiteLLM_Config that litellm-db-auditor removed. They can hold secrets: grant nothing on this table.';
END IF;
-- Which LiteLLM schema the functions are for. A second set for another schema would purge and restore the wrong row.
IF to_regclass('{{schema}}.installation') IS NOT NULL THEN
  SELECT i.litellm_schema INTO made_for FROM {{schema}}.installation AS i;
ELSE
  -- Release 0.1.0 kept no record; its function names the table.
  SELECT CASE WHEN strpos(p.prosrc, format(' FROM %I.%I AS ', litellm_schema, 'LiteLLM_Config')) > 0
              THEN litellm_schema ELSE substring(p.prosrc FROM ' FROM (\S+)\.\S*LiteLLM_Config\S* AS ') END
    INTO made_for
    FROM pg_proc AS p
   WHERE p.pronamespace = to_regnamespace('{{schema}}') AND p.proname = '{{global_row_function}}'
   LIMIT 1;
END IF;
IF made_for <> litellm_schema THEN
  RAISE EXCEPTION 'The functions in schema % are for the LiteLLM schema %, not for %. Nothing was changed.', auditor_schema, made_for, litellm_schema
    USING HINT = format('Set "auditorSchema" and "user" under this database in the configuration to others. If schema %s was renamed to %s, first run as its owner: UPDATE %I.installation SET litellm_schema = %L;',
                        made_for, litellm_schema, auditor_schema, litellm_schema);
END IF;
IF to_regclass('{{schema}}.installation') IS NULL THEN
  CREATE TABLE {{schema}}.installation (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    litellm_schema text NOT NULL,
    -- Without it nobody can guess a short value from the hash of its row. It is random and never leaves this table.
    hash_key bytea NOT NULL
  );
  COMMENT ON TABLE {{schema}}.installation IS
    'The schema that the functions of litellm-db-auditor are for, and the key of its hashes: grant nothing on this table.';
  -- gen_random_uuid() is the strong random source that PostgreSQL has without an extension.
  INSERT INTO {{schema}}.installation (litellm_schema, hash_key)
  VALUES (litellm_schema, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
                              || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
  -- The hashes of release 0.1.0 had no key.
  UPDATE {{schema}}.router_settings_backup AS c SET row_hash = {{row_hash}};
END IF;
COMMENT ON SCHEMA {{schema}} IS {{revision}};
