/** Aurora Serverless v2. */
export type CapacityFacts = {
  readonly minimumAcu?: number;
  readonly maximumAcu?: number;
  readonly maxConnectionsFollows?: string;
};

export type Expiry = {
  readonly what: string;
  readonly validTill: string;
  /** Whole days, rounded down; below 0 once it has expired. */
  readonly daysLeft: number;
};

/** One concern each, or all in order. */
export type RdsFacts =
  | (CapacityFacts & {
      readonly engine: string;
      readonly resourceId: string;
      readonly instances: readonly {
        readonly identifier: string;
        readonly class: string;
        readonly isWriter: boolean;
      }[];
    })
  | { readonly iamAuthentication: false; readonly resourceId: string }
  | { readonly configuredHost: string; readonly endpoint: string }
  | { readonly instanceStatus: string; readonly isWriter: boolean }
  | { readonly parameterGroups: readonly { readonly name: string; readonly applyStatus: string }[] }
  | { readonly pendingModifications: readonly string[] }
  | { readonly caIdentifier: string | null; readonly expiries: readonly Expiry[] };
