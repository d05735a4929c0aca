import type { Settings } from '../lambda/settings/settings.ts';
import type { Tuning } from '../lambda/settings/tuning.ts';
import { parseFlags, readSettings, SETTINGS_HELP } from './settings-flags.ts';
import { readTuning } from './tuning-flags.ts';
import { UsageError } from './usage-error.ts';

export const HELP = `Audits the PostgreSQL database of a LiteLLM proxy. It only reads and changes nothing.

  npm run --silent audit -- --url postgres://USER:PASSWORD@HOST:PORT/DATABASE [options]
  npm run --silent audit -- --iam --host HOST --user USER --region REGION [--dbname litellm] [--port 5432] [options]
  npm run --silent audit -- --snapshot FILE [--since FILE] [--proxy-log FILE] [--set NAME=VALUE] [--json]

${SETTINGS_HELP}
  --save-snapshot FILE    also save what was read, to audit it again later or to share it. The file holds addresses, host names, user names
                          and the aliases of teams and keys. It holds no key, no secret, no value of a setting and no query.
  --snapshot FILE         audit a file of --save-snapshot, with the limits that it was saved with, without any connection
  --proxy-log FILE        count what the log of the proxy says of failed connections, in place of the metric filters of the stack; - is the
                          standard input. Only counts are kept: no line leaves this machine or is saved.
  --since FILE            compare with an earlier audit of the same database: a file of --save-snapshot

Exit status: 0 ok or info, 1 warning, 2 critical, 3 unknown or not audited.
`;

export type Command =
  | { readonly kind: 'help' }
  | {
      readonly kind: 'audit';
      readonly settings: Settings;
      readonly json: boolean;
      readonly saveAs?: string;
      /** The file of an earlier audit. */
      readonly since?: string;
      /** A log of the proxy. */
      readonly proxyLog?: string;
    }
  | {
      readonly kind: 'saved';
      readonly file: string;
      readonly json: boolean;
      readonly since?: string;
      readonly proxyLog?: string;
      /** The limits to audit with: those saved with the snapshot, with --set over them. */
      readonly tuning: (saved: Tuning | null) => Tuning;
    };

/** The flags that --snapshot can be used with. */
const SNAPSHOT_FLAGS: readonly string[] = ['snapshot', 'since', 'proxy-log', 'set', 'json'];

/**
 * Reads the shell's arguments.
 * @throws UsageError that names the flag and what is allowed
 */
export function parseCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Command {
  const flags = parseFlags(args, {
    snapshot: { type: 'string' },
    'save-snapshot': { type: 'string' },
    since: { type: 'string' },
    'proxy-log': { type: 'string' },
  });
  if (flags.help) return { kind: 'help' };
  const { json = false, since, 'proxy-log': proxyLog } = flags;
  if (flags.snapshot === undefined) {
    const settings = readSettings(flags, environment);
    return { kind: 'audit', settings, json, saveAs: flags['save-snapshot'], since, proxyLog };
  }
  const unusable = Object.keys(flags).find((name) => !SNAPSHOT_FLAGS.includes(name));
  if (unusable !== undefined) {
    throw new UsageError(
      `--${unusable} cannot be used with --snapshot. Allowed with it: --since, --proxy-log, --set and --json.`,
    );
  }
  // A flag that cannot be used is refused before the file is read.
  readTuning(flags, undefined);
  return {
    kind: 'saved',
    file: flags.snapshot,
    since,
    proxyLog,
    tuning: (saved) => readTuning(flags, undefined, saved),
    json,
  };
}
