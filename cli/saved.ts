import { readFile, writeFile } from 'node:fs/promises';
import type { Settings, Target } from '../lambda/settings/settings.ts';
import type { Tuning } from '../lambda/settings/tuning.ts';
import { parseSnapshot, SavedSnapshotError, snapshotText } from '../lambda/snapshot/saved.ts';
import type { Snapshot } from '../lambda/snapshot/snapshot.ts';
import { UsageError } from './usage-error.ts';

/** A snapshot holds addresses and aliases, so that other users of the machine must not read it. */
const OWNER_ONLY = 0o600;

/** @throws UsageError when the file cannot be written */
export async function saveSnapshot(file: string, snapshot: Snapshot): Promise<void> {
  await writeFile(file, snapshotText(snapshot), { mode: OWNER_ONLY }).catch((error: unknown) => {
    throw new UsageError(`--save-snapshot: ${JSON.stringify(file)} cannot be written${errorCode(error)}.`);
  });
}

/** @throws UsageError when the file cannot be read, or is no saved snapshot */
export async function loadSnapshot(file: string): Promise<Snapshot> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`--snapshot: ${JSON.stringify(file)} cannot be read${errorCode(error)}.`);
  });
  try {
    return parseSnapshot(text);
  } catch (error) {
    if (!(error instanceof SavedSnapshotError)) throw error;
    throw new UsageError(`--snapshot: ${JSON.stringify(file)} cannot be used. ${error.message}`);
  }
}

/** The snapshot with the version that the tuning states, where it states one: it is what the configuration would have stated. */
export function withTuning(snapshot: Snapshot, { litellmVersion }: Tuning): Snapshot {
  return { ...snapshot, configuredVersion: litellmVersion ?? snapshot.configuredVersion };
}

/** The settings to audit a saved snapshot with. What it does not hold is in capitals in the commands that are advised. */
export function settingsForSaved({ database, sources }: Snapshot, tuning: Tuning): Settings {
  const { connection, rds } = sources;
  const region = 'REGION';
  const place: Pick<Target, 'host' | 'port' | 'databaseName' | 'user' | 'login' | 'tls'> =
    connection.status === 'ok'
      ? {
          ...connection.value,
          login:
            connection.value.authentication === 'iam' ? { kind: 'iam', region } : { kind: 'password', password: '' },
          tls: { mode: connection.value.tls ? 'verify' : 'off' },
        }
      : {
          host: 'HOST',
          port: 5432,
          databaseName: 'DATABASE',
          user: 'USER',
          login: { kind: 'iam', region },
          tls: { mode: 'verify' },
        };
  return {
    ...tuning,
    target: {
      ...place,
      label: database,
      rds: rds.status === 'ok' ? { kind: rds.value.kind, identifier: rds.value.identifier, region } : undefined,
    },
  };
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
}
