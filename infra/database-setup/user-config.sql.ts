import { AUDITOR_SCHEMA, SPEND_LOGS_TABLE, USER_CONFIG_FUNCTION } from '../../lambda/litellm/tables.ts';
import { userConfigSql } from '../../lambda/snapshot/litellm/user-config.sql.ts';
import { type AuditorFunction, TABLE, TABLE_NAME } from './function.sql.ts';

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
