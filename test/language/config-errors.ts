import { ConfigError, parseConfig } from '../../infra/config.ts';
import { parseRequest } from '../../lambda/settings/request.ts';
import { environmentName, settingsFromEnvironment } from '../../lambda/settings/settings.ts';
import { tuningSchema } from '../../lambda/settings/tuning.ts';
import { CLUSTER, EXISTING_TOPIC, INSTANCE, PROXY } from '../infra/configs.ts';

/** Nothing is right in all places. */
const WRONG: readonly unknown[] = [null, '', 'wrong value!', -1, 1.5, 1e9, true, {}, { unknown: 1 }, [], [1, 1]];

const RICH = {
  ...CLUSTER,
  proxy: PROXY,
  user: 'litellm_auditor',
  port: 5432,
  caFile: '/nowhere/ca.pem',
  vpc: { ...CLUSTER.vpc, databaseSecurityGroupId: 'sg-0123456789abcdef9' },
  schedule: { expression: 'rate(15 minutes)', timezone: 'Europe/Berlin', flexibleMinutes: 10, longestGapMinutes: 4320 },
  notifications: { emails: ['on-call@example.com'], slack: { workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' } },
  logRetentionDays: 14,
  memoryMb: 1024,
  timeoutSeconds: 120,
  reserveConcurrency: false,
  tuning: tuningSchema.parse({
    litellmVersion: '1.81.3',
    litellmSchema: 'public',
    litellmUser: 'litellm',
    poolLimit: 10,
  }),
};

/** Fields that do not go together. */
const CONTRADICTIONS: readonly object[] = [
  { ...INSTANCE, rds: CLUSTER.rds },
  { ...INSTANCE, rds: { ...INSTANCE.rds, resourceId: CLUSTER.rds.resourceId } },
  { ...INSTANCE, region: 'eu-west-1' },
  { ...INSTANCE, host: 'litellm.cluster-ro-c0example0000.eu-central-1.rds.amazonaws.com' },
  { ...INSTANCE, host: 'litellm.proxy-c0example0000.eu-central-1.rds.amazonaws.com' },
  { ...INSTANCE, vpc: { ...INSTANCE.vpc, databaseSecurityGroupId: 'sg-01234567', securityGroupIds: ['sg-01234567'] } },
  { ...INSTANCE, notifications: {} },
  { ...INSTANCE, notifications: { ...EXISTING_TOPIC, emails: ['on-call@example.com'] } },
  { ...INSTANCE, schedule: { expression: 'cron(0 6 ? * MON-FRI *)' } },
  { ...INSTANCE, schedule: { expression: 'rate(10 days)' } },
  { ...INSTANCE, timeoutSeconds: 10, tuning: { connectTimeoutMs: 60_000, statementTimeoutMs: 60_000 } },
  { ...INSTANCE, tuning: { headroomWarningPercent: 95, headroomCriticalPercent: 90 } },
  { ...INSTANCE, tuning: { growthWarningHours: 1, growthCriticalHours: 24 } },
  { ...INSTANCE, tuning: { purge: 'automatic' } },
];

/** What a configuration file with each of many errors is answered with. */
export function configErrors(): string {
  const databases = [RICH, ...variants(RICH), ...CONTRADICTIONS];
  const files: readonly unknown[] = [
    ...WRONG,
    ...WRONG.map((defaults) => ({ defaults, databases: { prod: RICH } })),
    ...WRONG.map((label) => ({ databases: { [String(label)]: INSTANCE } })),
    ...databases.map((database) => ({ databases: { prod: database } })),
  ];
  return files.map((file) => messageOf(() => parseConfig(file, '/'))).join('\n');
}

/** What the function answers to wrong variables and wrong events. */
export function functionErrors(): string {
  const fields = [...Object.keys(tuningSchema.shape), 'database', 'host', 'port', 'user', 'topicArn', 'proxyUrl'];
  const environments = fields.map((field) => ({
    AWS_REGION: 'eu-central-1',
    [environmentName(field)]: 'wrong value!',
  }));
  const actions = ['audit', 'purge', 'restore', 'backups', 'drop', 7];
  const given = ['scheduledAt', 'confirm', 'loseRoutingPolicy', 'backup', 'replace', 'other'];
  const events = [
    ...WRONG,
    ...actions.flatMap((action) => [{ action }, ...given.map((name) => ({ action, [name]: 'wrong value!' }))]),
  ];
  return [
    ...[{}, ...environments].map((environment) => messageOf(() => settingsFromEnvironment(environment))),
    ...events.map((event) => messageOf(() => parseRequest(event))),
  ].join('\n');
}

/** The value with one of its parts, at any depth, wrong or absent. */
function variants(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return WRONG;
  const parts = Object.entries(value);
  return [
    ...WRONG,
    ...parts.flatMap(([name, part]) => variants(part).map((other) => ({ ...value, [name]: other }))),
    ...parts.map(([name]) => ({ ...value, [name]: undefined })),
  ];
}

function messageOf(act: () => unknown): string {
  try {
    act();
    return '';
  } catch (error) {
    if (error instanceof ConfigError || error instanceof Error) return error.message;
    throw error;
  }
}
