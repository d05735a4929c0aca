import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DEFAULT_ROLE } from '../database/names.ts';
import { databaseSetupSql } from '../database/setup/script.ts';
import { ConfigError, DEFAULT_CONFIG_FILE, readConfig } from '../infra/config.ts';
import { type Tuning, tuningSchema } from '../lambda/settings/tuning.ts';

const PURGE = tuningSchema.shape.purge.unwrap();

const HELP = `Prints the SQL that creates the auditor's role and grants what an audit reads. It connects to nothing.

  npm run --silent database-setup -- [--config ${DEFAULT_CONFIG_FILE}] [--database LABEL] | psql "host=... dbname=litellm user=..."

Run it in LiteLLM's database as the RDS master user or as the owner of LiteLLM's tables. It is safe to run again; a WARNING shows
what is left to do, and for whom.

  --config FILE      the configuration that has the role's name and LiteLLM's schema; without one, the role is ${DEFAULT_ROLE}
  --database LABEL   which of its databases, if it has several
  --purge MODE       ${PURGE.options.join(', ')}: whether the role may purge and restore the global router_settings row;
                     default: as the configuration says
  --help             print this
`;
const COULD_NOT = 3;

function main(args: readonly string[]): string {
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
  const purge = purgeMode(values.purge);
  // Before there is a configuration: the role that it will name by default.
  if (values.config === undefined && !existsSync(DEFAULT_CONFIG_FILE))
    return databaseSetupSql({ role: DEFAULT_ROLE, purge });
  const { databases } = readConfig(values.config ?? DEFAULT_CONFIG_FILE);
  const labels = Object.keys(databases);
  const label = values.database ?? (labels.length === 1 ? labels[0] : undefined);
  const database = label === undefined ? undefined : databases[label];
  if (database === undefined) {
    throw new ConfigError(
      `${label === undefined ? 'Which database?' : `There is no database ${JSON.stringify(label)}.`} Give --database with one of: ${labels.join(', ')}.`,
    );
  }
  const { litellmSchema } = database.tuning;
  return databaseSetupSql({ role: database.user, litellmSchema, purge: purge ?? database.tuning.purge });
}

function purgeMode(text: string | undefined): Tuning['purge'] | undefined {
  const mode = PURGE.optional().safeParse(text);
  if (mode.success) return mode.data;
  throw new ConfigError(`--purge is ${JSON.stringify(text)}. Allowed: ${PURGE.options.join(', ')}.`);
}

try {
  process.stdout.write(main(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'It failed.'}\n`);
  process.exitCode = COULD_NOT;
}
