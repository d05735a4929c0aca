import type { CheckFinding } from '../checks/registry.ts';
import { isBad } from '../core/finding.ts';
import type { CauseId } from './diagnosis.ts';
import { fittingLeaks, isAuditorsSide, isFull, isOfIam, lacksOwnAccess, othersHoldMost } from './facts.ts';
import { bad, fine, knownIssue, type Sign, seen } from './signs.ts';

/** When a cause is named. */
export interface Rule {
  readonly id: Exclude<CauseId, 'none-of-the-known'>;
  /** Named when all signs of one row are there. */
  readonly when: readonly (readonly Sign[])[];
  /** What makes it more probable, and is never enough. */
  readonly also: readonly Sign[];
  /** What contradicts it: one is enough. */
  readonly unless: readonly Sign[];
  /** The findings that can lead the cause; those that warn or are critical when left out. */
  readonly leads?: (finding: CheckFinding) => boolean;
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
const unreachable = bad('database-reachable', (facts) => !isFull(facts));
const full = bad('database-reachable', isFull);

const leakOfIam = bad('connection-leak', isOfIam);
const leakBy = (id: string) => bad('connection-leak', (facts) => fittingLeaks(facts).includes(id));
const noFreeConnection = bad('proxy-errors', ({ poolTimeouts }) => poolTimeouts > 0);
const attemptsFail = bad('proxy-errors', ({ connectionAttemptsFailed }) => connectionAttemptsFailed > 0);
const othersMost = seen('pool-budget', othersHoldMost);
const noRouterMeasured = fine('per-request-router', ({ measured }) => measured);
/** The budget of the steady state, not only that of a deployment. */
const steadyBudget = bad('pool-budget', ({ steady, usable }) => steady > usable);

const keptOut = seen('database-reachable', isAuditorsSide);
const blind: Sign = { checkIds: [], find: (findings) => findings.filter(lacksOwnAccess) };

/** What a leak leads to. */
const filling = [growth, headroom, ceiling, full];

/**
 * The more telling first: the order decides between causes of equal evidence. A cause that is based only on findings that another one is based on
 * too is not named beside it.
 */
export const RULES: readonly Rule[] = [
  { id: 'database-unreachable', when: [[unreachable]], also: [proxyDown], unless: [] },
  {
    id: 'iam-logins-refused',
    when: [[refusedTokens]],
    also: [knownIssue('iam-refresh-fails'), proxyDown, proxyErrors],
    unless: [],
  },
  {
    id: 'iam-token-refresh',
    when: [[leakOfIam], [growth, knownIssue('iam-refresh-keeps-clients')]],
    also: [...filling, knownIssue('iam-refresh-keeps-clients', 'orphaned-engine', 'dead-worker-engine')],
    unless: [fine('connection-leak')],
  },
  {
    id: 'orphaned-engine',
    when: [[leakBy('orphaned-engine')], [growth, knownIssue('orphaned-engine')]],
    also: [...filling, knownIssue('orphaned-engine')],
    unless: [fine('connection-leak')],
  },
  {
    id: 'dead-worker-engine',
    when: [[leakBy('dead-worker-engine')], [growth, knownIssue('dead-worker-engine')]],
    also: [...filling, knownIssue('dead-worker-engine')],
    unless: [fine('connection-leak')],
  },
  { id: 'leaked-connections', when: [[leak]], also: filling, unless: [] },
  {
    id: 'managed-object-poll',
    when: [
      [growth, knownIssue('managed-object-poll')],
      [noFreeConnection, knownIssue('managed-object-poll')],
    ],
    also: [headroom, full],
    unless: [],
  },
  {
    id: 'token-refresh-drops-limit',
    when: [
      [ceiling, knownIssue('iam-refresh-drops-parameters')],
      [noFreeConnection, knownIssue('iam-refresh-drops-parameters')],
    ],
    also: [headroom],
    unless: [leak],
  },
  {
    id: 'per-request-router',
    when: [[perRequest], [teamSettings], [keySettings]],
    also: [globalRow, attemptsFail],
    unless: [noRouterMeasured],
  },
  { id: 'global-router-settings', when: [[globalRow]], also: [attemptsFail], unless: [noRouterMeasured] },
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
    when: [[bad('litellm-version')]],
    also: [],
    unless: [
      ...[leak, growth, headroom, ceiling, budget, perRequest, globalRow, teamSettings, keySettings, userConfig],
      ...[idle, proxyDown, proxyErrors, refusedTokens, unreachable, full, keptOut],
    ],
  },
  {
    id: 'auditor-cannot-look',
    when: [[keptOut], [blind]],
    also: [],
    unless: [],
    // Nothing that the auditor could not see is bad: what leads is what kept it from seeing.
    leads: (finding) => isBad(finding) || finding.status === 'unknown',
  },
];
