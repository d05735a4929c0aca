import { counted } from '../../core/text.ts';
import type { Topology } from '../../model/topology.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';

/**
 * What shows that the pools themselves are too small, in words: requests that waited in vain in the last hour, or a client with all of its
 * sessions active; null when nothing does.
 */
export function poolShortage(
  { sources: { cloudwatch } }: Snapshot,
  { who, limit, deployment }: Topology,
): string | null {
  const timeouts = cloudwatch.status === 'ok' ? (cloudwatch.value.proxyErrors?.poolTimeouts ?? 0) : 0;
  if (timeouts > 0)
    return `${counted(timeouts, 'request')} timed out waiting for a connection of the pool in the last hour`;
  const ceiling = limit.perWorker * deployment.workersPerPod;
  const full = who?.clients.find(({ busy }) => busy >= ceiling);
  return full === undefined ? null : `all ${full.busy} sessions of ${full.name} are active`;
}
