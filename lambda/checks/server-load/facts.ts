import type { Model } from '../../model/model.ts';
import type { RdsSource, Snapshot } from '../../snapshot/snapshot.ts';
import type { CheckResult } from '../check.ts';

/** What the server is short of. */
export type Shortage = 'cpu' | 'capacity' | 'credits' | 'io' | 'memory' | 'storage' | 'local-storage';

/** What was seen of the server; what was not is left out. */
type Overview = {
  readonly instanceClass?: string;
  readonly vcpus?: number;
  readonly cpuPercent?: number;
  readonly capacityPercent?: number;
  readonly activeSessions?: number;
  readonly runningSessions?: number;
  readonly waitingForLocks?: number;
  readonly waitingForIo?: number;
  /** Mean of the active sessions over 15 minutes (DBLoad). */
  readonly databaseLoad?: number;
  readonly capacityUnits?: number;
  readonly freeStorageGib?: number;
  readonly allocatedStorageGib?: number;
  /** Statements of a minute or longer, oldest first. */
  readonly longStatements?: readonly {
    readonly pid: number;
    readonly client: string;
    readonly seconds: number;
    readonly waitsFor: string | null;
  }[];
};

export type LoadFacts = Overview & {
  readonly shortOf?: Shortage;
  readonly freeMemoryMib?: number;
  readonly memoryMib?: number;
  readonly freeLocalStorageGib?: number;
  readonly cpuCredits?: number;
  readonly ioBalancePercent?: number;
  readonly diskQueueDepth?: number;
  readonly maxAllocatedStorageGib?: number;
  readonly maximumAcu?: number;
  readonly growsByGibPerHour?: number;
  readonly hoursUntilFull?: number;
  readonly instanceStatus?: string;
  /** Series that were not asked for in this audit. */
  readonly notAsked?: string;
};

/** What each part of the check looks at. */
export interface LoadInput {
  readonly snapshot: Snapshot;
  readonly model: Model;
  readonly rds: RdsSource;
  readonly overview: LoadFacts;
  readonly database: string;
}

export type LoadResult = CheckResult<LoadFacts>;

/** `database prod: CPU`: one subject for each shortage, the same over runs. */
export function subjectOf(database: string, what: string): string {
  return `database ${database}: ${what}`;
}
