import { CONFIG_TABLE } from '../../lambda/litellm/tables.ts';
import { BACKUPS_FUNCTION } from '../names.ts';
import { BACKUP_TABLE } from './backup-table.sql.ts';
import type { AuditorFunction } from './function.ts';
import { timeSql } from './take-row.sql.ts';

/** The list of backups, newest first, without values. */
export const BACKUPS: AuditorFunction = {
  name: BACKUPS_FUNCTION,
  parameters: [],
  table: CONFIG_TABLE,
  properties: 'STABLE PARALLEL SAFE',
  body: `
BEGIN
  RETURN jsonb_build_object(
    'total', (SELECT count(*) FROM ${BACKUP_TABLE}),
    'backups', COALESCE((
      SELECT jsonb_agg(jsonb_build_object(
               'backup', b.id, 'at', ${timeSql('b.taken_at')}, 'action', b.action, 'mode', b.mode,
               'requestedBy', b.requested_by, 'hash', b.row_hash, 'keys', to_jsonb(b.key_names),
               'bytes', octet_length(COALESCE(b.param_value::text, '')),
               'restoredAt', ${timeSql('b.restored_at')}) ORDER BY b.id DESC)
        FROM (SELECT * FROM ${BACKUP_TABLE} ORDER BY id DESC LIMIT 50) AS b), '[]'));
END
`,
};
