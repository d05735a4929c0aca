import type { Settings } from '../lambda/settings/settings.ts';
import type { Tuning } from '../lambda/settings/tuning.ts';
import { parseFlags, SETTINGS_HELP, settingsOf, tuningOf } from './settings-flags.ts';
import { UsageError } from './target.ts';

export const HELP = `Audits the PostgreSQL database behind a LiteLLM proxy. It reads only, and changes nothing.

  npm run --silent audit -- --url postgres://USER:PASSWORD@HOST:PORT/DATABASE [options]
  npm run --silent audit -- --iam --host HOST --user USER --region REGION [--dbname litellm] [--port 5432] [options]
  npm run --silent audit -- --snapshot FILE [--set NAME=VALUE] [--json]

${SETTINGS_HELP}
  --save-snapshot FILE    also write what was seen, to judge it again or to hand it on. It holds addresses, host names, user names and the
                          aliases of teams and keys; no key, no secret, no setting's value and no query
  --snapshot FILE         judge what --save-snapshot wrote, and connect to nothing

Exit status: 0 ok or info, 1 warning, 2 critical, 3 unknown or could not audit.
`;

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'audit'; readonly settings: Settings; readonly json: boolean; readonly saveAs?: string }
  | { readonly kind: 'judge'; readonly file: string; readonly tuning: Tuning; readonly json: boolean };

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
  return { kind: 'judge', file: flags.snapshot, tuning: tuningOf(flags, undefined), json };
}
