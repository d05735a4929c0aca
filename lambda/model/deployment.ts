import { counted } from '../core/text.ts';
import type { Uncertainty } from '../core/uncertainty.ts';
import type { Settings } from '../settings/settings.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { LitellmClients } from './litellm-clients.ts';

export interface Deployment {
  /** null: they cannot be counted. */
  readonly pods: number | null;
  readonly podsFrom: 'heartbeats' | 'configuration' | 'addresses of sessions';
  /** Of the pod that has most. */
  readonly workersPerPod: number;
  /** On all pods; null when the pods cannot be counted. */
  readonly workers: number | null;
  readonly workersFrom: 'heartbeats' | 'configuration' | 'assumed';
  readonly uncertainties: readonly Uncertainty[];
}

/**
 * Pods and worker processes of the proxy: by their heartbeats (LiteLLM 1.99.0 and later), else as configured, else one pod per address and
 * one worker per pod, LiteLLM's default (knowledge/litellm.md sections 2 and 4).
 */
export function inferDeployment(snapshot: Snapshot, who: LitellmClients | null, settings: Settings): Deployment {
  const addresses = clientAddresses(who).size;
  return heartbeats(snapshot, addresses) ?? withoutHeartbeats(addresses, settings);
}

/** Where LiteLLM's sessions come from. */
export function clientAddresses(who: LitellmClients | null): ReadonlySet<string | null> {
  return new Set(who?.clients.map(({ clientAddress }) => clientAddress));
}

function heartbeats({ sources: { litellm } }: Snapshot, addresses: number): Deployment | null {
  if (litellm.status !== 'ok' || litellm.value.workers.state !== 'seen') return null;
  const { live, pods, podCount } = litellm.value.workers;
  if (live < 1 || podCount < 1) return null;
  return {
    pods: podCount,
    podsFrom: 'heartbeats',
    workersPerPod: Math.max(Math.ceil(live / podCount), ...pods.map(({ workers }) => workers)),
    workers: live,
    workersFrom: 'heartbeats',
    uncertainties:
      addresses > podCount
        ? [
            {
              confidence: 'medium',
              reason: `Sessions come from ${counted(addresses, 'address')}, but only ${counted(podCount, 'pod')} sent a heartbeat within the last 180 s: some pods are older than LiteLLM 1.99.0 or gone, or another program uses LiteLLM's user.`,
            },
          ]
        : [],
  };
}

function withoutHeartbeats(addresses: number, settings: Settings): Deployment {
  const pods = settings.pods ?? (addresses > 0 ? addresses : null);
  const workersPerPod = settings.workersPerPod ?? 1;
  return {
    pods,
    podsFrom: settings.pods === undefined ? 'addresses of sessions' : 'configuration',
    workersPerPod,
    workers: pods === null ? null : pods * workersPerPod,
    workersFrom: settings.workersPerPod === undefined ? 'assumed' : 'configuration',
    uncertainties: [],
  };
}
