import type { Settings, Target } from '../lambda/settings/settings.ts';
import { type Tuning, tuningSchema } from '../lambda/settings/tuning.ts';
import type { SandboxDatabase } from '../sandbox/database/database.ts';

/** How the auditor's role logs in to a sandbox database: by IAM, with TLS checked. */
export function iamTarget(database: SandboxDatabase, changes: Partial<Target> = {}): Target {
  return {
    label: 'sandbox',
    host: database.host,
    port: database.port,
    databaseName: database.databaseName,
    user: database.auditorUser,
    login: { kind: 'iam', region: database.region },
    tls: { mode: 'verify', caFile: database.caFile },
    ...changes,
  };
}

export function settingsFor(target: Target, tuning: Partial<Tuning> = {}): Settings {
  return { ...tuningSchema.parse(tuning), target };
}

/** What the SDK reads its credentials from. */
export function credentialVariables({ credentials }: SandboxDatabase): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken ?? '',
  };
}
