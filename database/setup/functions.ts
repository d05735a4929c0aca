import { CONFIG_TABLE, SPEND_LOGS_TABLE } from '../../lambda/litellm/tables.ts';
import { globalRowSql, keyNamesSql, routingPolicySql, rowHashSql } from '../global-row.sql.ts';
import { AUDIT_FUNCTIONS, functionName, PURGE_FUNCTIONS } from '../names.ts';
import { SCOPES, type Scope, scopedSettingsSql } from '../scoped-settings.sql.ts';
import { userConfigSql } from '../user-config.sql.ts';
import { type AuditorFunction, TABLE } from './create-function.ts';
import { sqlFile } from './sql-file.ts';

/** A time in UTC as to_char writes it, with milliseconds. */
const ISO_8601 = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;
const KEY_NAMES = keyNamesSql('c.param_value');
const ROUTING_POLICY = routingPolicySql('c.param_value');
const LITELLM_SCHEMA = 'litellm_schema text';

/**
 * The hash of the row `c`, with the key of the installation.
 * @param schema the auditor's, quoted
 */
export function installedRowHashSql(schema: string): string {
  return rowHashSql('c.param_value', `(SELECT i.hash_key FROM ${schema}.installation AS i)`);
}

/**
 * What an audit reads.
 * @param auditorSchema its name
 * @param schema the same, quoted
 */
export function auditFunctions(auditorSchema: string, schema: string): readonly AuditorFunction[] {
  const common = {
    parameters: [LITELLM_SCHEMA],
    properties: 'STABLE PARALLEL SAFE',
  } as const;
  const refuse_other_schema = sqlFile('audit-other-schema.sql');
  const scoped = (scope: Scope): AuditorFunction => ({
    ...common,
    name: functionName(auditorSchema, AUDIT_FUNCTIONS[scope]),
    table: SCOPES[scope].table,
    body: sqlFile('scoped-settings.sql', { refuse_other_schema, scoped_settings: scopedSettingsSql(scope, TABLE) }),
  });
  return [
    {
      ...common,
      name: functionName(auditorSchema, AUDIT_FUNCTIONS.globalRow),
      table: CONFIG_TABLE,
      body: sqlFile('global-row.sql', {
        refuse_other_schema,
        schema,
        global_row: globalRowSql(TABLE, installedRowHashSql(schema)),
        iso_8601: ISO_8601,
      }),
    },
    scoped('team'),
    scoped('key'),
    {
      ...common,
      name: functionName(auditorSchema, AUDIT_FUNCTIONS.userConfig),
      table: SPEND_LOGS_TABLE,
      body: sqlFile('user-config.sql', { refuse_other_schema, user_config: userConfigSql(TABLE) }),
    },
  ];
}

/** What a purge needs, for the same parameters; lambda/purge calls them, ../answers.ts has what they return. */
export function purgeFunctions(auditorSchema: string, schema: string): readonly AuditorFunction[] {
  const refuse_other_schema = sqlFile('purge-other-schema.sql');
  const take_row_variables = sqlFile('take-row-variables.sql');
  const row_hash = installedRowHashSql(schema);
  const common = { schema, refuse_other_schema, row_hash, take_row_variables };
  const takeRow = (action: 'purge' | 'restore', mode: string) =>
    sqlFile('take-row.sql', { schema, action, mode, row_hash, key_names: KEY_NAMES });
  return [
    {
      name: functionName(auditorSchema, PURGE_FUNCTIONS.purge),
      parameters: [
        LITELLM_SCHEMA,
        'expected_hash text',
        'lose_routing_policy boolean',
        'purge_mode text',
        'requested_by text',
        'request_id text',
      ],
      table: CONFIG_TABLE,
      properties: 'VOLATILE',
      body: sqlFile('purge.sql', {
        ...common,
        iso_8601: ISO_8601,
        routing_policy: ROUTING_POLICY,
        take_row: takeRow('purge', 'purge_mode'),
      }),
    },
    {
      name: functionName(auditorSchema, PURGE_FUNCTIONS.restore),
      parameters: [LITELLM_SCHEMA, 'backup_id bigint', 'replaces_hash text', 'requested_by text', 'request_id text'],
      table: CONFIG_TABLE,
      properties: 'VOLATILE',
      body: sqlFile('restore.sql', { ...common, take_row: takeRow('restore', "'manual'") }),
    },
    {
      name: functionName(auditorSchema, PURGE_FUNCTIONS.backups),
      parameters: [LITELLM_SCHEMA],
      table: CONFIG_TABLE,
      properties: 'STABLE PARALLEL SAFE',
      body: sqlFile('backups.sql', { schema, refuse_other_schema, iso_8601: ISO_8601 }),
    },
  ];
}
