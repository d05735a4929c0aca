import { environmentName } from '../lambda/settings/settings.ts';
import { tuningSchema } from '../lambda/settings/tuning.ts';
import type { DatabaseConfig } from './config-fields.ts';
import { longestGapMinutes } from './schedule-gap.ts';

export interface EnvironmentProps {
  readonly label: string;
  readonly database: DatabaseConfig;
  readonly topicArn: string;
  readonly memoryTable: string;
  /** Relative to the function's folder. undefined: the function trusts the CAs of its runtime. */
  readonly caFile: string | undefined;
}

/** The function's environment variables for `settingsFromEnvironment`: the target, and the tuning that differs from the default. */
export function functionEnvironment({
  label,
  database,
  topicArn,
  memoryTable,
  caFile,
}: EnvironmentProps): Record<string, string> {
  const { host, port, databaseName, user, rds, proxy, schedule, tuning } = database;
  const defaults = Object.entries(tuningSchema.parse({}));
  const target = {
    database: label,
    host,
    port,
    databaseName,
    user,
    caFile,
    rdsKind: rds.kind,
    rdsIdentifier: rds.identifier,
    rdsProxyName: rds.proxyName,
    topicArn,
    memoryTable,
    longestGapMinutes: longestGapMinutes(schedule),
    proxyUrl: proxy?.url,
    proxyKeySecretArn: proxy?.keySecretArn,
    proxyLogMetrics: proxy?.logGroupName === undefined ? undefined : true,
  };
  const changed = Object.entries(tuning).filter(
    ([name, value]) => !defaults.some(([other, defaultValue]) => other === name && defaultValue === value),
  );
  return Object.fromEntries(
    [...Object.entries(target), ...changed].flatMap(([name, value]) =>
      value === undefined ? [] : [[environmentName(name), String(value)]],
    ),
  );
}
