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

/** Whether RDS accepts the IAM tokens of whoever logs in; `not-seen`: CloudWatch does not show it. */
export type TokenLogins = 'fine' | 'failing' | 'not-seen';

/** Below this share, in percent, pools refill by trying again, and a few failures among thousands of logins are no fault of anybody's. Our own choice. */
export const FEW_FAILURES_PERCENT = 5;

/** How the logins with IAM tokens of the last hour went. */
export function tokenLogins({ sources: { cloudwatch } }: Snapshot): TokenLogins {
  const iam = cloudwatch.status === 'ok' ? cloudwatch.value.iam : null;
  if (iam === null) return 'not-seen';
  const failed = iam.failures.reduce((sum, { count }) => sum + count, 0);
  if (iam.requests === null) return failed > 0 ? 'failing' : 'not-seen';
  return failed > 0 && 100 * failed >= FEW_FAILURES_PERCENT * iam.requests ? 'failing' : 'fine';
}
