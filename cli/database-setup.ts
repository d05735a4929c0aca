import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DEFAULT_ROLE } from '../database/names.ts';
import { type DatabaseSetupOptions, databaseSetupSql } from '../database/setup/script.ts';
import { ConfigError, DEFAULT_CONFIG_FILE, readConfig } from '../infra/config.ts';
import { allowedAt } from '../infra/config-json-schema.ts';
import {
  auditorSchemaSchema,
  DEFAULT_AUDITOR_SCHEMA,
  postgresNameSchema,
  tuningSchema,
} from '../lambda/settings/tuning.ts';

const PURGE = tuningSchema.shape.purge.unwrap();

const HELP = `Prints the SQL that creates the auditor's role and grants what an audit reads. It connects to nothing.

  npm run --silent database-setup -- [--config ${DEFAULT_CONFIG_FILE}] [--database LABEL] | psql "host=... dbname=litellm user=..."

Run the SQL in LiteLLM's database, as the RDS master user or as the owner of LiteLLM's tables. It is safe to run again. A WARNING in its output
shows what is left to do, and which user can do it. After an ERROR nothing has changed.

  --config FILE      the configuration to take the role's name and the schemas from. The default is ${DEFAULT_CONFIG_FILE}.
                     Without that file the role is ${DEFAULT_ROLE}.
  --database LABEL   the database in the configuration; required if there are several
  --schema NAME      schema of LiteLLM's tables. The default is the one in the configuration, or the only one that there is.
  --auditor-schema NAME
                     schema of the auditor's functions. The default is the one in the configuration, or ${DEFAULT_AUDITOR_SCHEMA}.
  --purge MODE       ${PURGE.options.join(', ')}: whether the role may purge and restore the global router_settings row.
                     The default is the value in the configuration, or disabled.
  --adopt            use the role even if it looks like one that somebody else uses. It then logs in with IAM tokens only, and loses
                     the rights on LiteLLM's tables that an audit does not require.
  --help             print this

Exit status: 0 printed, 3 not printed.
`;
const NOT_PRINTED = 3;

function setupSql(args: readonly string[]): string {
  const { values } = parseArgs({
    args: [...args],
    options: {
      config: { type: 'string' },
      database: { type: 'string' },
      schema: { type: 'string' },
      'auditor-schema': { type: 'string' },
      purge: { type: 'string' },
      adopt: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return HELP;
  const configured = configuredOptions(values.config, values.database);
  const given = {
    litellmSchema: parseFlag('--schema', postgresNameSchema, values.schema, allowedAt(['tuning', 'litellmSchema'])),
    auditorSchema: parseFlag(
      '--auditor-schema',
      auditorSchemaSchema,
      values['auditor-schema'],
      allowedAt(['tuning', 'auditorSchema']),
    ),
    purge: parseFlag('--purge', PURGE, values.purge, PURGE.options.join(', ')),
  };
  return databaseSetupSql({
    role: configured.role,
    litellmSchema: given.litellmSchema ?? configured.litellmSchema,
    auditorSchema: given.auditorSchema ?? configured.auditorSchema,
    purge: given.purge ?? configured.purge,
    adopt: values.adopt,
  });
}

/** What the configuration says of the database; the defaults where there is none. */
function configuredOptions(file: string | undefined, chosen: string | undefined): DatabaseSetupOptions {
  if (file === undefined && !existsSync(DEFAULT_CONFIG_FILE)) {
    if (chosen !== undefined) {
      throw new ConfigError(
        `--database requires a configuration, and there is no ${DEFAULT_CONFIG_FILE}. Give --config FILE too, or leave out --database.`,
      );
    }
    return { role: DEFAULT_ROLE };
  }
  const { databases } = readConfig(file ?? DEFAULT_CONFIG_FILE);
  const labels = Object.keys(databases);
  const label = chosen ?? (labels.length === 1 ? labels[0] : undefined);
  const database = label === undefined || !Object.hasOwn(databases, label) ? undefined : databases[label];
  if (database === undefined) {
    throw new ConfigError(
      `--database is ${label === undefined ? 'missing' : JSON.stringify(label)}. Allowed: one of ${labels.join(', ')}.`,
    );
  }
  const { litellmSchema, auditorSchema, purge } = database.tuning;
  return { role: database.user, litellmSchema, auditorSchema, purge };
}

interface NameSchema<Value> {
  safeParse(text: string): { readonly success: true; readonly data: Value } | { readonly success: false };
}

function parseFlag<Value>(
  flag: string,
  schema: NameSchema<Value>,
  text: string | undefined,
  allowed: string | undefined,
): Value | undefined {
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new ConfigError(`${flag} is ${JSON.stringify(text)}. Allowed: ${allowed}.`);
}

try {
  process.stdout.write(setupSql(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'The setup script could not be printed.'}\n`);
  process.exitCode = NOT_PRINTED;
}
