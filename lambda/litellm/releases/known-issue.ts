/** A leak keeps connections that nobody uses; a regression costs or breaks what worked; availability is the proxy away from its database. */
export type KnownIssueKind = 'leak' | 'regression' | 'availability' | 'security';

/** Ours. An advisory is critical when it is rated so, is exploited, or is malware. */
export type KnownIssueSeverity = 'critical' | 'warning' | 'info';

/** V: read in source, history or official notes. I: taken from an issue or pull request. ?: inferred, not confirmed. */
export type Certainty = 'V' | 'I' | '?';

/**
 * Versions over several release lines (a line is major.minor). It starts at `introduced` and ends, line by line, before the fix or after
 * the last affected one. A line without an entry is inside as long as it is older than the newest entry's.
 */
export type VersionRange = {
  /** null: the first affected version is not known. */
  readonly introduced: string | null;
  /** One for each line that has a fix; empty: no fixed version is known. */
  readonly fixed: readonly string[];
  /** Inclusive, one for each line; `1.97.x` is the whole line. Empty where the fixes alone end the range. */
  readonly lastAffected: readonly string[];
};

/** A known issue, or the part of one that holds for a range. Several parts share an id; a version is in one of them at most. */
export type KnownIssue = VersionRange & {
  readonly id: string;
  readonly kind: KnownIssueKind;
  readonly severity: KnownIssueSeverity;
  /** Holds only where LiteLLM logs in with IAM tokens. */
  readonly iam: boolean;
  /** What it requires besides the version, in words. */
  readonly setting?: string;
  readonly title: string;
  readonly certainty: Certainty;
  /** Issues, pull requests, notes or pages, in words. */
  readonly source: string;
  readonly workaround?: string;
  /** What limits or contradicts the above. */
  readonly note?: string;
  /** Only for advisories. */
  readonly advisory?: {
    /** As published: `critical (CVSS 9.9)`. */
    readonly rating: string;
    readonly aliases: readonly string[];
    readonly exploited: boolean;
    /** Whoever reaches the proxy can use it, without a key or an account. */
    readonly withoutLogin: boolean;
  };
};

/** What an upgrade past `version` changes for those who relied on it. */
export interface BreakingChange {
  readonly version: string;
  readonly change: string;
}

export interface About {
  /** What is newer than this day is not known. */
  readonly date: string;
  /** The newest release that the knowledge covers. */
  readonly newest: string;
  /** The newest release whose migrations are known. */
  readonly migrations: string;
  /** Where to upgrade to, the best first; each the newest seen of its line. */
  readonly targets: readonly { readonly version: string; readonly why: string }[];
  /** LiteLLM's own troubleshooting guide, and what its source history says instead; shown for versions below `until`. */
  readonly guide: {
    readonly source: string;
    readonly says: string;
    readonly evidence: string;
    readonly until: string;
  };
}

/** An index that a migration makes, and the migration that drops it. */
export interface ShippedIndex {
  readonly index: string;
  readonly table: string;
  /** In their order; an expression as it stands in the migration. */
  readonly columns: readonly string[];
  /** Its condition stands in the migration. */
  readonly partial: boolean;
  readonly addedBy: string;
  readonly droppedBy: string | null;
}
