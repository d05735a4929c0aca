import { auditorPrivileges } from './auditor-privileges/check.ts';
import type { Check } from './check.ts';
import { connectionCeiling } from './connection-ceiling/check.ts';
import { connectionGrowth } from './connection-growth/check.ts';
import { connectionHeadroom } from './connection-headroom/check.ts';
import { connectionLeak } from './connection-leak/check.ts';
import { databaseReachable } from './database-reachable/check.ts';
import { globalRouterSettings } from './global-router-settings/check.ts';
import { iamAuthentication } from './iam-authentication/check.ts';
import { idleInTransaction } from './idle-in-transaction/check.ts';
import { keyRouterSettings } from './key-router-settings/check.ts';
import { litellmVersion } from './litellm-version/check.ts';
import { perRequestRouter } from './per-request-router/check.ts';
import { poolBudget } from './pool-budget/check.ts';
import { proxyErrors } from './proxy-errors/check.ts';
import { proxyHealth } from './proxy-health/check.ts';
import { rdsConfiguration } from './rds-configuration/check.ts';
import { routerSettingsReappeared } from './router-settings-reappeared/check.ts';
import { teamRouterSettings } from './team-router-settings/check.ts';
import { transportSecurity } from './transport-security/check.ts';
import { userConfig } from './user-config/check.ts';

/** Every check, in the order in which equally bad findings are told: what explains the others comes first. */
export const CHECKS: readonly Check[] = [
  databaseReachable,
  connectionHeadroom,
  connectionLeak,
  connectionCeiling,
  connectionGrowth,
  poolBudget,
  idleInTransaction,
  perRequestRouter,
  globalRouterSettings,
  routerSettingsReappeared,
  teamRouterSettings,
  keyRouterSettings,
  userConfig,
  litellmVersion,
  proxyHealth,
  proxyErrors,
  iamAuthentication,
  transportSecurity,
  rdsConfiguration,
  auditorPrivileges,
];
