import {
  type BackupsAnswer,
  backupsAnswerSchema,
  type PurgeAnswer,
  purgeAnswerSchema,
  type RestoreAnswer,
  restoreAnswerSchema,
} from '../../database/answers.ts';
import { BACKUPS_FUNCTION, PURGE_FUNCTION, RESTORE_FUNCTION } from '../../database/names.ts';
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

/** The purge of the row with that hash. */
export function purgeCall({ hash, loseRoutingPolicy, mode, requestedBy, requestId }: Purge): Call<PurgeAnswer> {
  const values = [hash, loseRoutingPolicy, mode, requestedBy, requestId];
  return {
    access: 'write',
    send: async (connection) =>
      parseAnswer(purgeAnswerSchema, await connection.value(`SELECT ${PURGE_FUNCTION}($1, $2, $3, $4, $5)`, values)),
  };
}

/** The restore of a backup. */
export function restoreCall({ backup, replaces, requestedBy, requestId }: Restore): Call<RestoreAnswer> {
  const values = [backup, replaces, requestedBy, requestId];
  return {
    access: 'write',
    send: async (connection) =>
      parseAnswer(restoreAnswerSchema, await connection.value(`SELECT ${RESTORE_FUNCTION}($1, $2, $3, $4)`, values)),
  };
}

/** The list of backups. */
export const backupsCall: Call<BackupsAnswer> = {
  access: 'read',
  send: async (connection) =>
    parseAnswer(backupsAnswerSchema, await connection.value(`SELECT ${BACKUPS_FUNCTION}()`, [])),
};
