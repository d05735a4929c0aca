-- Describes the global row without its values, and the last purge, which shows whether an existing row has come back.
BEGIN
  {{refuse_other_schema}}
  RETURN COALESCE((
    {{global_row}}), '{"kind": "absent"}') || jsonb_build_object('lastPurge', (
    SELECT jsonb_build_object(
             'backup', b.id, 'at', to_char(b.taken_at AT TIME ZONE 'UTC', {{iso_8601}}), 'mode', b.mode, 'hash', b.row_hash,
             'restoredAt', (SELECT to_char(max(r.restored_at) AT TIME ZONE 'UTC', {{iso_8601}})
                              FROM {{schema}}.router_settings_backup AS r WHERE r.restored_at > b.taken_at))
      FROM {{schema}}.router_settings_backup AS b
     WHERE b.action = 'purge'
     ORDER BY b.id DESC
     LIMIT 1));
END
