import type { z } from 'zod';
import { backupSchema, type PurgeRequest, rowHashSchema } from '../lambda/settings/request.ts';
import type { Settings } from '../lambda/settings/settings.ts';
import { parseFlags, readSettings, SETTINGS_HELP } from './settings-flags.ts';
import { UsageError } from './usage-error.ts';

type Action = PurgeRequest['action'];

const USAGE: Readonly<Record<Action, string>> = {
  purge: `Deletes the global router_settings row and keeps a backup of it. Without --confirm it is a dry run: it changes nothing and shows the
hash to confirm.

  npm run --silent purge -- --url postgres://USER:PASSWORD@HOST:PORT/DATABASE [--confirm HASH [--lose-routing-policy]] [options]

  --confirm HASH          delete the row with this hash; the dry run shows it
  --lose-routing-policy   delete the row even if it holds fallbacks, aliases or routing groups
`,
  restore: `Restores the global router_settings row from a backup.

  npm run --silent restore -- --url postgres://USER:PASSWORD@HOST:PORT/DATABASE --backup NUMBER [--replace HASH] [options]

  --backup NUMBER         restore this backup; the command backups lists them
  --replace HASH          replace the current row if it has this hash; a backup of it is kept too
`,
  backups: `Lists the backups of the global router_settings row, without their values.

  npm run --silent backups -- --url postgres://USER:PASSWORD@HOST:PORT/DATABASE [options]
`,
};

/** The help of one command. */
export function purgeHelp(action: Action): string {
  return `${USAGE[action]}
To log in with an IAM token, give --iam, --host, --user and --region in place of --url. A dry run requires only the rights of an audit. The
setup script grants the other rights: npm run --silent database-setup -- --purge manual

${SETTINGS_HELP}

Exit status: 0 done, shown, or nothing to do; 3 refused or failed.
`;
}

export type PurgeCommand =
  | { readonly kind: 'help' }
  | { readonly kind: 'run'; readonly request: PurgeRequest; readonly settings: Settings; readonly json: boolean };

/**
 * Reads the shell's arguments of one command.
 * @throws UsageError that names the flag and what is allowed
 */
export function parsePurgeCommand(
  action: Action,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): PurgeCommand {
  const command = { kind: 'run' } as const;
  switch (action) {
    case 'purge': {
      const flags = parseFlags(args, { confirm: { type: 'string' }, 'lose-routing-policy': { type: 'boolean' } });
      if (flags.help) return { kind: 'help' };
      const { confirm, 'lose-routing-policy': lose = false, json = false } = flags;
      if (confirm === undefined && lose) throw new UsageError('--lose-routing-policy requires --confirm HASH.');
      const request = {
        action,
        ...(confirm === undefined ? {} : { confirm: parseFlag('--confirm', rowHashSchema, confirm) }),
        ...(lose ? { loseRoutingPolicy: lose } : {}),
      };
      return { ...command, request, settings: readSettings(flags, environment), json };
    }
    case 'restore': {
      const flags = parseFlags(args, { backup: { type: 'string' }, replace: { type: 'string' } });
      if (flags.help) return { kind: 'help' };
      const { backup, replace, json = false } = flags;
      if (backup === undefined) {
        throw new UsageError('--backup is missing. Allowed: the number of a backup, as listed by the command backups.');
      }
      const request = {
        action,
        backup: parseFlag('--backup', backupSchema, Number(backup)),
        ...(replace === undefined ? {} : { replace: parseFlag('--replace', rowHashSchema, replace) }),
      };
      return { ...command, request, settings: readSettings(flags, environment), json };
    }
    case 'backups': {
      const flags = parseFlags(args, {});
      if (flags.help) return { kind: 'help' };
      return {
        ...command,
        request: { action },
        settings: readSettings(flags, environment),
        json: flags.json ?? false,
      };
    }
  }
}

function parseFlag<Schema extends z.ZodType>(flag: string, schema: Schema, value: string | number): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const found = Number.isNaN(value) ? 'not a number' : JSON.stringify(value).slice(0, 80);
  throw new UsageError(`${flag} is ${found}. Allowed: ${parsed.error.issues[0]?.message}.`);
}
