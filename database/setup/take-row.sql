-- Moves the row, locked before, to the backups: exactly one row, or an error that undoes everything.
-- The limit is so that whoever holds the auditor's role cannot fill the disk by purging and restoring in turns.
IF (SELECT count(*) FROM litellm_auditor.router_settings_backup WHERE taken_at > clock_timestamp() - interval '24 hours') >= 100 THEN
  RAISE EXCEPTION USING ERRCODE = 'program_limit_exceeded',
    MESSAGE = 'The global router_settings row was already taken away 100 times in 24 hours.';
END IF;
INSERT INTO litellm_auditor.router_settings_backup
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
  RAISE EXCEPTION '% rows were deleted in place of one; everything is undone.', affected;
END IF;
