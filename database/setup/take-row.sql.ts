import { keyNamesSql, rowHashSql } from '../global-row.sql.ts';
import { BACKUP_TABLE } from './backup-table.sql.ts';
import { TABLE } from './function.ts';

/** So that whoever holds the auditor's role cannot fill the disk by purging and restoring in turns. Backups in 24 hours. */
const MOST_BACKUPS_A_DAY = 100;
const LONGEST_REQUESTER = 300;
const LONGEST_REQUEST_ID = 200;

/** One purge or restore at a time; readers of the backups are not kept waiting. */
export const ONE_AT_A_TIME_SQL = `LOCK TABLE ${BACKUP_TABLE} IN SHARE ROW EXCLUSIVE MODE;`;

/** What `takeRowSql` and its callers have in common. Takes the parameters requested_by and request_id. */
export const TAKING_VARIABLES_SQL = `
  requester CONSTANT text := left(COALESCE(requested_by, ''), ${LONGEST_REQUESTER});
  request CONSTANT text := left(COALESCE(request_id, ''), ${LONGEST_REQUEST_ID});
  seen_hash text;
  backup bigint;
  taken timestamptz;
  affected bigint;`;

/**
 * PL/pgSQL that moves the row, locked before, to the backups: exactly one row, or an error that undoes everything. Leaves the number of the
 * backup in `backup` and its time in `taken`.
 *
 * @param mode an SQL expression
 */
export function takeRowSql(action: 'purge' | 'restore', mode: string): string {
  return `
  IF (SELECT count(*) FROM ${BACKUP_TABLE} WHERE taken_at > clock_timestamp() - interval '24 hours') >= ${MOST_BACKUPS_A_DAY} THEN
    RAISE EXCEPTION USING ERRCODE = 'program_limit_exceeded',
      MESSAGE = 'The global router_settings row was already taken away ${MOST_BACKUPS_A_DAY} times in 24 hours.';
  END IF;
  INSERT INTO ${BACKUP_TABLE}
    (taken_at, action, mode, requested_by, request_id, row_hash, key_names, param_value, other_columns)
  SELECT clock_timestamp(), '${action}', ${mode}, requester, request,
         ${rowHashSql('c.param_value')}, ${keyNamesSql('c.param_value')},
         c.param_value, to_jsonb(c) - 'param_name' - 'param_value'
    FROM ${TABLE} AS c
   WHERE c.param_name = 'router_settings'
  RETURNING id, taken_at INTO STRICT backup, taken;
  DELETE FROM ${TABLE} WHERE param_name = 'router_settings';
  GET DIAGNOSTICS affected = ROW_COUNT;
  IF affected <> 1 THEN
    RAISE EXCEPTION '% rows were deleted in place of one; everything is undone.', affected;
  END IF;`;
}

/** A time as text, ISO 8601 UTC with milliseconds. */
export function timeSql(value: string): string {
  return `to_char(${value} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
