-- Restores a backup, where no row exists or in place of the row that was named. Every outcome except 'restored' leaves everything unchanged.
#variable_conflict use_column
DECLARE
  wanted {{schema}}.router_settings_backup%ROWTYPE;
  columns text;
  is_present boolean;
  {{take_row_variables}}
BEGIN
  {{refuse_other_schema}}
  -- One purge or restore at a time; readers of the backups do not wait.
  LOCK TABLE {{schema}}.router_settings_backup IN SHARE ROW EXCLUSIVE MODE;
  SELECT b.* INTO wanted FROM {{schema}}.router_settings_backup AS b WHERE b.id = backup_id;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('schema', @schema@, 'outcome', 'no-backup');
  END IF;
  -- The same request again: its answer was lost.
  IF wanted.restore_request_id = request AND request <> '' THEN
    RETURN jsonb_build_object('schema', @schema@, 'outcome', 'already-restored', 'sameRequest', true, 'hash', wanted.row_hash, 'replaced', (
      SELECT max(b.id) FROM {{schema}}.router_settings_backup AS b WHERE b.action = 'restore' AND b.request_id = request));
  END IF;

  SELECT {{row_hash}} INTO seen_hash
    FROM @table@ AS c WHERE c.param_name = 'router_settings' FOR UPDATE;
  is_present := FOUND;
  IF is_present AND seen_hash = wanted.row_hash THEN
    RETURN jsonb_build_object('schema', @schema@, 'outcome', 'already-restored', 'sameRequest', false, 'hash', wanted.row_hash, 'replaced', NULL);
  END IF;
  IF is_present AND replaces_hash IS NULL THEN
    RETURN jsonb_build_object('schema', @schema@, 'outcome', 'row-exists', 'hash', seen_hash);
  END IF;
  IF seen_hash IS DISTINCT FROM replaces_hash THEN
    RETURN jsonb_build_object('schema', @schema@, 'outcome', 'changed', 'hash', seen_hash);
  END IF;
  IF is_present THEN
    {{take_row}}
  END IF;

  -- Columns that were added since the backup get their defaults; columns that were dropped are left out.
  SELECT COALESCE(string_agg(format(', %I', a.attname), '' ORDER BY a.attnum), '') INTO columns
    FROM pg_attribute AS a
   WHERE a.attrelid = @table-name@::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     AND wanted.other_columns ? a.attname;
  EXECUTE format(
    'INSERT INTO %2$s (param_name, param_value%1$s)
     SELECT ''router_settings'', $1%1$s FROM jsonb_populate_record(NULL::%2$s, $2) AS kept
     ON CONFLICT DO NOTHING', columns, @table-name@)
    USING wanted.param_value, wanted.other_columns;
  GET DIAGNOSTICS affected = ROW_COUNT;
  SELECT {{row_hash}} INTO seen_hash FROM @table@ AS c WHERE c.param_name = 'router_settings';
  IF affected = 0 AND FOUND AND NOT is_present THEN
    -- Another session wrote a row at the same moment.
    RETURN jsonb_build_object('schema', @schema@, 'outcome', 'row-exists', 'hash', seen_hash);
  END IF;
  IF affected <> 1 OR seen_hash IS DISTINCT FROM wanted.row_hash THEN
    RAISE EXCEPTION 'The row could not be restored exactly. Everything was rolled back.';
  END IF;
  UPDATE {{schema}}.router_settings_backup SET restored_at = clock_timestamp(), restored_by = requester, restore_request_id = request
   WHERE id = wanted.id;
  RETURN jsonb_build_object('schema', @schema@, 'outcome', 'restored', 'hash', wanted.row_hash, 'replaced', backup);
END
