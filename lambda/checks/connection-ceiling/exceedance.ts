import type { LitellmClient, LitellmClients } from '../../model/litellm-clients.ts';
import { poolHistory } from '../../model/pool-history.ts';
import type { Topology } from '../../model/topology.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Ceiling } from './ceiling.ts';

/** What explains that a client holds more than its ceiling. */
export type ExceedanceKind =
  /** Pools of different times, of which the older were perhaps replaced and kept: connection-leak counts what is certain. */
  | 'replaced-pools'
  /** A token refresh drops the limit (#33021), and this version does. */
  | 'refresh-drops-limit'
  /** An old version without a configuration file (model/pool-limit.ts). */
  | 'default-of-100'
  /** No more than twice the ceiling: a second engine per worker, for DATABASE_URL_READ_REPLICA on the same server. */
  | 'read-replica-engine'
  /** The number of workers is not counted by heartbeats. */
  | 'more-workers'
  /** One pool that is larger than the limit: the limit does not apply, as with separate gateway and backend. */
  | 'limit-not-applied';

export interface Exceedance {
  /** The kinds that fit what is seen, the likeliest first. */
  readonly fits: readonly ExceedanceKind[];
  readonly sessionsPerWorker: number;
  /** Physical cores with which Prisma's own default (2 x cores + 1) is as many sessions per worker; null for an even number. */
  readonly physicalCores: number | null;
  /** Clients of LiteLLM that hold as many sessions, this one included. */
  readonly clientsWithAsMany: number;
}

/** Compares a client over its ceiling with each known explanation. */
export function explainExceedance(
  client: LitellmClient,
  ceiling: Ceiling,
  topology: Topology,
  { clients }: LitellmClients,
  settings: Settings,
): Exceedance {
  const { limit, deployment, version } = topology;
  const { isOnePool } = poolHistory(client, version, settings);
  const sessionsPerWorker = Math.ceil(client.sessions / deployment.workersPerPod);
  const isOdd = client.sessions % deployment.workersPerPod === 0 && sessionsPerWorker % 2 === 1;
  const physicalCores = isOdd && sessionsPerWorker >= 3 ? (sessionsPerWorker - 1) / 2 : null;
  const clientsWithAsMany = clients.filter(({ sessions }) => sessions === client.sessions).length;
  const standsOut = clients.length > 1 || client.sessions > 2 * ceiling.sessions;
  const fits: readonly (readonly [ExceedanceKind, boolean])[] = [
    ['replaced-pools', !isOnePool],
    ['default-of-100', limit.orElse !== null && sessionsPerWorker <= limit.orElse],
    ['refresh-drops-limit', client.iam && limit.droppedByRefresh !== 'no'],
    // As many on each client, and just what Prisma opens by itself: more telling than what merely leaves room for it.
    ['limit-not-applied', isOnePool && physicalCores !== null && clientsWithAsMany === clients.length && standsOut],
    ['read-replica-engine', isOnePool && client.sessions <= 2 * ceiling.sessions],
    ['more-workers', isOnePool && deployment.workersFrom !== 'heartbeats'],
    ['limit-not-applied', isOnePool],
  ];
  return {
    fits: [...new Set(fits.flatMap(([kind, holds]) => (holds ? [kind] : [])))],
    sessionsPerWorker,
    physicalCores,
    clientsWithAsMany,
  };
}
