import { SPEND_LOGS_TABLE } from '../../lambda/litellm/tables.ts';
import { AUDITOR_SCHEMA, USER_CONFIG_FUNCTION } from '../names.ts';
import { userConfigSql } from '../user-config.sql.ts';
import { type AuditorFunction, TABLE, TABLE_NAME } from './function.ts';

/** Counts requests that carry a Router configuration of their own; NULL when the table of requests lacks the column. */
export const USER_CONFIG: AuditorFunction = {
  name: `${AUDITOR_SCHEMA}.${USER_CONFIG_FUNCTION}`,
  parameters: [],
  table: SPEND_LOGS_TABLE,
  properties: 'STABLE PARALLEL SAFE',
  body: `
BEGIN
  IF NOT EXISTS (
    SELECT FROM pg_attribute
     WHERE attrelid = to_regclass(${TABLE_NAME}) AND attname = 'proxy_server_request' AND NOT attisdropped
  ) THEN
    RETURN NULL;
  END IF;
  RETURN (${userConfigSql(TABLE)});
END
`,
};
