-- These functions are for one LiteLLM schema. A request that names none is clear only where there is no other.
IF litellm_schema IS DISTINCT FROM @schema@ AND (litellm_schema IS NOT NULL OR EXISTS (
  SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
   WHERE c.relname = 'LiteLLM_Config' AND c.relkind IN ('r', 'p') AND n.nspname <> @schema@)) THEN
  RETURN jsonb_build_object('schema', @schema@, 'outcome', 'other-schema');
END IF;
