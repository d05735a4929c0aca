import { escapeLiteral } from 'pg';
import type { SessionGroup } from '../snapshot/snapshot.ts';

/** As the auditor names itself to PostgreSQL. */
export const AUDITOR_APPLICATION = 'litellm-db-auditor';

/** RDS's own role: its sessions stay on the host. */
export const RDS_ROLE = 'rdsadmin';
/** The role of RDS Proxy's own sessions, which monitor the database. */
export const RDS_PROXY_ROLE = 'rdsproxyadmin';

/** Who a session belongs to, as far as PostgreSQL knows: LiteLLM's pool names no application (knowledge/litellm.md section 4). */
export interface Client {
  readonly user: string;
  readonly clientAddress: string | null;
}

export interface Holder extends Client {
  readonly sessions: number;
  readonly idle: number;
}

/** `litellm@10.0.3.17`; the same for the same client in every check. */
export function clientName({ user, clientAddress }: Client): string {
  return `${user || 'unknown user'}@${clientAddress ?? 'no address'}`;
}

/** Puts together what belongs to one client, in the order in which the clients first appear. */
export function byClient<Row extends Client>(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  return Map.groupBy(rows, clientName);
}

/** The clients that hold sessions, largest first. */
export function rankHolders(groups: readonly SessionGroup[]): readonly Holder[] {
  return [...byClient(groups).values()]
    .flatMap((own) => {
      const [first] = own;
      return first ? [{ user: first.user, clientAddress: first.clientAddress, ...counts(own) }] : [];
    })
    .sort((a, b) => b.sessions - a.sessions || (clientName(a) < clientName(b) ? -1 : 1));
}

function counts(groups: readonly SessionGroup[]): { readonly sessions: number; readonly idle: number } {
  const sum = (some: readonly SessionGroup[]) => some.reduce((total, group) => total + group.count, 0);
  return { sessions: sum(groups), idle: sum(groups.filter((group) => group.state === 'idle')) };
}

/** A condition on pg_stat_activity that holds for one client's sessions and no others. */
export function clientCondition({ user, clientAddress }: Client): string {
  const address = clientAddress === null ? 'client_addr IS NULL' : `client_addr = ${escapeLiteral(clientAddress)}`;
  return `usename = ${escapeLiteral(user)} AND ${address}`;
}
