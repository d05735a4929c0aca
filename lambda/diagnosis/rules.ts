import type { CauseId } from './diagnosis.ts';
import {
  fittingLeaks,
  hasFailedAttempts,
  hasPoolTimeouts,
  isFull,
  isMeasured,
  isOfIam,
  othersHoldMost,
} from './evidence.ts';
import { bad, fault, fine, type Sign, seen, VERSION_CHECK } from './signs.ts';

/** When a cause is named. */
export interface Rule {
  readonly id: Exclude<CauseId, 'none-of-the-known'>;
  /** Named when all signs of one row are there. */
  readonly when: readonly (readonly Sign[])[];
  /** What makes it more probable, and is never enough. */
  readonly also: readonly Sign[];
  /** What contradicts it: one is enough. */
  readonly unless: readonly Sign[];
}

const leak = bad('connection-leak');
const growth = bad('connection-growth');
const headroom = bad('connection-headroom');
const ceiling = bad('connection-ceiling');
const budget = bad('pool-budget');
const perRequest = bad('per-request-router');
const globalRow = bad('global-router-settings');
const teamSettings = bad('team-router-settings');
const keySettings = bad('key-router-settings');
const userConfig = bad('user-config');
const idle = bad('idle-in-transaction');
const proxyDown = bad('proxy-health');
const proxyErrors = bad('proxy-errors');
const refusedTokens = bad('iam-authentication');
const unreachable = bad('database-reachable', (finding) => !isFull(finding));
const full = bad('database-reachable', isFull);

const leakOfIam = bad('connection-leak', isOfIam);
const leakBy = (id: string) => bad('connection-leak', (finding) => fittingLeaks(finding).includes(id));
const noFreeConnection = bad('proxy-errors', hasPoolTimeouts);
const attemptsFail = bad('proxy-errors', hasFailedAttempts);
const othersMost = seen('pool-budget', othersHoldMost);
const noRouterMeasured = fine('per-request-router', isMeasured);
const steadyBudget = bad('pool-budget', ({ status }) => status === 'critical');

/** What a leak leads to. */
const filling = [growth, headroom, ceiling, full];

/**
 * The more telling first: the order decides between causes of equal evidence. A cause that rests only on findings that another one rests
 * on too is not named beside it.
 */
export const RULES: readonly Rule[] = [
  { id: 'database-unreachable', when: [[unreachable]], also: [proxyDown], unless: [] },
  {
    id: 'iam-logins-refused',
    when: [[refusedTokens]],
    also: [fault('iam-refresh-fails'), proxyDown, proxyErrors],
    unless: [],
  },
  {
    id: 'iam-token-refresh',
    when: [[leakOfIam], [growth, fault('iam-refresh-keeps-clients')]],
    also: [...filling, fault('iam-refresh-keeps-clients', 'orphaned-engine', 'dead-worker-engine')],
    unless: [fine('connection-leak')],
  },
  {
    id: 'orphaned-engine',
    when: [[leakBy('orphaned-engine')], [growth, fault('orphaned-engine')]],
    also: [...filling, fault('orphaned-engine')],
    unless: [fine('connection-leak')],
  },
  {
    id: 'dead-worker-engine',
    when: [[leakBy('dead-worker-engine')], [growth, fault('dead-worker-engine')]],
    also: [...filling, fault('dead-worker-engine')],
    unless: [fine('connection-leak')],
  },
  { id: 'leaked-connections', when: [[leak]], also: filling, unless: [] },
  {
    id: 'managed-object-poll',
    when: [
      [growth, fault('managed-object-poll')],
      [noFreeConnection, fault('managed-object-poll')],
    ],
    also: [headroom, full],
    unless: [],
  },
  {
    id: 'token-refresh-drops-limit',
    when: [
      [ceiling, fault('iam-refresh-drops-parameters')],
      [noFreeConnection, fault('iam-refresh-drops-parameters')],
    ],
    also: [headroom],
    unless: [leak],
  },
  {
    id: 'per-request-router',
    when: [[perRequest], [teamSettings], [keySettings]],
    also: [globalRow, teamSettings, keySettings, attemptsFail],
    unless: [noRouterMeasured],
  },
  {
    id: 'global-router-settings',
    when: [[globalRow]],
    also: [attemptsFail],
    unless: [noRouterMeasured],
  },
  { id: 'user-config', when: [[userConfig]], also: [], unless: [] },
  { id: 'idle-in-transaction', when: [[idle]], also: [noFreeConnection], unless: [] },
  { id: 'other-application', when: [[headroom, othersMost]], also: [], unless: [] },
  { id: 'pools-do-not-fit', when: [[budget]], also: [headroom], unless: [] },
  {
    id: 'under-provisioned',
    when: [[headroom, fine('connection-leak')]],
    also: [budget],
    unless: [ceiling, growth, steadyBudget, othersMost],
  },
  { id: 'slots-exhausted', when: [[full]], also: [proxyDown, proxyErrors], unless: [] },
  {
    id: 'query-engine',
    when: [
      [attemptsFail, fine('database-reachable'), fine('connection-headroom')],
      [proxyDown, fine('database-reachable'), fine('connection-headroom')],
    ],
    also: [],
    unless: [refusedTokens, perRequest, globalRow, teamSettings, keySettings],
  },
  {
    id: 'known-bad-version',
    when: [[bad(VERSION_CHECK)]],
    also: [],
    unless: [
      ...[leak, growth, headroom, ceiling, budget, perRequest, globalRow, teamSettings, keySettings, userConfig],
      ...[idle, proxyDown, proxyErrors, refusedTokens, unreachable, full],
    ],
  },
];
