import { listed } from '../core/text.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { RDS_ROLE } from './clients.ts';

export interface IamUse {
  /** Whether LiteLLM logs in with IAM tokens; `not-seen`: its sessions did not tell. */
  readonly use: 'yes' | 'no' | 'not-seen';
  /** What it was told by. */
  readonly words: string;
}

/** Whether LiteLLM logs in with IAM tokens, by the sessions of its database over the network. */
export function iamUse({ sources: { sessions, connection } }: Snapshot, databaseName: string): IamUse {
  if (sessions.status === 'ok') {
    const own = sessions.value.groups.filter(
      (group) => group.database === databaseName && group.clientAddress !== null && group.user !== RDS_ROLE,
    );
    const users = [...new Set(own.filter((group) => group.iam).map((group) => group.user))];
    if (users.length > 0) return { use: 'yes', words: `yes: ${listed(users)}` };
    const whole = sessions.value.hidden === 0 && sessions.value.groupCount === sessions.value.groups.length;
    if (own.length > 0 && whole) return { use: 'no', words: 'no: none of its sessions is of an IAM user' };
  }
  if (connection.status === 'ok' && connection.value.authentication === 'password') {
    return { use: 'no', words: 'not seen; the auditor itself logged in with a password' };
  }
  return { use: 'not-seen', words: 'not seen: no session of LiteLLM told' };
}
