import { counted } from '../core/text.ts';
import type { Uncertainty } from '../core/uncertainty.ts';
import { SINCE } from '../litellm/releases/since.ts';
import type { Settings } from '../settings/settings.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { LitellmClients } from './litellm-clients.ts';

/** How long a rolling deployment lasts at most. Our own choice. */
const NEW_POD_SECONDS = 900;
/** A single one may just have been restarted. */
const FEWEST_NEW_PODS = 2;

export interface Deployment {
  /** null: they cannot be counted. */
  readonly pods: number | null;
  readonly podsFrom: 'heartbeats' | 'configuration' | 'addresses of sessions';
  /** Of the pod that has most. */
  readonly workersPerPod: number;
  /** On all pods; null when the pods cannot be counted. */
  readonly workers: number | null;
  readonly workersFrom: 'heartbeats' | 'configuration' | 'assumed';
  /** A rolling deployment that is under way, by the age of sessions; null when none shows. Its old and new pods are not both in `pods`. */
  readonly deploying: { readonly oldPods: number; readonly newPods: number } | null;
  readonly uncertainties: readonly Uncertainty[];
}

/**
 * Pods and worker processes of the proxy: by their heartbeats (LiteLLM 1.99.0 and later), else as configured, else one pod per address and
 * one worker per pod, LiteLLM's default (knowledge/litellm.md sections 2 and 4).
 */
export function inferDeployment(snapshot: Snapshot, who: LitellmClients | null, settings: Settings): Deployment {
  const addresses = clientAddresses(who).size;
  const deploying = rollingDeployment(who);
  const found = heartbeats(snapshot, addresses, deploying);
  if (found !== null) return found;
  const guessed = withoutHeartbeats(who, deploying, settings);
  return { ...guessed, uncertainties: [...guessed.uncertainties, ...unread(snapshot)] };
}

/** Where LiteLLM's sessions come from. */
export function clientAddresses(who: LitellmClients | null): ReadonlySet<string | null> {
  return new Set(who?.clients.map(({ clientAddress }) => clientAddress));
}

/** The old pods of a deployment beat until they end, and for 180 s more: old and new ones are counted once. */
function heartbeats(
  { sources: { litellm } }: Snapshot,
  addresses: number,
  deploying: Deployment['deploying'],
): Deployment | null {
  if (litellm.status !== 'ok' || litellm.value.workers.state !== 'seen') return null;
  const { live, pods, podCount } = litellm.value.workers;
  if (live < 1 || podCount < 1) return null;
  const workersPerPod = Math.max(Math.ceil(live / podCount), ...pods.map(({ workers }) => workers));
  const once = deploying === null ? podCount : Math.min(podCount, Math.max(deploying.oldPods, deploying.newPods));
  return {
    pods: once,
    podsFrom: 'heartbeats',
    workersPerPod,
    workers: once === podCount ? live : once * workersPerPod,
    workersFrom: 'heartbeats',
    deploying,
    uncertainties:
      deploying !== null
        ? [underWay(deploying)]
        : addresses > podCount
          ? [
              {
                confidence: 'medium',
                reason: `Sessions come from ${counted(addresses, 'address')}, but only ${counted(podCount, 'pod')} sent a heartbeat within the last 180 s: some pods are older than LiteLLM ${SINCE.heartbeats} or gone, or another program uses LiteLLM's user.`,
              },
            ]
          : [],
  };
}

/** Heartbeats that are there, and could not be read. */
function unread({ sources: { litellm } }: Snapshot): readonly Uncertainty[] {
  if (litellm.status !== 'ok' || litellm.value.workers.state !== 'failed') return [];
  const { message } = litellm.value.workers.failure;
  return [{ confidence: 'medium', reason: `The heartbeats of the workers were not read: ${message}` }];
}

function withoutHeartbeats(
  who: LitellmClients | null,
  deploying: Deployment['deploying'],
  settings: Settings,
): Deployment {
  const addresses = clientAddresses(who).size;
  const seen = deploying === null ? addresses : Math.max(deploying.oldPods, deploying.newPods);
  const pods = settings.pods ?? (addresses > 0 ? seen : null);
  const workersPerPod = settings.workersPerPod ?? 1;
  return {
    pods,
    podsFrom: settings.pods === undefined ? 'addresses of sessions' : 'configuration',
    workersPerPod,
    workers: pods === null ? null : pods * workersPerPod,
    workersFrom: settings.workersPerPod === undefined ? 'assumed' : 'configuration',
    deploying,
    uncertainties: deploying === null ? tooManyAddresses(addresses, settings) : [underWay(deploying)],
  };
}

function underWay({ oldPods, newPods }: NonNullable<Deployment['deploying']>): Uncertainty {
  return {
    confidence: 'medium',
    reason: `A deployment seems to be under way: ${counted(newPods, 'pod')} opened all sessions within the last ${NEW_POD_SECONDS / 60} minutes, beside ${counted(oldPods, 'older pod')}.`,
  };
}

function tooManyAddresses(addresses: number, { pods }: Settings): readonly Uncertainty[] {
  if (pods === undefined || addresses <= pods) return [];
  return [
    {
      confidence: 'medium',
      reason: `Sessions come from ${counted(addresses, 'address')}, but ${counted(pods, 'pod')} ${pods === 1 ? 'is' : 'are'} configured: a deployment is under way, the number is out of date, or another program uses LiteLLM's user.`,
    },
  ];
}

/** Old and new pods side by side. Not where tokens are in use: each refresh replaces the sessions of a pod, which then looks new. */
function rollingDeployment(who: LitellmClients | null): Deployment['deploying'] {
  const clients = (who?.clients ?? []).filter(({ cohorts }) => cohorts.length > 0);
  if (clients.some(({ iam }) => iam)) return null;
  const newPods = clients.filter(({ cohorts }) =>
    cohorts.every(({ ageSeconds }) => ageSeconds < NEW_POD_SECONDS),
  ).length;
  const oldPods = clients.length - newPods;
  return newPods >= FEWEST_NEW_PODS && oldPods > 0 ? { oldPods, newPods } : null;
}
