import { CONFIG_TABLE } from '../../lambda/litellm/tables.ts';
import { routingPolicySql, rowHashSql } from '../global-row.sql.ts';
import { PURGE_FUNCTION } from '../names.ts';
import { BACKUP_TABLE } from './backup-table.sql.ts';
import { type AuditorFunction, TABLE } from './function.ts';
import { ONE_AT_A_TIME_SQL, TAKING_VARIABLES_SQL, takeRowSql, timeSql } from './take-row.sql.ts';

/** Moves the row to the backups when it is still the one that was seen. Every answer but `purged` has changed nothing. */
export const PURGE: AuditorFunction = {
  name: PURGE_FUNCTION,
  parameters: [
    'expected_hash text',
    'lose_routing_policy boolean',
    'purge_mode text',
    'requested_by text',
    'request_id text',
  ],
  table: CONFIG_TABLE,
  properties: 'VOLATILE',
  body: `
#variable_conflict use_column
DECLARE
  expected CONSTANT text := expected_hash;
  known RECORD;
  policy text[];
  by_hand timestamptz;${TAKING_VARIABLES_SQL}
BEGIN
  IF purge_mode IS NULL OR purge_mode NOT IN ('manual', 'automatic') THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'The mode of a purge is manual or automatic.';
  END IF;
  ${ONE_AT_A_TIME_SQL}

  -- The same request again: an event delivered twice, or an answer that was lost.
  SELECT b.* INTO known FROM ${BACKUP_TABLE} AS b
   WHERE b.action = 'purge' AND b.request_id = request AND request <> '' ORDER BY b.id DESC LIMIT 1;
  IF FOUND THEN
    RETURN ${alreadyPurged('true')};
  END IF;

  SELECT ${rowHashSql('c.param_value')}, ${routingPolicySql('c.param_value')} INTO seen_hash, policy
    FROM ${TABLE} AS c WHERE c.param_name = 'router_settings' FOR UPDATE;
  IF NOT FOUND THEN
    SELECT b.* INTO known FROM ${BACKUP_TABLE} AS b
     WHERE b.action = 'purge' AND b.row_hash = expected ORDER BY b.id DESC LIMIT 1;
    IF FOUND THEN
      RETURN ${alreadyPurged('false')};
    END IF;
    RETURN jsonb_build_object('outcome', 'absent');
  END IF;
  IF seen_hash IS DISTINCT FROM expected THEN
    RETURN jsonb_build_object('outcome', 'changed', 'hash', seen_hash);
  END IF;
  IF cardinality(policy) > 0 AND (purge_mode = 'automatic' OR lose_routing_policy IS NOT TRUE) THEN
    RETURN jsonb_build_object('outcome', 'routing-policy', 'keys', to_jsonb(policy));
  END IF;

  IF purge_mode = 'automatic' THEN
    -- Somebody wants the row there, the UI or a person: an automatic purge does not fight either, until a person has purged by hand.
    by_hand := COALESCE((SELECT max(b.taken_at) FROM ${BACKUP_TABLE} AS b WHERE b.action = 'purge' AND b.mode = 'manual'), '-infinity');
    IF EXISTS (SELECT FROM ${BACKUP_TABLE} AS b WHERE b.restored_at > by_hand) THEN
      RETURN jsonb_build_object('outcome', 'automatic-stopped', 'reason', 'restored');
    END IF;
    IF EXISTS (SELECT FROM ${BACKUP_TABLE} AS b WHERE b.action = 'purge' AND b.mode = 'automatic' AND b.taken_at > by_hand) THEN
      RETURN jsonb_build_object('outcome', 'automatic-stopped', 'reason', 'reappeared');
    END IF;
    IF EXISTS (SELECT FROM ${BACKUP_TABLE} AS b
                WHERE b.action = 'purge' AND b.mode = 'automatic' AND b.taken_at > clock_timestamp() - interval '24 hours') THEN
      RETURN jsonb_build_object('outcome', 'automatic-stopped', 'reason', 'once-a-day');
    END IF;
  END IF;
${takeRowSql('purge', 'purge_mode')}
  RETURN jsonb_build_object('outcome', 'purged', 'backup', backup, 'at', ${timeSql('taken')});
END
`,
};

function alreadyPurged(sameRequest: 'true' | 'false'): string {
  return `jsonb_build_object(
      'outcome', 'already-purged', 'backup', known.id, 'at', ${timeSql('known.taken_at')},
      'requestedBy', known.requested_by, 'sameRequest', ${sameRequest})`;
}
