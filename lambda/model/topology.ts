import type { Uncertainty } from '../core/uncertainty.ts';
import type { LitellmVersion } from '../litellm/version.ts';
import type { Settings } from '../settings/settings.ts';
import type { ServerSource, SessionsSource, Snapshot } from '../snapshot/snapshot.ts';
import { type AddressSharing, addressSharing } from './address-sharing.ts';
import { type Deployment, inferDeployment } from './deployment.ts';
import { type LitellmClients, litellmClients } from './litellm-clients.ts';
import { type PoolLimit, poolLimit } from './pool-limit.ts';

/** Who LiteLLM's sessions are, and how many there should be. */
export interface Topology {
  /** null: no session of LiteLLM was seen. */
  readonly who: LitellmClients | null;
  readonly deployment: Deployment;
  readonly limit: PoolLimit;
  readonly sharing: AddressSharing | null;
  /** null: not known, or only a lower bound of it is. */
  readonly version: LitellmVersion | null;
}

/** Puts together what sessions, heartbeats and configuration show of the proxies. */
export function buildTopology(
  snapshot: Snapshot,
  { server, sessions }: { readonly server: ServerSource; readonly sessions: SessionsSource },
  version: LitellmVersion | null,
  settings: Settings,
): Topology {
  const who = litellmClients(server, sessions, settings);
  const deployment = inferDeployment(snapshot, who, settings);
  const clients = who?.clients ?? [];
  const largest = Math.max(0, ...clients.flatMap(({ cohorts }) => cohorts.map((cohort) => cohort.sessions)));
  const limit = poolLimit(
    settings,
    version,
    clients.some(({ iam }) => iam),
    Math.ceil(largest / deployment.workersPerPod),
  );
  const sharing = who && addressSharing(snapshot, sessions, who, deployment, limit, settings);
  return { who, deployment, limit, sharing, version };
}

/** Why a result based on limit x workers is not certain: two guesses in one product make the confidence low. */
export function poolSizeUncertainties({ limit, deployment }: Topology): readonly Uncertainty[] {
  const limitGuessed = limit.from !== 'configuration';
  const workersGuessed = deployment.workersFrom === 'assumed';
  if (!limitGuessed && !workersGuessed) return deployment.uncertainties;
  const guesses = [
    ...(limitGuessed ? [`a pool limit of ${limit.perWorker} per worker, LiteLLM's default`] : []),
    ...(workersGuessed ? ['one worker per pod'] : []),
  ];
  const reason = `It assumes ${guesses.join(' and ')}.${limit.note === null ? '' : ` ${limit.note}`}`;
  return [{ confidence: guesses.length > 1 ? 'low' : 'medium', reason }, ...deployment.uncertainties];
}

/** The settings that would turn the guesses into knowledge; empty when there is none. */
export function missingSettings({ limit, deployment }: Topology): readonly string[] {
  return [
    ...(limit.from === 'configuration' ? [] : ['poolLimit']),
    ...(deployment.workersFrom === 'assumed' ? ['workersPerPod'] : []),
    ...(deployment.podsFrom === 'addresses of sessions' ? ['pods'] : []),
  ];
}

/** Who was taken for LiteLLM, the same in each check's facts. */
export type IdentityFacts = {
  readonly litellmUsers?: readonly string[];
  readonly litellmUserFrom?: string;
  readonly addressSharing?: AddressSharing['kind'];
};

/** The same, and what the size of the pools is based on. */
export type TopologyFacts = IdentityFacts & {
  readonly poolLimit: number;
  readonly poolLimitFrom: PoolLimit['from'];
  readonly limitDroppedByTokenRefresh?: string;
  readonly workersPerPod: number;
  readonly workersFrom: Deployment['workersFrom'];
  readonly pods: number | null;
  readonly podsFrom: Deployment['podsFrom'];
};

export function identityFacts({ who, sharing }: Topology): IdentityFacts {
  return {
    ...(who && { litellmUsers: who.users, litellmUserFrom: who.from }),
    ...(sharing && { addressSharing: sharing.kind }),
  };
}

export function topologyFacts(topology: Topology): TopologyFacts {
  const { deployment, limit } = topology;
  return {
    poolLimit: limit.perWorker,
    poolLimitFrom: limit.from,
    ...(limit.droppedByRefresh !== 'no' && { limitDroppedByTokenRefresh: `${limit.droppedByRefresh} (#33021)` }),
    workersPerPod: deployment.workersPerPod,
    workersFrom: deployment.workersFrom,
    pods: deployment.pods,
    podsFrom: deployment.podsFrom,
    ...identityFacts(topology),
  };
}
