import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DEFAULT_ROLE } from '../database/names.ts';
import { databaseSetupSql } from '../database/setup/script.ts';
import { ConfigError, DEFAULT_CONFIG_FILE, readConfig } from '../infra/config.ts';
import { type Tuning, tuningSchema } from '../lambda/settings/tuning.ts';

const PURGE = tuningSchema.shape.purge.unwrap();

const HELP = `Prints the SQL that creates the auditor's role and grants what an audit reads. It connects to nothing.

  npm run --silent database-setup -- [--config ${DEFAULT_CONFIG_FILE}] [--database LABEL] | psql "host=... dbname=litellm user=..."

Run the SQL in LiteLLM's database, as the RDS master user or as the owner of LiteLLM's tables. It is safe to run again. A WARNING in its output
shows what is left to do, and which user can do it.

  --config FILE      the configuration to take the role's name and LiteLLM's schema from. The default is ${DEFAULT_CONFIG_FILE}.
                     Without that file the role is ${DEFAULT_ROLE}.
  --database LABEL   the database in the configuration; required if there are several
  --purge MODE       ${PURGE.options.join(', ')}: whether the role may purge and restore the global router_settings row.
                     The default is the value in the configuration, or disabled.
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
      purge: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return HELP;
  const purge = parsePurgeMode(values.purge);
  if (values.config === undefined && !existsSync(DEFAULT_CONFIG_FILE)) {
    if (values.database !== undefined) {
      throw new ConfigError(
        `--database requires a configuration, and there is no ${DEFAULT_CONFIG_FILE}. Give --config FILE too, or leave out --database.`,
      );
    }
    // The role that a configuration has by default.
    return databaseSetupSql({ role: DEFAULT_ROLE, purge });
  }
  const { databases } = readConfig(values.config ?? DEFAULT_CONFIG_FILE);
  const labels = Object.keys(databases);
  const label = values.database ?? (labels.length === 1 ? labels[0] : undefined);
  const database = label === undefined || !Object.hasOwn(databases, label) ? undefined : databases[label];
  if (database === undefined) {
    throw new ConfigError(
      `--database is ${label === undefined ? 'missing' : JSON.stringify(label)}. Allowed: one of ${labels.join(', ')}.`,
    );
  }
  const { litellmSchema } = database.tuning;
  return databaseSetupSql({ role: database.user, litellmSchema, purge: purge ?? database.tuning.purge });
}

function parsePurgeMode(text: string | undefined): Tuning['purge'] | undefined {
  const mode = PURGE.optional().safeParse(text);
  if (mode.success) return mode.data;
  throw new ConfigError(`--purge is ${JSON.stringify(text)}. Allowed: ${PURGE.options.join(', ')}.`);
}

try {
  process.stdout.write(setupSql(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'The setup script could not be printed.'}\n`);
  process.exitCode = NOT_PRINTED;
}
