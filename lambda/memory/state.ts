import * as z from 'zod';
import type { DeepReadonly } from '../core/deep-readonly.ts';
import { STATUSES } from '../core/finding.ts';
import { previousSchema } from '../snapshot/schema/previous.ts';

/** Incremented when a release writes what an older one could not read. */
export const STATE_VERSION = 1;

const statusSchema = z.enum(STATUSES);
const momentSchema = z.iso.datetime();

/** What is wrong: all findings of one check together, since a pod that is replaced makes another finding and no other problem. */
const problemSchema = z.object({
  status: statusSchema,
  /** When it began, the last time. */
  since: momentSchema,
  /** null while it is there. `status` is ok when it has ended, and only then. */
  ended: momentSchema.nullable(),
  /** One sentence of the worst finding; untrusted text. */
  headline: z.string(),
  /** What people were told last, and when; null: nothing. */
  told: z.object({ status: statusSchema, at: momentSchema }).nullable(),
  /** The worst since people were told, so that what came and went is not lost with a message that could not be sent. */
  worst: statusSchema,
  /** When it last began or ended, newest last. */
  turns: z.array(momentSchema),
  /** It begins and ends so often that each time is no news: people are told that once. */
  flapping: z.enum(['no', 'untold', 'told']),
  /** How many audits have seen it since it began. */
  runs: z.number().int().min(0),
  /** Findings of it by fingerprint, with the time of the first. */
  members: z.record(z.string(), momentSchema),
});

const muteSchema = z.object({
  /** A fingerprint or the id of a check. */
  finding: z.string(),
  until: momentSchema,
  why: z.string(),
});

const claimSchema = z.object({ run: z.string(), until: momentSchema });

/** What is remembered of one database between two audits; at most 16 KB. */
export const stateSchema = z.object({
  version: z.literal(STATE_VERSION),
  /** Of the newest audit, by the auditor's clock. */
  lastRun: momentSchema,
  /** By the id of a check, or of a cause about the auditor itself. */
  problems: z.record(z.string(), problemSchema),
  /** Advisories that were told, by name: each once. */
  advisories: z.array(z.string()),
  mutes: z.array(muteSchema),
  /** What was done to the database while its message could not be sent. */
  notices: z.array(z.object({ id: z.string(), at: momentSchema, headline: z.string() })),
  /** The run that is publishing now. It alone may, until that time. */
  claim: claimSchema.nullable(),
  /** What the newest audit saw, for the next one to compare with. */
  previous: previousSchema.nullable(),
});

export type State = DeepReadonly<z.infer<typeof stateSchema>>;
export type Problem = State['problems'][string];
export type Mute = DeepReadonly<z.infer<typeof muteSchema>>;

/** Nothing is remembered yet. */
export function emptyState(now: string): State {
  return {
    version: STATE_VERSION,
    lastRun: now,
    problems: {},
    advisories: [],
    mutes: [],
    notices: [],
    claim: null,
    previous: null,
  };
}
