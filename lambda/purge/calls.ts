import type { z } from 'zod';
import {
  type BackupsAnswer,
  backupsAnswerSchema,
  type PurgeAnswer,
  purgeAnswerSchema,
  type RestoreAnswer,
  restoreAnswerSchema,
} from '../../database/answers.ts';
import { functionName, PURGE_FUNCTIONS } from '../../database/names.ts';
import type { Tuning } from '../settings/tuning.ts';
import { parseAnswer } from '../snapshot/answer.ts';
import type { Call } from './attempt.ts';
import type { Requester } from './operation.ts';

interface Purge extends Requester {
  readonly hash: string;
  readonly loseRoutingPolicy: boolean;
  readonly mode: 'manual' | 'automatic';
}

interface Restore extends Requester {
  readonly backup: number;
  /** Of the row that may be replaced; null: none may. */
  readonly replaces: string | null;
}

/** Where the functions are, and the schema of LiteLLM that they have to be for; they refuse any other. */
type Place = Pick<Tuning, 'auditorSchema' | 'litellmSchema'>;

/** The purge of the row with that hash. */
export function purgeCall(
  { hash, loseRoutingPolicy, mode, requestedBy, requestId }: Purge,
  place: Place,
): Call<PurgeAnswer> {
  return call('write', purgeAnswerSchema, 'purge', place, [hash, loseRoutingPolicy, mode, requestedBy, requestId]);
}

/** The restore of a backup. */
export function restoreCall({ backup, replaces, requestedBy, requestId }: Restore, place: Place): Call<RestoreAnswer> {
  return call('write', restoreAnswerSchema, 'restore', place, [backup, replaces, requestedBy, requestId]);
}

/** The list of backups. */
export function backupsCall(place: Place): Call<BackupsAnswer> {
  return call('read', backupsAnswerSchema, 'backups', place, []);
}

function call<Schema extends z.ZodType>(
  access: Call<unknown>['access'],
  schema: Schema,
  key: keyof typeof PURGE_FUNCTIONS,
  { auditorSchema, litellmSchema }: Place,
  values: readonly unknown[],
): Call<z.output<Schema>> {
  const all = [litellmSchema ?? null, ...values];
  const parameters = all.map((_value, index) => `$${index + 1}`).join(', ');
  const sql = `SELECT ${functionName(auditorSchema, PURGE_FUNCTIONS[key])}(${parameters})`;
  return { access, send: async (connection) => parseAnswer(schema, await connection.value(sql, all)) };
}
