import type { Settings } from '../lambda/settings/settings.ts';
import type { Tuning } from '../lambda/settings/tuning.ts';
import { parseFlags, SETTINGS_HELP, settingsOf, tuningOf } from './settings-flags.ts';
import { UsageError } from './target.ts';

export const HELP = `Audits the PostgreSQL database behind a LiteLLM proxy. It reads only, and changes nothing.

  npm run --silent audit -- --url postgres://USER:PASSWORD@HOST:PORT/DATABASE [options]
  npm run --silent audit -- --iam --host HOST --user USER --region REGION [--dbname litellm] [--port 5432] [options]
  npm run --silent audit -- --snapshot FILE [--set NAME=VALUE] [--json]

${SETTINGS_HELP}
  --save-snapshot FILE    also write what was seen, to evaluate it again or to hand it on. It holds addresses, host names, user names and the
                          aliases of teams and keys; no key, no secret, no setting's value and no query
  --snapshot FILE         evaluate what --save-snapshot wrote, with the limits it was taken with, and connect to nothing

Exit status: 0 ok or info, 1 warning, 2 critical, 3 unknown or could not audit.
`;

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'audit'; readonly settings: Settings; readonly json: boolean; readonly saveAs?: string }
  | {
      readonly kind: 'evaluate';
      readonly file: string;
      readonly json: boolean;
      /** The limits to evaluate by: those saved with the snapshot, but for what --set says. */
      readonly tuning: (saved: Tuning | null) => Tuning;
    };

/** What goes along with --snapshot. */
const WITH_SNAPSHOT: readonly string[] = ['snapshot', 'set', 'json'];

/**
 * Reads the shell's arguments.
 * @throws UsageError that names the flag and what is allowed
 */
export function parseCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Command {
  const flags = parseFlags(args, { snapshot: { type: 'string' }, 'save-snapshot': { type: 'string' } });
  if (flags.help) return { kind: 'help' };
  const json = flags.json ?? false;
  if (flags.snapshot === undefined) {
    return { kind: 'audit', settings: settingsOf(flags, environment), json, saveAs: flags['save-snapshot'] };
  }
  const idle = Object.keys(flags).find((name) => !WITH_SNAPSHOT.includes(name));
  if (idle !== undefined) throw new UsageError(`--${idle} does not go with --snapshot, which connects to nothing.`);
  // A flag that cannot be used is refused before the file is read.
  tuningOf(flags, undefined);
  return { kind: 'evaluate', file: flags.snapshot, tuning: (saved) => tuningOf(flags, undefined, saved), json };
}
