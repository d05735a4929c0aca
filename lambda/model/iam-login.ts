import { listed } from '../core/text.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Topology } from './topology.ts';

export interface IamLogin {
  /** Whether LiteLLM logs in with IAM tokens; `not-seen`: its sessions did not show. */
  readonly use: 'yes' | 'no' | 'not-seen';
  /** What shows it. */
  readonly words: string;
}

/** Whether LiteLLM logs in with IAM tokens, by its own sessions alone: a person who does so on psql says nothing about the proxy. */
export function iamLogin({ sources: { sessions, connection } }: Snapshot, topology: Topology | null): IamLogin {
  const clients = topology?.who?.clients ?? [];
  const users = [...new Set(clients.filter(({ iam }) => iam).map(({ user }) => user))];
  if (users.length > 0) return { use: 'yes', words: `yes: ${listed(users)}` };
  // Those that are hidden, or cut off the list, may be of an IAM user.
  const isPartial =
    sessions.status === 'ok' && (sessions.value.hidden > 0 || sessions.value.groupCount > sessions.value.groups.length);
  if (!isPartial && clients.length > 0) return { use: 'no', words: 'no: none of its sessions is of an IAM user' };
  if (!isPartial && connection.status === 'ok' && connection.value.authentication === 'password') {
    return { use: 'no', words: 'not seen; the auditor itself logged in with a password' };
  }
  return { use: 'not-seen', words: 'not seen: no session of LiteLLM shows it' };
}
