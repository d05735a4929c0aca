-- Counts the rows with router_settings and names their holders, without a value; NULL when the table has no such column.
BEGIN
  {{refuse_other_schema}}
  IF NOT EXISTS (
    SELECT FROM pg_attribute
     WHERE attrelid = to_regclass(@table-name@) AND attname = 'router_settings' AND NOT attisdropped
  ) THEN
    RETURN NULL;
  END IF;
  RETURN (
    {{scoped_settings}});
END
