import * as z from 'zod';

/** The JSON that the functions that purge and restore return; setup/ has the functions. */
const backup = z.number().int().min(1);
const moment = z.iso.datetime();
/** The schema of LiteLLM's tables that the functions are for. */
const schema = z.string();

/** The request is for another schema of LiteLLM, or for none of several. Nothing was done. */
const otherSchema = z.object({ schema, outcome: z.literal('other-schema') });

export const purgeAnswerSchema = z.discriminatedUnion('outcome', [
  otherSchema,
  z.object({ schema, outcome: z.literal('purged'), backup, at: moment }),
  z.object({
    schema,
    outcome: z.literal('already-purged'),
    backup,
    at: moment,
    requestedBy: z.string(),
    /** An event delivered twice, or an answer that was lost. */
    sameRequest: z.boolean(),
  }),
  z.object({ schema, outcome: z.literal('absent') }),
  z.object({ schema, outcome: z.literal('changed'), hash: z.string() }),
  z.object({ schema, outcome: z.literal('routing-policy'), keys: z.array(z.string()) }),
  z.object({
    schema,
    outcome: z.literal('automatic-stopped'),
    /** The row came back after an automatic purge; a person restored it; the last automatic purge is younger than 24 hours. */
    reason: z.enum(['reappeared', 'restored', 'once-a-day']),
  }),
]);

export const restoreAnswerSchema = z.discriminatedUnion('outcome', [
  otherSchema,
  /** `hash`: of the backup's row. `replaced`: the backup of the row that was there. */
  z.object({ schema, outcome: z.literal('restored'), hash: z.string(), replaced: backup.nullable() }),
  z.object({
    schema,
    outcome: z.literal('already-restored'),
    sameRequest: z.boolean(),
    hash: z.string(),
    replaced: backup.nullable(),
  }),
  z.object({ schema, outcome: z.literal('no-backup') }),
  z.object({ schema, outcome: z.literal('row-exists'), hash: z.string() }),
  /** null: the row that was to be replaced is gone. */
  z.object({ schema, outcome: z.literal('changed'), hash: z.string().nullable() }),
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
  restoredAt: moment.nullable(),
});

export const backupsAnswerSchema = z.discriminatedUnion('outcome', [
  otherSchema,
  z.object({
    schema,
    outcome: z.literal('listed'),
    total: z.number().int().min(0),
    /** Newest first, at most 50. */
    backups: z.array(backupSchema),
  }),
]);

export type PurgeAnswer = z.infer<typeof purgeAnswerSchema>;
export type RestoreAnswer = z.infer<typeof restoreAnswerSchema>;
export type BackupsAnswer = z.infer<typeof backupsAnswerSchema>;
export type Backup = z.infer<typeof backupSchema>;
