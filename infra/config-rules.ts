import { isRdsProxyHost, NO_RDS_PROXY } from '../lambda/settings/settings.ts';
import type { DatabaseConfig } from './config-fields.ts';
import { longestGapMinutes, parseRateMinutes } from './schedule-gap.ts';

/** A broken rule between fields. `field` is a path below the database; `sentence` follows it. */
export interface Problem {
  readonly field: string;
  readonly sentence: string;
}

/** An alarm looks back 7 days at most. One gap must fit in with room to spare. */
const LONGEST_GAP_MINUTES = 7200;
/** The time of a run outside its calls: start of the function, checks, rendering. */
const OVERHEAD_MS = 5000;
/** Readiness, model hub, and readiness with the key from Secrets Manager. */
const PROXY_REQUESTS = 3;

/** Every broken rule between the fields of one database. Each field by itself is valid already. */
export function findProblems(config: DatabaseConfig): Problem[] {
  return [
    ...findRdsProblems(config),
    ...findNetworkProblems(config),
    ...findScheduleProblems(config.schedule),
    ...findNotificationProblems(config),
    ...findSchemaProblems(config),
    ...findThresholdProblems(config.tuning),
    ...findTimeoutProblems(config),
  ];
}

function findRdsProblems({ host, region, rds }: DatabaseConfig): Problem[] {
  const problems: Problem[] = [];
  const prefix = rds.kind === 'instance' ? 'db-' : 'cluster-';
  if (!rds.resourceId.startsWith(prefix)) {
    problems.push({
      field: 'rds.resourceId',
      sentence: `is "${rds.resourceId}", but rds.kind is "${rds.kind}". Allowed: an id that starts with ${prefix}.`,
    });
  }
  const [, hostRegion] = /\.([a-z]{2,3}(?:-[a-z]+)+-\d)\.rds\.amazonaws\.com(?:\.cn)?$/i.exec(host) ?? [];
  if (hostRegion !== undefined && hostRegion.toLowerCase() !== region) {
    problems.push({
      field: 'host',
      sentence: `is "${host}", which is in ${hostRegion}, but region is "${region}". Allowed: an endpoint in the same region.`,
    });
  }
  const wrongEndpoint = /\.cluster-ro-/i.test(host) ? 'a reader endpoint' : isRdsProxyHost(host) ? 'an RDS Proxy' : '';
  if (wrongEndpoint) {
    problems.push({
      field: 'host',
      sentence: `is "${host}", ${wrongEndpoint}. Allowed: the instance endpoint or the writer endpoint, which LiteLLM's connections reach.${isRdsProxyHost(host) ? ` ${NO_RDS_PROXY}; name the proxy as rds.proxyName instead.` : ''}`,
    });
  }
  return problems;
}

function findNetworkProblems({ vpc }: DatabaseConfig): Problem[] {
  if (!vpc.databaseSecurityGroupId || !vpc.securityGroupIds) return [];
  return [
    {
      field: 'vpc.databaseSecurityGroupId',
      sentence:
        "is set together with vpc.securityGroupIds. Allowed: one of the two. With your own groups, add the rule to the database's group yourself.",
    },
  ];
}

