import { CONFIG_TABLE } from '../../lambda/litellm/tables.ts';
import { globalRowSql } from '../global-row.sql.ts';
import { AUDITOR_SCHEMA, GLOBAL_ROW_FUNCTION } from '../names.ts';
import { BACKUP_TABLE } from './backup-table.sql.ts';
import { type AuditorFunction, TABLE } from './function.ts';
import { timeSql } from './take-row.sql.ts';

/** Describes the global row without its values, and the last purge, which tells whether a row that is there has come back. */
export const GLOBAL_ROW: AuditorFunction = {
  name: `${AUDITOR_SCHEMA}.${GLOBAL_ROW_FUNCTION}`,
  parameters: [],
  table: CONFIG_TABLE,
  properties: 'STABLE PARALLEL SAFE',
  body: `
BEGIN
  RETURN COALESCE((${globalRowSql(TABLE)}), '{"kind": "absent"}') || jsonb_build_object('lastPurge', (
    SELECT jsonb_build_object(
             'backup', b.id, 'at', ${timeSql('b.taken_at')}, 'mode', b.mode, 'hash', b.row_hash,
             'restoredAt', (SELECT ${timeSql('max(r.restored_at)')} FROM ${BACKUP_TABLE} AS r WHERE r.restored_at > b.taken_at))
      FROM ${BACKUP_TABLE} AS b
     WHERE b.action = 'purge'
     ORDER BY b.id DESC
     LIMIT 1));
END
`,
};
