import type { CheckFinding } from '../checks/registry.ts';
import { isBad } from '../core/finding.ts';
import { isLogged, type LogPhraseId } from '../litellm/log-phrases.ts';
import type { CauseId } from './diagnosis.ts';
import {
  canBeLitellms,
  fittingLeaks,
  ignoresTheLimit,
  isAuditorsSide,
  isBlocking,
  isFull,
  isLimitReached,
  isLockOrphaned,
  isMigrationHanging,
  isOfIam,
  isOfNow,
  isOutgrown,
  isOverloaded,
  isPileUp,
  isPinned,
  isRecentOwnGrowth,
  isShortOfStorage,
  isStorageFull,
  lacksOwnAccess,
  othersHoldMost,
  othersShareTheUser,
  poolsAreShort,
  tokensAreInvalid,
} from './facts.ts';
import { bad, fine, knownIssue, possibleIssue, type Sign, seen } from './signs.ts';

/** When a cause is named. */
export interface Rule {
  readonly id: Exclude<CauseId, 'none-of-the-known' | 'known-bad-version'>;
  /** Named when all signs of one row are there. */
  readonly when: readonly (readonly Sign[])[];
  /** What is independent evidence for it: never enough, and makes it more certain. */
  readonly confirms: readonly Sign[];
  /** What follows from it: never enough, and shown with it. */
  readonly also: readonly Sign[];
  /** What contradicts it: one is enough. */
  readonly unless: readonly Sign[];
  /** The findings that can lead the cause; those that warn or are critical when left out. */
  readonly leads?: (finding: CheckFinding) => boolean;
}

const leak = bad('connection-leak');
const growth = bad('connection-growth');
const headroom = bad('connection-headroom', isOfNow);
const bursts = bad('connection-headroom', (facts) => !isOfNow(facts));
const ceiling = bad('connection-ceiling');
const limitIgnored = bad('connection-ceiling', ignoresTheLimit);
const budget = bad('pool-budget');
const perRequest = bad('per-request-router');
const globalRow = bad('global-router-settings');
const teamSettings = bad('team-router-settings');
const keySettings = bad('key-router-settings');
const userConfig = bad('user-config');
const lockPile = bad('lock-waits', isPileUp);
const orphanedLock = bad('migrations', isLockOrphaned);
const hangingMigration = bad('migrations', isMigrationHanging);
const waitForMigrations = bad('lock-waits', (facts) => !isPileUp(facts));
const outgrown = bad('table-growth', isOutgrown);
const idle = bad('idle-in-transaction');
const blockingIdle = bad('idle-in-transaction', isBlocking);
const proxyDown = bad('proxy-health', ({ lost }) => lost > 0);
const proxyErrors = bad('proxy-errors');
const refusedTokens = bad('iam-authentication');
const expiredTokens = bad('iam-authentication', tokensAreInvalid);
const unreachable = bad('database-reachable', (facts) => !isFull(facts));
const full = bad('database-reachable', isFull);

const leakOfIam = bad('connection-leak', isOfIam);
const leakBy = (id: string) => bad('connection-leak', (facts) => fittingLeaks(facts).includes(id));
const ownGrowth = bad('connection-growth', canBeLitellms);
const recentOwnGrowth = bad('connection-growth', isRecentOwnGrowth);
const growthOfOthers = bad('connection-growth', (facts) => !canBeLitellms(facts));
const noFreeConnection = bad('proxy-errors', poolsAreShort);
const logs = (id: LogPhraseId) => bad('proxy-errors', (facts) => isLogged(facts, id));
const attemptsFail = logs('connectionAttemptsFailed');
const notConnected = logs('engineNotConnected');
const slotsRefused = logs('slotsRefused');
const limitRefused = logs('limitRefused');
const limitReached = bad('connection-limits', isLimitReached);
const pinned = bad('connection-limits', isPinned);
const readOnly = logs('readOnly');
/** The line shows that a connection was dead, and not what killed it: the network is what is left. */
const closed: Sign = { ...logs('closedConnections'), atMost: 'medium' };
const justInterrupted = seen('proxy-errors', ({ justInterrupted }) => justInterrupted);
const othersMost = seen('pool-budget', othersHoldMost);
/** Programs that use LiteLLM's own database user hold most of what is not LiteLLM's: no limit on the user or the role can tell them apart. */
const sharedUser = seen('pool-budget', othersShareTheUser);
/** The budget of the steady state, not only that of a deployment. */
const steadyBudget = bad('pool-budget', ({ steady, usable }) => steady > usable);

/** What does not fit is a deployment that is under way. */
const deployingBudget = bad('pool-budget', ({ deploying }) => deploying);

const storageFull = bad('rds-configuration', isStorageFull);
const storageShort = bad('server-load', isShortOfStorage);
const overloaded = bad('server-load', isOverloaded);
const leftBehind = bad('failover', ({ state }) => state === 'left-behind');
const cannotWrite = bad('failover', ({ state }) => state === 'read-only');

const keptOut = seen('database-reachable', isAuditorsSide);
const blind: Sign = { checkIds: [], find: (findings) => findings.filter(lacksOwnAccess) };

/** What a leak leads to. */
const filling = [headroom, ceiling, full, limitReached];

/**
 * The more telling first: the order decides between causes of equal evidence. A cause that is based only on findings that another one is based on
 * too is not named beside it.
 */
