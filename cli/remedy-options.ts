import type { z } from 'zod';
import { backupSchema, type PurgeRequest, rowHashSchema } from '../lambda/settings/request.ts';
import type { Settings } from '../lambda/settings/settings.ts';
import { parseFlags, SETTINGS_HELP, settingsOf } from './settings-flags.ts';
import { UsageError } from './target.ts';

type Action = PurgeRequest['action'];

const WHAT: Readonly<Record<Action, string>> = {
  purge: `Takes the global router_settings row away, and keeps a backup. Without --confirm it is a dry run, which changes nothing and shows what
to confirm.

  npm run --silent purge -- --url postgres://USER:PASSWORD@HOST:PORT/DATABASE [--confirm HASH [--lose-routing-policy]] [options]

  --confirm HASH          the row to purge, by the hash that the dry run shows
  --lose-routing-policy   also when it holds fallbacks, aliases or routing groups
`,
  restore: `Puts a backup of the global router_settings row back.

  npm run --silent restore -- --url postgres://USER:PASSWORD@HOST:PORT/DATABASE --backup NUMBER [--replace HASH] [options]

  --backup NUMBER         as the list of backups shows it
  --replace HASH          the row that is there and may be replaced; it becomes a backup too
`,
  backups: `Lists the backups of the global router_settings row, without their values.

  npm run --silent backups -- --url postgres://USER:PASSWORD@HOST:PORT/DATABASE [options]
`,
};

/** The help of one command. */
export function remedyHelp(action: Action): string {
  return `${WHAT[action]}
With --iam, --host, --user and --region in place of --url it logs in with an IAM token. Whether the role may do it, the database says: see the
set-up script, npm run --silent database-setup.

${SETTINGS_HELP}

Exit status: 0 done, nothing to do, or shown; 3 refused or failed.
`;
}

export type RemedyCommand =
  | { readonly kind: 'help' }
  | { readonly kind: 'remedy'; readonly request: PurgeRequest; readonly settings: Settings; readonly json: boolean };

/**
 * Reads the shell's arguments of one command.
 * @throws UsageError that names the flag and what is allowed
 */
export function parseRemedy(
  action: Action,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): RemedyCommand {
  const command = { kind: 'remedy' } as const;
  switch (action) {
    case 'purge': {
      const flags = parseFlags(args, { confirm: { type: 'string' }, 'lose-routing-policy': { type: 'boolean' } });
      if (flags.help) return { kind: 'help' };
      const { confirm, 'lose-routing-policy': lose = false, json = false } = flags;
      if (confirm === undefined && lose) throw new UsageError('--lose-routing-policy goes only with --confirm.');
      const request = {
        action,
        ...(confirm === undefined ? {} : { confirm: allowed('--confirm', rowHashSchema, confirm) }),
        ...(lose ? { loseRoutingPolicy: lose } : {}),
      };
      return { ...command, request, settings: settingsOf(flags, environment), json };
    }
    case 'restore': {
      const flags = parseFlags(args, { backup: { type: 'string' }, replace: { type: 'string' } });
      if (flags.help) return { kind: 'help' };
      const { backup, replace, json = false } = flags;
      if (backup === undefined)
        throw new UsageError('--backup is missing: the number of a backup, as the list of backups shows it.');
      const request = {
        action,
        backup: allowed('--backup', backupSchema, Number(backup)),
        ...(replace === undefined ? {} : { replace: allowed('--replace', rowHashSchema, replace) }),
      };
      return { ...command, request, settings: settingsOf(flags, environment), json };
    }
    case 'backups': {
      const flags = parseFlags(args, {});
      if (flags.help) return { kind: 'help' };
      return { ...command, request: { action }, settings: settingsOf(flags, environment), json: flags.json ?? false };
    }
  }
}

function allowed<Schema extends z.ZodType>(flag: string, schema: Schema, value: string | number): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const found = Number.isNaN(value) ? 'not a number' : JSON.stringify(value).slice(0, 80);
  throw new UsageError(`${flag} is ${found}; allowed is ${parsed.error.issues[0]?.message}.`);
}
