import type { DatabaseConfig } from './config-fields.ts';
import { longestGapMinutes, rateMinutes } from './schedule-gap.ts';

/** A rule between fields that does not hold. `field` is a path below the database; `sentence` follows it. */
export interface Problem {
  readonly field: string;
  readonly sentence: string;
}

/** An alarm looks back 7 days at most, and one audit has to fit in with room to spare. */
const LONGEST_GAP_MINUTES = 7200;
/** What a run needs beside the deadlines of its calls: start of the function, judging, rendering. In milliseconds. */
const OVERHEAD_MS = 5000;
/** Readiness, model hub, and readiness with the key that Secrets Manager has. */
const PROXY_QUESTIONS = 3;

/** Every rule between the fields of one database that does not hold; the fields alone are right already. */
export function problemsOf(config: DatabaseConfig): Problem[] {
  return [
    ...rdsProblems(config),
    ...networkProblems(config),
    ...scheduleProblems(config.schedule),
    ...notificationProblems(config),
    ...thresholdProblems(config.tuning),
    ...timeoutProblems(config),
  ];
}

function rdsProblems({ host, region, rds }: DatabaseConfig): Problem[] {
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
  const notTheServer = /\.cluster-ro-/i.test(host) ? 'a reader endpoint' : /\.proxy-/i.test(host) ? 'an RDS Proxy' : '';
  if (notTheServer) {
    problems.push({
      field: 'host',
      sentence: `is "${host}", ${notTheServer}. Allowed: the instance endpoint or the writer endpoint, where LiteLLM's connections end.`,
    });
  }
  return problems;
}

function networkProblems({ vpc }: DatabaseConfig): Problem[] {
  if (!vpc.databaseSecurityGroupId || !vpc.securityGroupIds) return [];
  return [
    {
      field: 'vpc.databaseSecurityGroupId',
      sentence:
        "is set beside vpc.securityGroupIds. Allowed: one of the two; with groups of your own, letting them in is the database group's rule to have.",
    },
  ];
}

function scheduleProblems(schedule: DatabaseConfig['schedule']): Problem[] {
  const problems: Problem[] = [];
  const { expression, timezone, flexibleMinutes } = schedule;
  const rate = rateMinutes(expression);
  if (rate !== undefined && rate > LONGEST_GAP_MINUTES) {
    problems.push({
      field: 'schedule.expression',
      sentence: `is "${expression}". Allowed: a rate of at most 5 days, because the alarm on missing audits looks back 7 days at most.`,
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
      sentence: `is ${JSON.stringify(timezone)}. Allowed: an IANA time zone as Europe/Berlin.`,
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

function notificationProblems({ region, notifications, tuning }: DatabaseConfig): Problem[] {
  const problems: Problem[] = [];
  const { topicArn, topicKeyArn, emails, slack } = notifications;
  if (topicArn === undefined) {
    if (topicKeyArn !== undefined) {
      problems.push({
        field: 'notifications.topicKeyArn',
        sentence: 'is set without topicArn. Allowed: only beside topicArn; the own topic gets its own key.',
      });
    }
    if (emails.length === 0 && slack === undefined && tuning.notifyFrom !== 'never') {
      problems.push({
        field: 'notifications',
        sentence: 'tells nobody. Allowed: emails, slack or topicArn, or tuning.notifyFrom "never".',
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
          'is set beside topicArn. Allowed: only without topicArn; whoever owns the existing topic subscribes people to it, once.',
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

function thresholdProblems(tuning: DatabaseConfig['tuning']): Problem[] {
  const problems: Problem[] = [];
  const mustBeBelow = [
    ['headroomWarningPercent', 'headroomCriticalPercent'],
    ['idleInTransactionWarningSeconds', 'idleInTransactionCriticalSeconds'],
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
 * One connection and four round trips (docs/architecture.md, "A guest in someone's database"). Before the last one the audit waits for the
 * second reading of table activity, and for the proxy, which is queried during the first three. AWS is queried during all of that, and
 * publishing comes after.
 */
function timeoutProblems({ timeoutSeconds, tuning, proxy }: DatabaseConfig): Problem[] {
  const { connectTimeoutMs, statementTimeoutMs, awsTimeoutMs, activitySeconds, proxyTimeoutMs } = tuning;
  const firstThreeMs = connectTimeoutMs + 3 * statementTimeoutMs;
  const proxyMs = proxy === undefined ? 0 : PROXY_QUESTIONS * proxyTimeoutMs + awsTimeoutMs;
  // The purge tries twice when an answer is lost, and has a message of its own.
  const purgeMs = tuning.purge === 'automatic' ? 2 * (connectTimeoutMs + statementTimeoutMs) + awsTimeoutMs : 0;
  const neededMs =
    Math.max(firstThreeMs, proxyMs) +
    activitySeconds * 1000 +
    statementTimeoutMs +
    2 * awsTimeoutMs +
    purgeMs +
    OVERHEAD_MS;
  if (timeoutSeconds * 1000 >= neededMs) return [];
  return [
    {
      field: 'timeoutSeconds',
      sentence: `is ${timeoutSeconds}. Allowed: at least ${Math.ceil(neededMs / 1000)}, the sum of the deadlines in tuning that one audit can need.`,
    },
  ];
}

/**
 * Amazon Q Developer takes a Slack channel once in an account: a second stack that configures it fails to deploy.
 * `field` is a path in the whole file here.
 */
export function slackProblems(databases: { readonly [label: string]: DatabaseConfig }): Problem[] {
  const takenBy = new Map<string, string>();
  return Object.entries(databases).flatMap(([label, { account, notifications }]) => {
    if (notifications.slack === undefined) return [];
    const channel = [account, notifications.slack.workspaceId, notifications.slack.channelId].join(' ');
    const first = takenBy.get(channel);
    if (first === undefined) {
      takenBy.set(channel, label);
      return [];
    }
    return [
      {
        field: `databases.${label}.notifications.slack`,
        sentence: `is the channel that databases.${first} has. Allowed: a channel once in an account; give this database the topicArn of ${first}'s topic instead.`,
      },
    ];
  });
}
