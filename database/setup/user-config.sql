-- Counts the requests that carry a Router configuration of their own; NULL when the table has no column for it.
BEGIN
  {{refuse_other_schema}}
  IF NOT EXISTS (
    SELECT FROM pg_attribute
     WHERE attrelid = to_regclass(@table-name@) AND attname = 'proxy_server_request' AND NOT attisdropped
  ) THEN
    RETURN NULL;
  END IF;
  RETURN (
    {{user_config}});
END
