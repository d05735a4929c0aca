-- Moves the row, which the caller has locked, to the backups: exactly one row, or an error that undoes everything.
-- The limit keeps a holder of the auditor's role from filling the disk by purging and restoring in turn.
IF (SELECT count(*) FROM {{schema}}.router_settings_backup WHERE taken_at > clock_timestamp() - interval '24 hours') >= 100 THEN
  RAISE EXCEPTION USING ERRCODE = 'program_limit_exceeded',
    MESSAGE = 'The global router_settings row was already removed 100 times in the last 24 hours.';
END IF;
INSERT INTO {{schema}}.router_settings_backup
  (taken_at, action, mode, requested_by, request_id, row_hash, key_names, param_value, other_columns)
SELECT clock_timestamp(), '{{action}}', {{mode}}, requester, request,
       {{row_hash}},
       {{key_names}},
       c.param_value, to_jsonb(c) - 'param_name' - 'param_value'
  FROM @table@ AS c
 WHERE c.param_name = 'router_settings'
RETURNING id, taken_at INTO STRICT backup, taken;
DELETE FROM @table@ WHERE param_name = 'router_settings';
GET DIAGNOSTICS affected = ROW_COUNT;
IF affected <> 1 THEN
  RAISE EXCEPTION '% rows were deleted instead of one. Everything was rolled back.', affected;
END IF;
