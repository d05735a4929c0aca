import type { Uncertainty } from '../core/uncertainty.ts';
import type { Settings } from '../settings/settings.ts';
import type { ServerSource, SessionGroup, SessionsSource } from '../snapshot/snapshot.ts';
import { byClient, type Client, clientName } from './clients.ts';
import { type PoolCohort, poolCohorts } from './cohorts.ts';
import { type LitellmUsers, litellmUsers, poolApplication } from './litellm-user.ts';

/** The sessions that LiteLLM holds from one address: one pod, as far as addresses show. */
export interface LitellmClient extends Client {
  /** `litellm@10.0.3.17` */
  readonly name: string;
  readonly iam: boolean;
  readonly sessions: number;
  /** At work: in a statement or a transaction. */
  readonly busy: number;
  /** The same user from the same address under another application's name, such as a person's psql. Not among `sessions`; the cohorts cannot tell them apart. */
  readonly otherApplications: number;
  /** Oldest first. */
  readonly cohorts: readonly PoolCohort[];
  /** false: the list of cohorts, which is cut at its newest end, stops before this client's newest. */
  readonly newestSeen: boolean;
}

export interface LitellmClients extends LitellmUsers {
  readonly databaseName: string;
  /** What the pool calls itself; mostly empty. */
  readonly application: string;
  /** Most sessions first. */
  readonly clients: readonly LitellmClient[];
  readonly sessions: number;
}

/** Who of the audited database's clients is LiteLLM; null when none is seen. */
export function litellmClients(
  server: ServerSource,
  sessions: SessionsSource,
  settings: Settings,
): LitellmClients | null {
  const inDatabase = (row: { readonly database: string }) => row.database === settings.target.databaseName;
  // A session without a state is hidden from the role: whose it is can be seen, where it comes from cannot.
  const groups = sessions.groups.filter((group) => inDatabase(group) && group.state !== null);
  const who = litellmUsers(groups, server, settings);
  if (who === null) return null;
  const own = groups.filter(({ user }) => who.users.includes(user));
  const application = poolApplication(own);
  if (application === null) return null;
  const cohorts = byClient(sessions.cohorts.filter(inDatabase));
  const cut = sessions.cohortCount > sessions.cohorts.length;
  const now = Date.parse(server.now);
  const clients = [...byClient(own)]
    .flatMap(([name, mine]) => {
      const seen = cohorts.get(name) ?? [];
      const client = asClient(mine, application, poolCohorts(seen, now));
      return client === null ? [] : [{ ...client, newestSeen: !cut || sum(seen) >= sum(mine) }];
    })
    .sort((a, b) => b.sessions - a.sessions || (a.name < b.name ? -1 : 1));
  return {
    ...who,
    uncertainties: [...who.uncertainties, ...truncation(sessions)],
    databaseName: settings.target.databaseName,
    application,
    clients,
    sessions: clients.reduce((total, client) => total + client.sessions, 0),
  };
}

function asClient(
  groups: readonly SessionGroup[],
  application: string,
  cohorts: readonly PoolCohort[],
): Omit<LitellmClient, 'newestSeen'> | null {
  const pool = groups.filter((group) => group.application === application);
  const [first] = pool;
  if (first === undefined) return null;
  const { user, clientAddress } = first;
  return {
    user,
    clientAddress,
    name: clientName(first),
    iam: pool.some(({ iam }) => iam),
    sessions: sum(pool),
    busy: sum(pool.filter(({ state }) => state !== 'idle')),
    otherApplications: sum(groups) - sum(pool),
    cohorts,
  };
}

function sum(rows: readonly { readonly count: number }[]): number {
  return rows.reduce((total, { count }) => total + count, 0);
}

function truncation({ groups, groupCount }: SessionsSource): readonly Uncertainty[] {
  if (groupCount <= groups.length) return [];
  return [
    {
      confidence: 'medium',
      reason: `Only the ${groups.length} largest of ${groupCount} groups of sessions were read: the counts are lower bounds.`,
    },
  ];
}
