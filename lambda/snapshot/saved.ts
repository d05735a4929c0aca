import * as z from 'zod';
import { routerSettingsSchema } from './litellm/router-settings.ts';
import { serverSchema } from './postgres/server.ts';
import { sessionsSchema } from './postgres/sessions.ts';
import { connectionSchema, litellmSchema } from './saved-database.ts';
import { cloudWatchSchema, failureSchema, proxySchema, rdsSchema } from './saved-outside.ts';
import type { Snapshot } from './snapshot.ts';

const snapshotSchema: z.ZodType<Snapshot> = z.object({
  schemaVersion: z.literal(1),
  database: z.string().min(1),
  takenAt: z.iso.datetime(),
  configuredVersion: z.string().nullable(),
  sources: z.object({
    connection: resultOf(connectionSchema),
    server: resultOf(serverSchema),
    sessions: resultOf(sessionsSchema),
    'router-settings': resultOf(routerSettingsSchema),
    litellm: resultOf(litellmSchema),
    rds: resultOf(rdsSchema),
    cloudwatch: resultOf(cloudWatchSchema),
    proxy: resultOf(proxySchema),
  }),
});

function resultOf<Value>(value: z.ZodType<Value>) {
  const durationMs = z.number().min(0);
  return z.discriminatedUnion('status', [
    z.object({ status: z.literal('ok'), durationMs, value }),
    z.object({ status: z.literal('failed'), durationMs, failure: failureSchema }),
    z.object({
      status: z.literal('skipped'),
      durationMs: z.literal(0),
      reason: z.string(),
      configure: z.string().optional(),
    }),
  ]);
}

/** A text that is no saved snapshot; the message names the place and what is expected there, never what was found. */
export class SavedSnapshotError extends Error {
  override readonly name = 'SavedSnapshotError';
}

/** The text to save a snapshot as. It holds addresses, aliases and names of settings, and no secret, as the snapshot itself. */
export function snapshotText(snapshot: Snapshot): string {
  return `${JSON.stringify(snapshot, null, 2)}\n`;
}

/**
 * Reads a saved snapshot; fields that are not known are left out.
 * @throws SavedSnapshotError
 */
export function parseSnapshot(text: string): Snapshot {
  const parsed = snapshotSchema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? 'the whole' : issue.path.join('.');
  throw new SavedSnapshotError(
    `It is no saved snapshot of this version: at ${place}, ${issue?.message ?? 'the form differs'}.`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SavedSnapshotError('It is not JSON.');
  }
}