export const RULES: readonly Rule[] = [
  {
    id: 'storage-full',
    when: [[storageFull], [storageShort]],
    confirms: [proxyDown, proxyErrors],
    also: [unreachable],
    unless: [],
  },
  { id: 'database-unreachable', when: [[unreachable]], confirms: [proxyDown], also: [], unless: [storageFull] },
  { id: 'failover-left-behind', when: [[leftBehind]], confirms: [readOnly, closed], also: [], unless: [] },
  { id: 'database-read-only', when: [[cannotWrite], [readOnly]], confirms: [], also: [], unless: [leftBehind] },
  { id: 'server-overloaded', when: [[overloaded]], confirms: [noFreeConnection], also: [], unless: [] },
  {
    id: 'iam-refresh-fails',
    when: [[expiredTokens, knownIssue('iam-refresh-fails')]],
    confirms: [proxyDown, proxyErrors],
    also: [],
    unless: [],
  },
  {
    id: 'iam-logins-refused',
    when: [[refusedTokens]],
    confirms: [proxyDown, proxyErrors],
    also: [],
    unless: [],
  },
  { id: 'slots-exhausted', when: [[full]], confirms: [proxyDown, proxyErrors], also: [ownGrowth], unless: [] },
  {
    id: 'migration-lock-orphaned',
    when: [[orphanedLock]],
    confirms: [],
    also: [waitForMigrations],
    unless: [],
  },
  {
    id: 'lock-pile-up',
    when: [[lockPile]],
    confirms: [],
    // The transaction at the head is told once, with the step that ends it.
    also: [blockingIdle, hangingMigration, noFreeConnection, headroom],
    unless: [],
  },
  {
    id: 'iam-token-refresh',
    when: [[leakOfIam], [ownGrowth, knownIssue('iam-refresh-keeps-clients')]],
    confirms: [knownIssue('iam-refresh-keeps-clients', 'orphaned-engine', 'dead-worker-engine')],
    also: [ownGrowth, ...filling],
    unless: [fine('connection-leak')],
  },
  {
    id: 'orphaned-engine',
    when: [[leakBy('orphaned-engine')], [ownGrowth, knownIssue('orphaned-engine')]],
    confirms: [ownGrowth],
    also: filling,
    unless: [fine('connection-leak')],
  },
  {
    id: 'dead-worker-engine',
    when: [[leakBy('dead-worker-engine')], [ownGrowth, knownIssue('dead-worker-engine')]],
    confirms: [ownGrowth],
    also: filling,
    unless: [fine('connection-leak')],
  },
  { id: 'leaked-connections', when: [[leak]], confirms: [ownGrowth], also: filling, unless: [] },
  {
    id: 'connection-limit-reached',
    // The log shows that a limit was reached, and not that it still is.
    when: [[limitReached], [{ ...limitRefused, atMost: 'medium' }]],
    confirms: [proxyDown],
    also: [],
    unless: [fine('connection-limits')],
  },
  {
    id: 'managed-object-poll',
    when: [[recentOwnGrowth, possibleIssue('managed-object-poll')]],
    confirms: [],
    also: [noFreeConnection, headroom, full],
    unless: [leak],
  },
  {
    id: 'token-refresh-drops-limit',
    when: [[ceiling, knownIssue('iam-refresh-drops-parameters')]],
    confirms: [],
    also: [noFreeConnection, headroom],
    unless: [leak],
  },
  {
    id: 'split-ignores-pool-limit',
    when: [[limitIgnored, possibleIssue('split-ignores-pool-limit')]],
    confirms: [],
    also: [headroom],
    unless: [],
  },
  {
    id: 'per-request-router',
    when: [[perRequest], [teamSettings], [keySettings]],
    confirms: [],
    also: [globalRow, attemptsFail],
    unless: [],
  },
  {
    id: 'global-router-settings',
    when: [[globalRow]],
    confirms: [],
    also: [attemptsFail],
    unless: [],
  },
  { id: 'user-config', when: [[userConfig]], confirms: [], also: [], unless: [] },
  { id: 'idle-in-transaction', when: [[idle]], confirms: [], also: [noFreeConnection], unless: [] },
  { id: 'table-growth', when: [[outgrown]], confirms: [], also: [noFreeConnection], unless: [] },
  { id: 'rds-proxy-pinned', when: [[pinned]], confirms: [], also: [headroom], unless: [] },
  {
    id: 'other-application',
    when: [[headroom, othersMost], [growthOfOthers]],
    confirms: [],
    also: [headroom],
    unless: [sharedUser],
  },
  {
    id: 'pools-do-not-fit',
    when: [[budget], [headroom, sharedUser]],
    confirms: [],
    also: [headroom, slotsRefused],
    // Whoever waits for a lock keeps a connection: more of them would wait too.
    unless: [lockPile],
  },
  { id: 'bursts-fill-slots', when: [[bursts]], confirms: [slotsRefused], also: [], unless: [] },
  {
    id: 'under-provisioned',
    when: [[headroom, fine('connection-leak')]],
    confirms: [],
    also: [budget, slotsRefused],
    unless: [lockPile, ceiling, growth, steadyBudget, deployingBudget, othersMost],
  },
  {
    id: 'network-drops-idle',
    when: [[closed, fine('database-reachable')]],
    confirms: [],
    also: [],
    unless: [justInterrupted, readOnly],
  },
  {
    id: 'query-engine',
    when: [
      [attemptsFail, fine('database-reachable'), fine('connection-headroom')],
      [notConnected, fine('database-reachable'), fine('connection-headroom')],
      [proxyDown, fine('database-reachable'), fine('connection-headroom')],
    ],
    confirms: [],
    also: [],
    unless: [refusedTokens, globalRow, teamSettings, keySettings],
  },
  {
    id: 'auditor-cannot-look',
    when: [[keptOut], [blind]],
    confirms: [],
    also: [],
    unless: [],
    // Nothing that the auditor could not see is bad: what leads is what kept it from seeing.
    leads: (finding) => isBad(finding) || finding.status === 'unknown',
  },
];
