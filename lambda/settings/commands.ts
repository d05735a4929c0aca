import type { Advice } from '../core/finding.ts';
import { shellWord } from '../core/text.ts';
import type { PurgeRequest } from './request.ts';
import type { Settings, Target } from './settings.ts';
import { DEFAULT_AUDITOR_SCHEMA, type Tuning } from './tuning.ts';

/** The steps that start an operation: the event for the function, and the same from a shell. `text` says what for. */
export function stepsToRun(text: string, request: PurgeRequest, settings: Settings): readonly Advice[] {
  return [
    {
      text: `${text}, test the auditor's function in the Lambda console with this event:`,
      command: JSON.stringify(request),
    },
    {
      text: 'Or from a shell that reaches the database, in a checkout of litellm-db-auditor:',
      command: `npm run --silent ${request.action} -- ${[...targetFlags(settings.target), ...schemaFlags(settings), ...requestFlags(request)].join(' ')}`,
    },
  ];
}

/** What purge and restore require; the same whichever part of it is missing. */
export const ENABLE_PURGE: Advice = {
  text: 'Unless it is so already, set "purge" to "manual" or "automatic" under "tuning" in the configuration and deploy it. Then run the setup script, which installs the functions and lets the role execute them. It is safe to run again:',
  command: 'npm run --silent database-setup',
};

function requestFlags(request: PurgeRequest): readonly string[] {
  switch (request.action) {
    case 'purge':
      return [
        ...(request.confirm === undefined ? [] : ['--confirm', request.confirm]),
        ...(request.loseRoutingPolicy ? ['--lose-routing-policy'] : []),
      ];
    case 'restore':
      return [
        '--backup',
        String(request.backup),
        ...(request.replace === undefined ? [] : ['--replace', request.replace]),
      ];
    case 'backups':
      return [];
  }
}

/** A password is never repeated: whoever has the URL has it in a variable. */
function targetFlags({ host, port, databaseName, user, login }: Target): readonly string[] {
  if (login.kind === 'password') return ['--url', '"$DATABASE_URL"'];
  const fields = { host, port: String(port), dbname: databaseName, user, region: login.region };
  return ['--iam', ...Object.entries(fields).flatMap(([name, value]) => [`--${name}`, shellWord(value)])];
}

/** Where the functions are, and what they have to be for: without it, several schemas could be meant. */
function schemaFlags({ litellmSchema, auditorSchema }: Tuning): readonly string[] {
  return [
    ...(litellmSchema === undefined ? [] : ['--schema', shellWord(litellmSchema)]),
    ...(auditorSchema === DEFAULT_AUDITOR_SCHEMA ? [] : ['--auditor-schema', auditorSchema]),
  ];
}
