import type { TopologyFacts } from '../../model/topology.ts';

type PoolFacts = {
  readonly openedAtOnceSinceTokenRefresh?: number;
  readonly openedByARefreshJustNow?: number;
};

/** By client where addresses are pods; of all together where they are not. */
export type CeilingFacts = TopologyFacts &
  PoolFacts & {
    readonly scope: 'client' | 'all clients';
    readonly sessions: number;
    /** null: how many workers there are is not known. */
    readonly ceiling: number | null;
    readonly clients?: number;
    readonly timesTheCeiling?: number;
    readonly busy?: number;
    readonly largestClients?: readonly { readonly client: string; readonly sessions: number; readonly busy: number }[];
  };
