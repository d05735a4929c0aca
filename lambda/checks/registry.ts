import type { Finding } from '../core/finding.ts';
import { auditorPrivileges } from './auditor-privileges/check.ts';
import { auditorSession } from './auditor-session/check.ts';
import type { Check } from './check.ts';
import { connectionCeiling } from './connection-ceiling/check.ts';
import { connectionGrowth } from './connection-growth/check.ts';
import { connectionHeadroom } from './connection-headroom/check.ts';
import { connectionLeak } from './connection-leak/check.ts';
import { connectionLimits } from './connection-limits/check.ts';
import { databaseReachable } from './database-reachable/check.ts';
import { deadlocks } from './deadlocks/check.ts';
import { failover } from './failover/check.ts';
import { globalRouterSettings } from './global-router-settings/check.ts';
import { iamAuthentication } from './iam-authentication/check.ts';
import { idleInTransaction } from './idle-in-transaction/check.ts';
import { keyRouterSettings } from './key-router-settings/check.ts';
import { knowledgeAge } from './knowledge-age/check.ts';
import { litellmSecurity } from './litellm-security/check.ts';
import { litellmVersion } from './litellm-version/check.ts';
import { lockWaits } from './lock-waits/check.ts';
import { migrations } from './migrations/check.ts';
import { perRequestRouter } from './per-request-router/check.ts';
import { poolBudget } from './pool-budget/check.ts';
import { proxyErrors } from './proxy-errors/check.ts';
import { proxyHealth } from './proxy-health/check.ts';
import { rdsConfiguration } from './rds-configuration/check.ts';
import { routerSettingsReappeared } from './router-settings-reappeared/check.ts';
import { serverLoad } from './server-load/check.ts';
import { setupCurrent } from './setup-current/check.ts';
import { tableGrowth } from './table-growth/check.ts';
import { teamRouterSettings } from './team-router-settings/check.ts';
import { transportSecurity } from './transport-security/check.ts';
import { userConfig } from './user-config/check.ts';

/** Every check, in the order in which equally bad findings are shown: what explains the others comes first. */
export const CHECKS = [
  databaseReachable,
  failover,
  serverLoad,
  connectionHeadroom,
  connectionLimits,
  connectionLeak,
  connectionCeiling,
  connectionGrowth,
  poolBudget,
  migrations,
  lockWaits,
  idleInTransaction,
  tableGrowth,
  deadlocks,
  perRequestRouter,
  globalRouterSettings,
  routerSettingsReappeared,
  teamRouterSettings,
  keyRouterSettings,
  userConfig,
  litellmVersion,
  litellmSecurity,
  proxyHealth,
  proxyErrors,
  iamAuthentication,
  transportSecurity,
  rdsConfiguration,
  setupCurrent,
  auditorPrivileges,
  auditorSession,
  knowledgeAge,
] as const;

type RegisteredCheck = (typeof CHECKS)[number];

/** The id of a check that exists: a misspelled one does not compile. */
export type CheckId = RegisteredCheck['id'];

/** What one check found, by its id. */
export type FactsOf<Id extends CheckId> =
  Extract<RegisteredCheck, { readonly id: Id }> extends Check<Id, infer _Needs, infer Facts> ? Facts : never;

/** A finding of one check with its facts; null when the check could not be made. */
export type FindingOf<Id extends CheckId> = Finding & { readonly checkId: Id; readonly facts: FactsOf<Id> | null };

/** A finding of any check, discriminated by `checkId`. */
export type CheckFinding = { [Id in CheckId]: FindingOf<Id> }[CheckId];
