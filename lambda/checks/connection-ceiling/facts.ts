import type { TopologyFacts } from '../../model/topology.ts';
import type { ExceedanceKind } from './exceedance.ts';

type PoolFacts = {
  readonly openedAtOnceSinceTokenRefresh?: number;
  readonly openedByARefreshJustNow?: number;
};

/** Of a client over its ceiling. */
type ExceedanceFacts = {
  /** The explanations that fit what is seen, the likeliest first. */
  readonly fits?: readonly ExceedanceKind[];
  readonly sessionsPerWorker?: number;
  /** With so many, Prisma's own default (2 x cores + 1) is as many sessions per worker. */
  readonly physicalCoresOfPrismasDefault?: number;
  /** Clients of LiteLLM that hold as many sessions, this one included. */
  readonly clientsWithAsMany?: number;
};

/** By client where addresses are pods; of all together where they are not. */
export type CeilingFacts = TopologyFacts &
  PoolFacts &
  ExceedanceFacts & {
    readonly scope: 'client' | 'all clients';
    readonly sessions: number;
    /** null: how many workers there are is not known. */
    readonly ceiling: number | null;
    readonly clients?: number;
    readonly timesTheCeiling?: number;
    readonly busy?: number;
    readonly largestClients?: readonly { readonly client: string; readonly sessions: number; readonly busy: number }[];
  };
