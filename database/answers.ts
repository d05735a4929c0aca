import * as z from 'zod';

/** The JSON that the functions of the schema litellm_auditor return; setup/ has the functions. */
const backup = z.number().int().min(1);
const moment = z.iso.datetime();

export const purgeAnswerSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('purged'), backup, at: moment }),
  z.object({
    outcome: z.literal('already-purged'),
    backup,
    at: moment,
    requestedBy: z.string(),
    /** An event delivered twice, or an answer that was lost. */
    sameRequest: z.boolean(),
  }),
  z.object({ outcome: z.literal('absent') }),
  z.object({ outcome: z.literal('changed'), hash: z.string() }),
  z.object({ outcome: z.literal('routing-policy'), keys: z.array(z.string()) }),
  z.object({
    outcome: z.literal('automatic-stopped'),
    /** The row came back after an automatic purge; a person restored it; the last automatic purge is younger than 24 hours. */
    reason: z.enum(['reappeared', 'restored', 'once-a-day']),
  }),
]);

export const restoreAnswerSchema = z.discriminatedUnion('outcome', [
  /** `hash`: of the backup's row. `replaced`: the backup of the row that was there. */
  z.object({ outcome: z.literal('restored'), hash: z.string(), replaced: backup.nullable() }),
  z.object({
    outcome: z.literal('already-restored'),
    sameRequest: z.boolean(),
    hash: z.string(),
    replaced: backup.nullable(),
  }),
  z.object({ outcome: z.literal('no-backup') }),
  z.object({ outcome: z.literal('row-exists'), hash: z.string() }),
  /** null: the row that was to be replaced is gone. */
  z.object({ outcome: z.literal('changed'), hash: z.string().nullable() }),
]);

const backupSchema = z.object({
  backup,
  at: moment,
  /** `restore`: this row was replaced by an older one. */
  action: z.enum(['purge', 'restore']),
  mode: z.enum(['manual', 'automatic']),
  requestedBy: z.string(),
  hash: z.string(),
  /** At most 100. Untrusted text. */
  keys: z.array(z.string()),
  bytes: z.number().int().min(0),
  restoredAt: moment.nullable(),
});

export const backupsAnswerSchema = z.object({
  total: z.number().int().min(0),
  /** Newest first, at most 50. */
  backups: z.array(backupSchema),
});

export type PurgeAnswer = z.infer<typeof purgeAnswerSchema>;
export type RestoreAnswer = z.infer<typeof restoreAnswerSchema>;
export type BackupsAnswer = z.infer<typeof backupsAnswerSchema>;
export type Backup = z.infer<typeof backupSchema>;
