import { counted } from '../core/text.ts';
import { isRdsProxyHost, type Settings } from '../settings/settings.ts';
import type { SessionsSource, Snapshot } from '../snapshot/snapshot.ts';
import { RDS_PROXY_ROLE } from './clients.ts';
import { clientAddresses, type Deployment } from './deployment.ts';
import type { LitellmClients } from './litellm-clients.ts';
import type { PoolLimit } from './pool-limit.ts';

/** So few addresses, each with so many times its ceiling, look like NAT or a pooler as much as like a leak. */
const FEW_ADDRESSES = 2;
const CROWDED_TIMES = 3;

export interface AddressSharing {
  /**
   * - rds-proxy: the sessions are RDS Proxy's.
   * - shared: fewer addresses than pods, so NAT, PgBouncer or another pooler.
   * - crowded: perhaps so; how many pods there are is not known.
   */
  readonly kind: 'rds-proxy' | 'shared' | 'crowded';
  readonly reason: string;
}

/** Whether pods hide behind addresses of something else; null when nothing suggests it. */
export function addressSharing(
  snapshot: Snapshot,
  sessions: SessionsSource,
  who: LitellmClients,
  deployment: Deployment,
  limit: PoolLimit,
  settings: Settings,
): AddressSharing | null {
  const addresses = clientAddresses(who);
  if (behindRdsProxy(snapshot, sessions, addresses, settings)) {
    return {
      kind: 'rds-proxy',
      reason:
        'The sessions are those of RDS Proxy, which keeps them over many clients: per-pod ceilings and ages say little.',
    };
  }
  const { pods, podsFrom } = deployment;
  if (pods === null || addresses.size === 0) return null;
  if (podsFrom !== 'addresses of sessions' && pods > 1 && addresses.size * 2 <= pods) {
    return {
      kind: 'shared',
      reason: `${counted(pods, 'pod')} (${podsFrom}) come from ${counted(addresses.size, 'address')}: NAT, PgBouncer or another pooler is in between, so per-pod ceilings and ages are less certain.`,
    };
  }
  const crowd = CROWDED_TIMES * limit.perWorker * deployment.workersPerPod;
  if (
    podsFrom === 'addresses of sessions' &&
    addresses.size <= FEW_ADDRESSES &&
    who.sessions > crowd * addresses.size
  ) {
    return {
      kind: 'crowded',
      reason: `${counted(who.sessions, 'session')} come from ${counted(addresses.size, 'address')} and the number of pods is not known: NAT, PgBouncer or another pooler may be in between.`,
    };
  }
  return null;
}

/** Its sessions come from the addresses that its own user logs in from. */
function behindRdsProxy(
  { sources: { connection } }: Snapshot,
  sessions: SessionsSource,
  addresses: ReadonlySet<string | null>,
  settings: Settings,
): boolean {
  const host = connection.status === 'ok' ? connection.value.host : settings.target.host;
  if (isRdsProxyHost(host)) return true;
  return sessions.groups.some(
    ({ user, clientAddress }) => user === RDS_PROXY_ROLE && clientAddress !== null && addresses.has(clientAddress),
  );
}
