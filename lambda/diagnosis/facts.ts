import type { CheckFinding, FactsOf } from '../checks/registry.ts';
import { isLogged } from '../litellm/log-phrases.ts';
import type { FailureKind } from '../snapshot/snapshot.ts';

type NameIn<Facts> = Facts extends unknown ? keyof Facts : never;
type ValueIn<Facts, Name extends PropertyKey> = Facts extends { readonly [Same in Name]?: infer Value } ? Value : never;

/**
 * A fact that only some results of a check state; undefined in the others. One that no result states does not compile, which `in` alone would: it
 * takes a name that was renamed for one that could be there.
 */
export function stated<Facts extends object, Name extends NameIn<Facts>>(
  facts: Facts,
  name: Name,
): ValueIn<Facts, Name> | undefined {
  const some: { readonly [Same in Name]?: ValueIn<Facts, Same> } = facts;
  return some[name];
}

/** Why the auditor could not connect; null when it could. */
export function refusal(facts: FactsOf<'database-reachable'>): FailureKind | null {
  return stated(facts, 'cause') ?? null;
}

export function isFull(facts: FactsOf<'database-reachable'>): boolean {
  return refusal(facts) === 'slots-exhausted';
}

/** Whether only the auditor is kept out, as far as is known. */
export function isAuditorsSide(facts: FactsOf<'database-reachable'>): boolean {
  return stated(facts, 'side') === 'auditor';
}

/** Whether the rise can be LiteLLM's: it is not shown to be that of others. */
export function canBeLitellms(facts: FactsOf<'connection-growth'>): boolean {
  return facts.grownBy !== 'others';
}

/** Whether LiteLLM's own sessions rise, and have for less than two hours: within 60 to 70 minutes the unbounded poll has every connection of a pool. */
export function isRecentOwnGrowth({ grownBy, risingHours }: FactsOf<'connection-growth'>): boolean {
  return grownBy === 'litellm' && risingHours <= 2;
}

/** Whether the leaked sessions logged in with IAM tokens. */
export function isOfIam(facts: FactsOf<'connection-leak'>): boolean {
  return stated(facts, 'login') === 'IAM';
}

/** The known leaks that fit the version, the likeliest first. */
export function fittingLeaks(facts: FactsOf<'connection-leak'>): readonly string[] {
  return stated(facts, 'knownLeaks') ?? [];
}

/** Whether each pool is just as large as Prisma makes it by itself, so that the limit does not apply. */
export function ignoresTheLimit(facts: FactsOf<'connection-ceiling'>): boolean {
  return (
    stated(facts, 'fits')?.[0] === 'limit-not-applied' && stated(facts, 'physicalCoresOfPrismasDefault') !== undefined
  );
}

/** Whether a table is large, and VACUUM does not keep up with it: size alone slows nothing down. */
export function isOutgrown(facts: FactsOf<'table-growth'>): boolean {
  return stated(facts, 'isLarge') === true && stated(facts, 'isBloated') === true;
}

/** Whether what everybody waits for is not the lock of migrations, which has a cause of its own. */
export function isPileUp(facts: FactsOf<'lock-waits'>): boolean {
  return stated(facts, 'head') !== 'migration-lock';
}

/** Whether an idle session holds the lock of migrations. */
export function isLockOrphaned(facts: FactsOf<'migrations'>): boolean {
  return stated(facts, 'orphanedLock') === true;
}

/** Whether a migration waits for a lock itself. */
export function isMigrationHanging(facts: FactsOf<'migrations'>): boolean {
  return stated(facts, 'hangs') === true;
}

/** Whether open transactions keep other sessions waiting. */
export function isBlocking(facts: FactsOf<'idle-in-transaction'>): boolean {
  return stated(facts, 'transactions')?.some(({ blocking }) => blocking > 0) ?? false;
}

/** Whether others than LiteLLM hold more than half of the usable slots. */
export function othersHoldMost({ otherSessions, usable }: FactsOf<'pool-budget'>): boolean {
  return otherSessions * 2 > usable;
}

/** Whether others hold most slots, and most of those log in as LiteLLM's own database user. */
export function othersShareTheUser(facts: FactsOf<'pool-budget'>): boolean {
  return othersHoldMost(facts) && facts.otherSessionsOfLitellmUser * 2 > facts.otherSessions;
}

/** Whether most of the failed logins had a token that was not valid, as when its refresh fails. */
export function tokensAreInvalid(facts: FactsOf<'iam-authentication'>): boolean {
  const invalid = stated(facts, 'failures')?.find(({ cause }) => cause === 'invalid-token')?.count ?? 0;
  return invalid * 2 > (stated(facts, 'failed') ?? 0);
}

/** Whether requests got no connection of a pool in time, by the proxy's own log. */
export function poolsAreShort(facts: FactsOf<'proxy-errors'>): boolean {
  return isLogged(facts, 'poolTimeouts') || isLogged(facts, 'transactionsNotStarted');
}

/** Whether a CONNECTION LIMIT refuses LiteLLM's next connection. */
export function isLimitReached(facts: FactsOf<'connection-limits'>): boolean {
  return stated(facts, 'isReached') === true;
}

/** Whether RDS Proxy keeps most of its connections for one client each, as far as is seen. */
export function isPinned(facts: FactsOf<'connection-limits'>): boolean {
  const pinned = stated(facts, 'isPinned');
  return pinned === 'yes' || pinned === 'probably';
}

/** Whether the writer has no storage left, by its status in RDS. */
export function isStorageFull(facts: FactsOf<'rds-configuration'>): boolean {
  return stated(facts, 'instanceStatus') === 'storage-full' && stated(facts, 'isWriter') === true;
}

/** Whether it is of the slots at this moment, and not of peaks between two audits. */
export function isOfNow(facts: FactsOf<'connection-headroom'>): boolean {
  return stated(facts, 'bursts') === undefined;
}

/** Whether the storage itself is short: what Aurora has for temporary files is another disk. */
export function isShortOfStorage({ shortOf }: FactsOf<'server-load'>): boolean {
  return shortOf === 'storage';
}

/** Whether the server is too slow for what it is asked. */
export function isOverloaded({ shortOf }: FactsOf<'server-load'>): boolean {
  return shortOf !== undefined && shortOf !== 'storage' && shortOf !== 'local-storage';
}

/** Failures that are the auditor's own, whatever it tried to read. */
const ALWAYS_OURS: ReadonlySet<string> = new Set([
  'no-credentials',
  'permission-denied',
  'row-security',
  'tls-untrusted',
  'ca-file',
]);
/** Failures that are the auditor's own when it calls AWS: its way there, or its share of the calls. */
const OURS_TOWARDS_AWS: ReadonlySet<string> = new Set(['timeout', 'unreachable', 'name-unresolved', 'throttled']);
const AWS_SOURCES: ReadonlySet<string> = new Set(['rds', 'cloudwatch', 'load']);

/** Whether a check could not be made because of the auditor's own rights or its way to the AWS APIs. */
export function lacksOwnAccess({ missingSources = [] }: CheckFinding): boolean {
  return missingSources.some(
    ({ source, kind }) =>
      kind !== undefined && (ALWAYS_OURS.has(kind) || (AWS_SOURCES.has(source) && OURS_TOWARDS_AWS.has(kind))),
  );
}
