import { escapeIdentifier } from 'pg';
import type { Settings } from '../settings/settings.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** A table of LiteLLM, quoted, in the schema that was found; in the configured one or `public` when none was. */
export function litellmTable(name: string, snapshot: Snapshot, settings: Settings): string {
  const { server } = snapshot.sources;
  const seen = server.status === 'ok' ? server.value.litellmSchema : null;
  return `${escapeIdentifier(seen ?? settings.litellmSchema ?? 'public')}.${escapeIdentifier(name)}`;
}
