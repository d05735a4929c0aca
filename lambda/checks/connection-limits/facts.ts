import type { AddressSharing } from '../../model/address-sharing.ts';

/** One CONNECTION LIMIT that applies to LiteLLM. */
export type LimitFacts = {
  readonly scope: 'role' | 'database';
  readonly name: string;
  readonly limit: number;
  /** Those that count against it, without the auditor's own. */
  readonly sessions: number;
  readonly isReached: boolean;
  /** All that LiteLLM's pools may hold, where the configuration or heartbeats say so. */
  readonly poolsMayHold?: number;
  /** Slots of the server that are free: what a higher limit could use. */
  readonly freeSlots: number;
};

/** RDS Proxy, or another pooler or NAT, between LiteLLM and the database. */
export type PoolerFacts = {
  readonly scope: 'pooler';
  readonly pooler: AddressSharing['kind'];
  readonly sessions: number;
  readonly busy: number;
  readonly rdsProxy?: string;
  /** Connections of RDS Proxy, and those of them that are kept for one client. */
  readonly proxyConnections?: number;
  readonly pinned?: number;
  /** Whether RDS Proxy keeps most of its connections for one client each: by its metrics, or as its idle sessions suggest. */
  readonly isPinned: 'yes' | 'probably' | 'no' | 'not-known';
};

/** No limit applies, and no pooler shows. */
export type NoLimitFacts = { readonly scope: 'none' };

export type ConnectionLimitFacts = LimitFacts | PoolerFacts | NoLimitFacts;
