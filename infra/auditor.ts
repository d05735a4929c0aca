import { CfnOutput, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import type { DatabaseConfig } from './config-fields.ts';
import { createAuditorFunction } from './function.ts';
import { createMemoryTable } from './memory-table.ts';
import { attachToNetwork } from './network.ts';
import { Notifications } from './notifications.ts';
import { auditorPermissions, createPolicy, type PermittedResources } from './permissions.ts';
import { ProxyLog } from './proxy-log.ts';
import { AUDIT_REQUEST, createAuditSchedule } from './schedule.ts';
import { longestGapMinutes } from './schedule-gap.ts';
import { acknowledgeWildcards } from './wildcards.ts';

export interface DatabaseAuditorProps {
  /** The name of the database in reports; the metrics' dimension. */
  readonly label: string;
  /** The name of the function, its alarms and its own topic; unique in the account and region. */
  readonly name: string;
  readonly database: DatabaseConfig;
}

/** The auditor of one database: the function, its role, schedule, log, topic and alarms, and the stack's outputs. */
export class DatabaseAuditor extends Construct {
  constructor(scope: Construct, id: string, { label, name, database }: DatabaseAuditorProps) {
    super(scope, id);
    const { topic, keyArn } = new Notifications(this, 'Notifications', { name, config: database.notifications });
    const logGroupName = `/aws/lambda/${name}`;
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName,
      retention: database.logRetentionDays,
      // The reports were published already. A log group that is kept would prevent a later deployment of the same stack.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const failedEvents = createFailedEventQueue(this);
    const memory = createMemoryTable(this, 'Memory');
    const role = createRole(this, {
      functionName: name,
      label,
      memoryTableArn: memory.tableArn,
      database,
      logGroupArn: logGroup.logGroupArn,
      topicArn: topic.topicArn,
      topicKeyArn: keyArn,
      failedEventsArn: failedEvents.queueArn,
    });
    const auditor = createAuditorFunction(this, 'Function', {
      functionName: name,
      label,
      database,
      network: attachToNetwork(this, database),
      // All permissions are in permissions.ts: CDK must not add others.
      role: role.withoutPolicyUpdates(),
      logGroup,
      topicArn: topic.topicArn,
      memoryTable: memory.tableName,
      onFailure: new SqsDestination(failedEvents),
    });
    createAuditSchedule(this, 'Schedule', { function: auditor, failedEvents, config: database.schedule });
    const { logGroupName: proxyLog } = database.proxy ?? {};
    if (proxyLog !== undefined) new ProxyLog(this, 'ProxyLog', { label, logGroupName: proxyLog });
    new Alarms(this, 'Alarms', {
      function: auditor,
      functionName: name,
      label,
      logGroupName,
      longestGapMinutes: longestGapMinutes(database.schedule),
      topic,
    });
    const stack = Stack.of(this);
    const outputs = {
      FunctionName: auditor.functionName,
      RoleArn: role.roleArn,
      TopicArn: topic.topicArn,
      // The configuration of a database that shares this topic requires both.
      ...(keyArn === undefined ? {} : { TopicKeyArn: keyArn }),
      InvokeCommand: `aws lambda invoke --region ${stack.region} --function-name ${name} --cli-read-timeout ${database.timeoutSeconds + 10} --cli-binary-format raw-in-base64-out --payload '${JSON.stringify(AUDIT_REQUEST)}' /dev/stdout`,
    };
    for (const [output, value] of Object.entries(outputs)) new CfnOutput(stack, output, { value });
  }
}

function createRole(scope: Construct, resources: PermittedResources): Role {
  const stack = Stack.of(scope);
  const permissions = auditorPermissions(stack, resources);
  const role = new Role(scope, 'Role', {
    description: `Permissions of the function ${resources.functionName}.`,
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: { audit: createPolicy(permissions) },
  });
  acknowledgeWildcards(stack, role, permissions);
  return role;
}

/**
 * Keeps the events of runs that failed or never started, for a later analysis. The alarms notify people: the raw JSON of a destination does not
 * help anybody at night, and the topic that refused the report would refuse it too.
 */
function createFailedEventQueue(scope: Construct): Queue {
  const queue = new Queue(scope, 'FailedEvents', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'This queue is itself the dead-letter queue of the schedule and of the function.',
  });
  return queue;
}
