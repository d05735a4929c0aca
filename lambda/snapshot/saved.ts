import { type Snapshot, snapshotSchema } from './snapshot.ts';
import { upgradeSnapshot } from './upgrade.ts';

/** A text that is no saved snapshot; the message names the place and what is expected there, never what was found. */
export class SavedSnapshotError extends Error {
  override readonly name = 'SavedSnapshotError';
}

/** The text to save a snapshot as. It holds addresses, aliases and names of settings, and no secret, as the snapshot itself. */
export function snapshotText(snapshot: Snapshot): string {
  return `${JSON.stringify(snapshot, null, 2)}\n`;
}

/**
 * Reads a snapshot that this release or an earlier one saved; what an earlier one could not see counts as not seen, and fields that are not known
 * are left out.
 * @throws SavedSnapshotError
 */
export function parseSnapshot(text: string): Snapshot {
  const parsed = snapshotSchema.safeParse(upgradeSnapshot(parseJson(text)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? 'the top level' : issue.path.join('.');
  throw new SavedSnapshotError(
    `It is not a saved snapshot that this version can read: at ${place}, ${issue?.message ?? 'the form differs'}.`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SavedSnapshotError('It is not JSON.');
  }
}
