import { CONFIG_TABLE, SPEND_LOGS_TABLE } from '../../lambda/litellm/tables.ts';
import { globalRowSql, keyNamesSql, routingPolicySql, rowHashSql } from '../global-row.sql.ts';
import {
  AUDITOR_SCHEMA,
  BACKUPS_FUNCTION,
  GLOBAL_ROW_FUNCTION,
  PURGE_FUNCTION,
  RESTORE_FUNCTION,
  USER_CONFIG_FUNCTION,
} from '../names.ts';
import { userConfigSql } from '../user-config.sql.ts';
import { type AuditorFunction, TABLE } from './create-function.ts';
import { sqlFile } from './sql-file.ts';

/** A time in UTC as to_char writes it, with milliseconds. */
const ISO_8601 = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;
const ROW_HASH = rowHashSql('c.param_value');
const KEY_NAMES = keyNamesSql('c.param_value');
const ROUTING_POLICY = routingPolicySql('c.param_value');
const TAKE_ROW_VARIABLES = sqlFile('take-row-variables.sql');

/** What an audit reads. */
export const AUDIT_FUNCTIONS: readonly AuditorFunction[] = [
  {
    name: `${AUDITOR_SCHEMA}.${GLOBAL_ROW_FUNCTION}`,
    parameters: [],
    table: CONFIG_TABLE,
    properties: 'STABLE PARALLEL SAFE',
    body: sqlFile('global-row.sql', { global_row: globalRowSql(TABLE), iso_8601: ISO_8601 }),
  },
  {
    name: `${AUDITOR_SCHEMA}.${USER_CONFIG_FUNCTION}`,
    parameters: [],
    table: SPEND_LOGS_TABLE,
    properties: 'STABLE PARALLEL SAFE',
    body: sqlFile('user-config.sql', { user_config: userConfigSql(TABLE) }),
  },
];

/** What a purge needs; lambda/purge calls them, ../answers.ts has what they return. */
export const PURGE_FUNCTIONS: readonly AuditorFunction[] = [
  {
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
    body: sqlFile('purge.sql', {
      iso_8601: ISO_8601,
      row_hash: ROW_HASH,
      routing_policy: ROUTING_POLICY,
      take_row_variables: TAKE_ROW_VARIABLES,
      take_row: sqlFile('take-row.sql', {
        action: 'purge',
        mode: 'purge_mode',
        row_hash: ROW_HASH,
        key_names: KEY_NAMES,
      }),
    }),
  },
  {
    name: RESTORE_FUNCTION,
    parameters: ['backup_id bigint', 'replaces_hash text', 'requested_by text', 'request_id text'],
    table: CONFIG_TABLE,
    properties: 'VOLATILE',
    body: sqlFile('restore.sql', {
      row_hash: ROW_HASH,
      take_row_variables: TAKE_ROW_VARIABLES,
      take_row: sqlFile('take-row.sql', {
        action: 'restore',
        mode: "'manual'",
        row_hash: ROW_HASH,
        key_names: KEY_NAMES,
      }),
    }),
  },
  {
    name: BACKUPS_FUNCTION,
    parameters: [],
    table: CONFIG_TABLE,
    properties: 'STABLE PARALLEL SAFE',
    body: sqlFile('backups.sql', { iso_8601: ISO_8601 }),
  },
];
