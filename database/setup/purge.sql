-- Moves the row to the backups if it is still the one that was seen. Every outcome except 'purged' leaves everything unchanged.
#variable_conflict use_column
DECLARE
  expected CONSTANT text := expected_hash;
  known RECORD;
  policy text[];
  last_manual_purge timestamptz;
  {{take_row_variables}}
BEGIN
  IF purge_mode IS NULL OR purge_mode NOT IN ('manual', 'automatic') THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'purge_mode must be manual or automatic.';
  END IF;
  {{refuse_other_schema}}
  -- One purge or restore at a time; readers of the backups do not wait.
  LOCK TABLE {{schema}}.router_settings_backup IN SHARE ROW EXCLUSIVE MODE;

  -- The same request again: the event was delivered twice, or the answer was lost.
  SELECT b.* INTO known FROM {{schema}}.router_settings_backup AS b
   WHERE b.action = 'purge' AND b.request_id = request AND request <> '' ORDER BY b.id DESC LIMIT 1;
  IF FOUND THEN
    RETURN jsonb_build_object(
      'schema', @schema@, 'outcome', 'already-purged', 'backup', known.id, 'at', to_char(known.taken_at AT TIME ZONE 'UTC', {{iso_8601}}),
      'requestedBy', known.requested_by, 'sameRequest', true);
  END IF;

  SELECT {{row_hash}},
         {{routing_policy}}
    INTO seen_hash, policy
    FROM @table@ AS c WHERE c.param_name = 'router_settings' FOR UPDATE;
  IF NOT FOUND THEN
    SELECT b.* INTO known FROM {{schema}}.router_settings_backup AS b
     WHERE b.action = 'purge' AND b.row_hash = expected ORDER BY b.id DESC LIMIT 1;
    IF FOUND THEN
      RETURN jsonb_build_object(
        'schema', @schema@, 'outcome', 'already-purged', 'backup', known.id, 'at', to_char(known.taken_at AT TIME ZONE 'UTC', {{iso_8601}}),
        'requestedBy', known.requested_by, 'sameRequest', false);
    END IF;
    RETURN jsonb_build_object('schema', @schema@, 'outcome', 'absent');
  END IF;
  IF seen_hash IS DISTINCT FROM expected THEN
    RETURN jsonb_build_object('schema', @schema@, 'outcome', 'changed', 'hash', seen_hash);
  END IF;
  IF cardinality(policy) > 0 AND (purge_mode = 'automatic' OR lose_routing_policy IS NOT TRUE) THEN
    RETURN jsonb_build_object('schema', @schema@, 'outcome', 'routing-policy', 'keys', to_jsonb(policy));
  END IF;

  IF purge_mode = 'automatic' THEN
    -- The UI or a person wants the row to exist. An automatic purge does not fight either, until a person has purged the row.
    last_manual_purge := COALESCE((SELECT max(b.taken_at) FROM {{schema}}.router_settings_backup AS b
                                    WHERE b.action = 'purge' AND b.mode = 'manual'), '-infinity');
    IF EXISTS (SELECT FROM {{schema}}.router_settings_backup AS b WHERE b.restored_at > last_manual_purge) THEN
      RETURN jsonb_build_object('schema', @schema@, 'outcome', 'automatic-stopped', 'reason', 'restored');
    END IF;
    IF EXISTS (SELECT FROM {{schema}}.router_settings_backup AS b
                WHERE b.action = 'purge' AND b.mode = 'automatic' AND b.taken_at > last_manual_purge) THEN
      RETURN jsonb_build_object('schema', @schema@, 'outcome', 'automatic-stopped', 'reason', 'reappeared');
    END IF;
    IF EXISTS (SELECT FROM {{schema}}.router_settings_backup AS b
                WHERE b.action = 'purge' AND b.mode = 'automatic' AND b.taken_at > clock_timestamp() - interval '24 hours') THEN
      RETURN jsonb_build_object('schema', @schema@, 'outcome', 'automatic-stopped', 'reason', 'once-a-day');
    END IF;
  END IF;

  {{take_row}}
  RETURN jsonb_build_object('schema', @schema@, 'outcome', 'purged', 'backup', backup, 'at', to_char(taken AT TIME ZONE 'UTC', {{iso_8601}}));
END
