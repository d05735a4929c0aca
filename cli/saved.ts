import { readFile, writeFile } from 'node:fs/promises';
import type { Settings, Target } from '../lambda/settings/settings.ts';
import type { Tuning } from '../lambda/settings/tuning.ts';
import { asSource, previousOf } from '../lambda/snapshot/previous.ts';
import { parseSnapshot, SavedSnapshotError, snapshotText } from '../lambda/snapshot/saved.ts';
import type { PreviousSource, ProxyLogSource, Snapshot } from '../lambda/snapshot/snapshot.ts';
import { UsageError } from './usage-error.ts';

/** A snapshot holds addresses and aliases, so that other users of the machine must not read it. */
const OWNER_ONLY = 0o600;

/** @throws UsageError when the file cannot be written */
export async function saveSnapshot(file: string, snapshot: Snapshot): Promise<void> {
  await writeFile(file, snapshotText(snapshot), { mode: OWNER_ONLY }).catch((error: unknown) => {
    throw new UsageError(`--save-snapshot: ${JSON.stringify(file)} cannot be written${errorCode(error)}.`);
  });
}

/**
 * @param flag that names the file, for an error
 * @throws UsageError when the file cannot be read, or is no saved snapshot
 */
export async function loadSnapshot(file: string, flag: '--snapshot' | '--since' = '--snapshot'): Promise<Snapshot> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${flag}: ${JSON.stringify(file)} cannot be read${errorCode(error)}.`);
  });
  try {
    return parseSnapshot(text);
  } catch (error) {
    if (!(error instanceof SavedSnapshotError)) throw error;
    throw new UsageError(`${flag}: ${JSON.stringify(file)} cannot be used. ${error.message}`);
  }
}

/** Where a database is; null: there was no connection, and only its name is known. */
type Place = Pick<Target, 'host' | 'port' | 'databaseName'> | null;

/** The database that an audit is of, and when it is made. */
export interface Audited {
  readonly label: string;
  readonly place: Place;
  readonly takenAt: string;
}

/**
 * What an earlier audit of the same database saw.
 * @throws UsageError when the file cannot be read, is no saved snapshot, is of another database, or is not older
 */
export async function loadPrevious(file: string, { label, place, takenAt }: Audited): Promise<PreviousSource> {
  const earlier = await loadSnapshot(file, '--since');
  const before = placeOf(earlier);
  const isSame =
    before === null || place === null
      ? earlier.database === label
      : before.host === place.host && before.port === place.port && before.databaseName === place.databaseName;
  if (!isSame) {
    throw new UsageError(
      `--since: ${JSON.stringify(file)} is of ${placeText(earlier.database, before)}, and the audit of ${placeText(label, place)}. Allowed: an earlier audit of the same database.`,
    );
  }
  if (Date.parse(earlier.takenAt) >= Date.parse(takenAt)) {
    throw new UsageError(
      `--since: ${JSON.stringify(file)} was taken at ${earlier.takenAt}, and the audit at ${takenAt}. Allowed: an earlier audit of the same database.`,
    );
  }
  return previousOf(earlier);
}

/** Where the database of a snapshot was. */
export function placeOf({ sources: { connection } }: Snapshot): Place {
  return connection.status === 'ok' ? connection.value : null;
}

function placeText(label: string, place: Place): string {
  return place === null ? `the database ${label}` : `the database ${place.databaseName} at ${place.host}:${place.port}`;
}

/** The snapshot with the version that the tuning states, where it states one: it is what the configuration would have stated. */
export function withTuning(snapshot: Snapshot, { litellmVersion }: Tuning): Snapshot {
  return { ...snapshot, configuredVersion: litellmVersion ?? snapshot.configuredVersion };
}

/** The snapshot with what an earlier audit saw; as it was saved where none is given. */
export function withPrevious(snapshot: Snapshot, previous: PreviousSource | undefined): Snapshot {
  if (previous === undefined) return snapshot;
  return { ...snapshot, sources: { ...snapshot.sources, previous: asSource(previous) } };
}

/** The snapshot with the log of the proxy that was given; as it was saved where none is. */
export function withProxyLog(snapshot: Snapshot, log: ProxyLogSource | undefined): Snapshot {
  if (log === undefined) return snapshot;
  return { ...snapshot, sources: { ...snapshot.sources, 'proxy-log': { status: 'ok', durationMs: 0, value: log } } };
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