function findScheduleProblems(schedule: DatabaseConfig['schedule']): Problem[] {
  const problems: Problem[] = [];
  const { expression, timezone, flexibleMinutes } = schedule;
  const rate = parseRateMinutes(expression);
  if (rate !== undefined && rate > LONGEST_GAP_MINUTES) {
    problems.push({
      field: 'schedule.expression',
      sentence: `is "${expression}". Allowed: a rate of at most 5 days. The alarm for missing audits looks back 7 days at most.`,
    });
  }
  if (flexibleMinutes !== undefined && flexibleMinutes >= longestGapMinutes(schedule)) {
    problems.push({
      field: 'schedule.flexibleMinutes',
      sentence: `is ${flexibleMinutes}. Allowed: less than the time between two audits, ${longestGapMinutes(schedule)} minutes.`,
    });
  }
  if (timezone !== undefined && !isTimezone(timezone)) {
    problems.push({
      field: 'schedule.timezone',
      sentence: `is ${JSON.stringify(timezone)}. Allowed: an IANA time zone such as Europe/Berlin.`,
    });
  }
  return problems;
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function findNotificationProblems({ region, notifications, tuning }: DatabaseConfig): Problem[] {
  const problems: Problem[] = [];
  const { topicArn, topicKeyArn, emails, slack } = notifications;
  if (topicArn === undefined) {
    if (topicKeyArn !== undefined) {
      problems.push({
        field: 'notifications.topicKeyArn',
        sentence:
          "is set without topicArn. Allowed: only together with topicArn. The stack's own topic has its own key.",
      });
    }
    if (emails.length === 0 && slack === undefined && tuning.notifyFrom !== 'never') {
      problems.push({
        field: 'notifications',
        sentence: 'has no recipient. Allowed: emails, slack or topicArn, or tuning.notifyFrom "never".',
      });
    }
    return problems;
  }
  for (const [field, isSet] of [
    ['emails', emails.length > 0],
    ['slack', slack !== undefined],
  ] as const) {
    if (isSet) {
      problems.push({
        field: `notifications.${field}`,
        sentence:
          'is set together with topicArn. Allowed: only without topicArn. Subscribe people to the existing topic itself.',
      });
    }
  }
  for (const [field, arn] of Object.entries({ topicArn, topicKeyArn })) {
    if (arn !== undefined && arn.split(':')[3] !== region) {
      problems.push({
        field: `notifications.${field}`,
        sentence: `is "${arn}", but region is "${region}". Allowed: one in the same region.`,
      });
    }
  }
  return problems;
}

/** Its rights on the auditor's schema are the setup script's alone. */
function findSchemaProblems({ tuning: { auditorSchema, litellmSchema } }: DatabaseConfig): Problem[] {
  if (auditorSchema !== litellmSchema) return [];
  return [
    {
      field: 'tuning.auditorSchema',
      sentence: `is "${auditorSchema}", which is tuning.litellmSchema too. Allowed: a schema of its own, which the setup script creates.`,
    },
  ];
}

function findThresholdProblems(tuning: DatabaseConfig['tuning']): Problem[] {
  const problems: Problem[] = [];
  const mustBeBelow = [
    ['headroomWarningPercent', 'headroomCriticalPercent'],
    ['idleInTransactionWarningSeconds', 'idleInTransactionCriticalSeconds'],
    ['lockWaitWarningSeconds', 'lockWaitCriticalSeconds'],
    ['lockTimeoutMs', 'statementTimeoutMs'],
    ['growthCriticalHours', 'growthWarningHours'],
  ] as const;
  for (const [lower, higher] of mustBeBelow) {
    if (tuning[lower] >= tuning[higher]) {
      problems.push({
        field: `tuning.${lower}`,
        sentence: `is ${tuning[lower]}. Allowed: less than tuning.${higher}, which is ${tuning[higher]}.`,
      });
    }
  }
  return problems;
}

/**
 * One connection and four round trips (docs/architecture.md, "A guest in someone's database"), while the proxy and AWS are queried. Publishing, with two
 * calls of AWS, comes last.
 */
function findTimeoutProblems({ timeoutSeconds, tuning, proxy }: DatabaseConfig): Problem[] {
  const { connectTimeoutMs, statementTimeoutMs, awsTimeoutMs, proxyTimeoutMs } = tuning;
  const databaseMs = connectTimeoutMs + 4 * statementTimeoutMs;
  const proxyMs = proxy === undefined ? 0 : PROXY_REQUESTS * proxyTimeoutMs + awsTimeoutMs;
  // The purge tries again if an answer is lost, and publishes its own message.
  const purgeMs = tuning.purge === 'automatic' ? 2 * (connectTimeoutMs + statementTimeoutMs) + awsTimeoutMs : 0;
  const neededMs = Math.max(databaseMs, proxyMs, awsTimeoutMs) + 2 * awsTimeoutMs + purgeMs + OVERHEAD_MS;
  if (timeoutSeconds * 1000 >= neededMs) return [];
  return [
    {
      field: 'timeoutSeconds',
      sentence: `is ${timeoutSeconds}. Allowed: at least ${Math.ceil(neededMs / 1000)}, the sum of the timeouts in tuning that apply to one audit.`,
    },
  ];
}

/**
 * Amazon Q Developer accepts a Slack channel once per account: a second stack that configures it fails to deploy.
 * `field` is a path in the whole file here.
 */
export function findSlackProblems(databases: { readonly [label: string]: DatabaseConfig }): Problem[] {
  const ownerByChannel = new Map<string, string>();
  return Object.entries(databases).flatMap(([label, { account, notifications }]) => {
    if (notifications.slack === undefined) return [];
    const channel = [account, notifications.slack.workspaceId, notifications.slack.channelId].join(' ');
    const first = ownerByChannel.get(channel);
    if (first === undefined) {
      ownerByChannel.set(channel, label);
      return [];
    }
    return [
      {
        field: `databases.${label}.notifications.slack`,
        sentence: `is the channel of databases.${first} too. Allowed: a channel once per account. Set topicArn to the topic of ${first} instead.`,
      },
    ];
  });
}

/**
 * Two entries for one database are two LiteLLM schemas in it. The functions of one auditor's schema are for one of them, and a role that is the
 * auditor of both could purge the row of either. `field` is a path in the whole file here.
 */
export function findSharedDatabaseProblems(databases: { readonly [label: string]: DatabaseConfig }): Problem[] {
  const all = Object.entries(databases);
  return all.flatMap(([label, database], index) =>
    all.slice(0, index).flatMap(([first, other]) => {
      if (!isSameDatabase(database, other)) return [];
      const problem = (field: string, value: string, allowed: string): Problem => ({
        field: `databases.${label}.${field}`,
        sentence: `is ${JSON.stringify(value)}, as in databases.${first}, which is the same database. Allowed: ${allowed}.`,
      });
      const { litellmSchema } = database.tuning;
      return [
        ...(database.user === other.user
          ? [problem('user', database.user, 'a role of its own for each LiteLLM schema')]
          : []),
        ...(database.tuning.auditorSchema === other.tuning.auditorSchema
          ? [
              problem(
                'tuning.auditorSchema',
                database.tuning.auditorSchema,
                'a schema of its own for each LiteLLM schema',
              ),
            ]
          : []),
        ...(litellmSchema === undefined || other.tuning.litellmSchema === undefined
          ? [
              {
                field: `databases.${litellmSchema === undefined ? label : first}.tuning.litellmSchema`,
                sentence: `is missing, and databases.${litellmSchema === undefined ? first : label} is the same database. Allowed: the schema of LiteLLM's tables, in both.`,
              },
            ]
          : litellmSchema === other.tuning.litellmSchema
            ? [problem('tuning.litellmSchema', litellmSchema, 'each LiteLLM schema once')]
            : []),
      ];
    }),
  );
}

/** By the resource id too: the endpoints of a cluster and of its writer are two names for one server. */
function isSameDatabase(one: DatabaseConfig, other: DatabaseConfig): boolean {
  const isSameServer =
    (one.host.toLowerCase() === other.host.toLowerCase() && one.port === other.port) ||
    (one.rds.resourceId === other.rds.resourceId && one.region === other.region);
  return isSameServer && one.account === other.account && one.databaseName === other.databaseName;
}
