-- Lists the backups, newest first, without values.
BEGIN
  {{refuse_other_schema}}
  RETURN jsonb_build_object(
    'schema', @schema@, 'outcome', 'listed', 'total', (SELECT count(*) FROM {{schema}}.router_settings_backup),
    'backups', COALESCE((
      SELECT jsonb_agg(jsonb_build_object(
               'backup', b.id, 'at', to_char(b.taken_at AT TIME ZONE 'UTC', {{iso_8601}}), 'action', b.action, 'mode', b.mode,
               'requestedBy', b.requested_by, 'hash', b.row_hash, 'keys', to_jsonb(b.key_names),
               'restoredAt', to_char(b.restored_at AT TIME ZONE 'UTC', {{iso_8601}})) ORDER BY b.id DESC)
        FROM (SELECT * FROM {{schema}}.router_settings_backup ORDER BY id DESC LIMIT 50) AS b), '[]'));
END
