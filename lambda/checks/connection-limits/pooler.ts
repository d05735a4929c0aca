import { counted } from '../../core/text.ts';
import type { AddressSharing } from '../../model/address-sharing.ts';
import type { LitellmClients } from '../../model/litellm-clients.ts';
import type { Topology } from '../../model/topology.ts';
import type { ServerSource, Snapshot } from '../../snapshot/snapshot.ts';
import { type Evaluated, incident, risk } from '../check.ts';
import type { PoolerFacts } from './facts.ts';

/** RDS Proxy closes idle connections above half of MaxConnectionsPercent, unless MaxIdleConnectionsPercent says otherwise (RDS user guide). */
const IDLE_SHARE = 1 / 2;
/** So few of them at work, while so many are open, are not shared. Our own choice. */
const BUSY_SHARE = 1 / 10;
/** More than this share of RDS Proxy's connections makes it most. */
const MOST = 1 / 2;

/** What is between LiteLLM and the database, and whether it shares connections; nothing where nothing shows, or where it may be nothing. */
export function evaluatePooler(
  server: ServerSource,
  { who, sharing }: Topology,
  snapshot: Snapshot,
): readonly Evaluated<PoolerFacts>[] {
  if (who === null || sharing === null || sharing.kind === 'crowded') return [];
  const busy = who.clients.reduce((sum, client) => sum + client.busy, 0);
  return [
    sharing.kind === 'rds-proxy'
      ? rdsProxy(server, who, busy, snapshot)
      : incident({
          status: 'info',
          subject: subjectOf(sharing, snapshot),
          summary: `${sharing.reason} What is held per pod cannot be seen here.`,
          facts: { scope: 'pooler', pooler: sharing.kind, sessions: who.sessions, busy, isPinned: 'not-known' },
          advice: [
            { text: 'For connections per pod, look at the pooler itself (in PgBouncer: SHOW POOLS; SHOW CLIENTS).' },
          ],
          uncertainty: { confidence: 'medium', reason: 'A NAT gateway looks the same as a pooler.' },
        }),
  ];
}

function rdsProxy(
  { maxConnections }: ServerSource,
  who: LitellmClients,
  busy: number,
  snapshot: Snapshot,
): Evaluated<PoolerFacts> {
  const { cloudwatch } = snapshot.sources;
  const metrics = cloudwatch.status === 'ok' ? cloudwatch.value.rdsProxy : null;
  const measured = metrics !== null && metrics.pinned !== null && metrics.connections !== null;
  const idle = who.sessions - busy;
  const isPinned = measured
    ? isMost(metrics.pinned ?? 0, metrics.connections ?? 0)
      ? 'yes'
      : 'no'
    : idle > IDLE_SHARE * maxConnections && busy <= BUSY_SHARE * who.sessions
      ? 'probably'
      : 'not-known';
  const facts = {
    scope: 'pooler' as const,
    pooler: 'rds-proxy' as const,
    sessions: who.sessions,
    busy,
    ...(metrics !== null && { rdsProxy: metrics.name }),
    ...(measured && { proxyConnections: metrics.connections ?? 0, pinned: metrics.pinned ?? 0 }),
    isPinned,
  } satisfies PoolerFacts;
  const statement = { subject: subjectOf({ kind: 'rds-proxy' }, snapshot), facts };
  const through = `${counted(who.sessions, 'session')} of LiteLLM ${who.sessions === 1 ? 'comes' : 'come'} through RDS Proxy, ${busy} of them at work`;
  switch (isPinned) {
    case 'yes':
      return risk({
        ...statement,
        status: 'warning',
        summary: `RDS Proxy ${facts.rdsProxy} keeps ${facts.pinned} of its ${facts.proxyConnections} connections for one client each (pinned), so that it shares next to nothing: each connection of a pool takes a slot of the database. ${through}.`,
        advice: ADVICE,
      });
    case 'probably':
      return risk({
        ...statement,
        status: 'warning',
        summary: `${through}, and more are idle than RDS Proxy keeps by itself: it seems to keep one for each client (pinned), so that it shares next to nothing.`,
        advice: [CONFIGURE, ...ADVICE],
        uncertainty: {
          confidence: 'medium',
          reason:
            'By the sessions alone: a higher MaxIdleConnectionsPercent, or a peak that has just ended, looks the same.',
        },
      });
    case 'no':
      return incident({
        ...statement,
        status: 'info',
        summary: `${through}; ${facts.pinned} of its ${facts.proxyConnections} connections are pinned, so that it shares them. What each pod holds cannot be seen here.`,
      });
    case 'not-known':
      return incident({
        ...statement,
        status: 'info',
        summary: `${through}. Whether it shares them, and what each pod holds, cannot be seen here.`,
        advice: [CONFIGURE],
      });
  }
}

function isMost(part: number, all: number): boolean {
  return all > 0 && part > MOST * all;
}

function subjectOf({ kind }: Pick<AddressSharing, 'kind'>, { database }: Snapshot): string {
  return `${kind === 'rds-proxy' ? 'RDS Proxy' : 'pooler'} of ${database}`;
}

const CONFIGURE = {
  text: 'To see how many of its connections are pinned, set rds.proxyName to the name of the RDS Proxy (in a shell: --rds-proxy). If it is set, check the name: its metrics do not exist.',
};

/** Nothing here has to be changed at once, or at RDS Proxy. */
const ADVICE = [
  {
    text: 'Size the pools as if RDS Proxy were not there: database_connection_pool_limit x workers x pods, twice that during a rolling deployment, has to fit the usable slots and the MaxConnectionsPercent of RDS Proxy. Until then deploy in small steps, and add no pods.',
  },
  {
    text: "RDS Proxy pins a connection once a client sets a session variable or prepares a statement by SQL, and Prisma's client sets search_path on each. Where sharing is what RDS Proxy is for, test PgBouncer in transaction mode (database_disable_prepared_statements: true, LiteLLM 1.90.0 and later) before anything is moved.",
  },
  {
    text: 'Where the pools fit and RDS Proxy is there for failovers, this can stay as it is.',
  },
];
