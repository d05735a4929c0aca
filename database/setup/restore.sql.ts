import { CONFIG_TABLE } from '../../lambda/litellm/tables.ts';
import { rowHashSql } from '../global-row.sql.ts';
import { RESTORE_FUNCTION } from '../names.ts';
import { BACKUP_TABLE } from './backup-table.sql.ts';
import { type AuditorFunction, TABLE, TABLE_NAME } from './function.ts';
import { ONE_AT_A_TIME_SQL, TAKING_VARIABLES_SQL, takeRowSql } from './take-row.sql.ts';

/** Puts a backup back, into an empty place or in place of the row that was named. Every answer but `restored` has changed nothing. */
export const RESTORE: AuditorFunction = {
  name: RESTORE_FUNCTION,
  parameters: ['backup_id bigint', 'replaces_hash text', 'requested_by text', 'request_id text'],
  table: CONFIG_TABLE,
  properties: 'VOLATILE',
  body: `
#variable_conflict use_column
DECLARE
  wanted ${BACKUP_TABLE}%ROWTYPE;
  columns text;
  is_present boolean;${TAKING_VARIABLES_SQL}
BEGIN
  ${ONE_AT_A_TIME_SQL}
  SELECT b.* INTO wanted FROM ${BACKUP_TABLE} AS b WHERE b.id = backup_id;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('outcome', 'no-backup');
  END IF;
  -- The same request again: its answer was lost.
  IF wanted.restore_request_id = request AND request <> '' THEN
    RETURN jsonb_build_object('outcome', 'already-restored', 'sameRequest', true, 'hash', wanted.row_hash, 'replaced', (
      SELECT max(b.id) FROM ${BACKUP_TABLE} AS b WHERE b.action = 'restore' AND b.request_id = request));
  END IF;

  SELECT ${rowHashSql('c.param_value')} INTO seen_hash
    FROM ${TABLE} AS c WHERE c.param_name = 'router_settings' FOR UPDATE;
  is_present := FOUND;
  IF is_present AND seen_hash = wanted.row_hash THEN
    RETURN jsonb_build_object('outcome', 'already-restored', 'sameRequest', false, 'hash', wanted.row_hash, 'replaced', NULL);
  END IF;
  IF is_present AND replaces_hash IS NULL THEN
    RETURN jsonb_build_object('outcome', 'row-exists', 'hash', seen_hash);
  END IF;
  IF seen_hash IS DISTINCT FROM replaces_hash THEN
    RETURN jsonb_build_object('outcome', 'changed', 'hash', seen_hash);
  END IF;
  IF is_present THEN
${takeRowSql('restore', "'manual'")}
  END IF;

  -- Columns that the table has had since then keep their values; those that are gone by now are left out.
  SELECT COALESCE(string_agg(format(', %I', a.attname), '' ORDER BY a.attnum), '') INTO columns
    FROM pg_attribute AS a
   WHERE a.attrelid = ${TABLE_NAME}::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     AND wanted.other_columns ? a.attname;
  EXECUTE format(
    'INSERT INTO %2$s (param_name, param_value%1$s)
     SELECT ''router_settings'', $1%1$s FROM jsonb_populate_record(NULL::%2$s, $2) AS kept
     ON CONFLICT DO NOTHING', columns, ${TABLE_NAME})
    USING wanted.param_value, wanted.other_columns;
  GET DIAGNOSTICS affected = ROW_COUNT;
  SELECT ${rowHashSql('c.param_value')} INTO seen_hash FROM ${TABLE} AS c WHERE c.param_name = 'router_settings';
  IF affected = 0 AND FOUND AND NOT is_present THEN
    -- Somebody else wrote a row at the same moment.
    RETURN jsonb_build_object('outcome', 'row-exists', 'hash', seen_hash);
  END IF;
  IF affected <> 1 OR seen_hash IS DISTINCT FROM wanted.row_hash THEN
    RAISE EXCEPTION 'The row could not be written as it was; everything is undone.';
  END IF;
  UPDATE ${BACKUP_TABLE} SET restored_at = clock_timestamp(), restored_by = requester, restore_request_id = request
   WHERE id = wanted.id;
  RETURN jsonb_build_object('outcome', 'restored', 'hash', wanted.row_hash, 'replaced', backup);
END
`,
};
