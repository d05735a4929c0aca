import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { DatabaseConfig } from './config-fields.ts';

/** One statement of the function's role, and the reason for it. */
export interface Permission {
  readonly sid: string;
  readonly effect: Effect;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: { readonly [operator: string]: { readonly [key: string]: string } };
  readonly why: string;
}

/** The resources that the permissions name. */
export interface PermittedResources {
  readonly functionName: string;
  readonly database: Pick<DatabaseConfig, 'rds' | 'user' | 'proxy'>;
  readonly logGroupArn: string;
  readonly topicArn: string;
  /** The topic's key, if it is encrypted with a customer-managed key. */
  readonly topicKeyArn?: string;
  readonly failedEventsArn: string;
  /** The name of the database in reports: the partition of the memory that is its own. */
  readonly label: string;
  readonly memoryTableArn: string;
}

/** All permissions of the function's role. The stack gives partition, region and account. */
export function auditorPermissions(stack: Stack, resources: PermittedResources): readonly Permission[] {
  return [
    ...databasePermissions(stack, resources),
    ...proxyPermissions(resources),
    ...messagePermissions(stack, resources),
    ...memoryPermissions(resources),
    ...networkPermissions(stack, resources),
  ];
}

/** The permissions as an IAM policy. */
export function createPolicy(permissions: readonly Permission[]): PolicyDocument {
  return new PolicyDocument({
    statements: permissions.map(
      ({ sid, effect, actions, resources, conditions }) =>
        new PolicyStatement({
          sid,
          effect,
          actions: [...actions],
          resources: [...resources],
          conditions: { ...conditions },
        }),
    ),
  });
}

function databasePermissions(stack: Stack, { database: { rds, user } }: PermittedResources): Permission[] {
  const rdsArn = (resource: string, resourceName: string) =>
    stack.formatArn({ service: 'rds', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  const describe: Permission =
    rds.kind === 'instance'
      ? {
          sid: 'DescribeInstance',
          effect: Effect.ALLOW,
          actions: ['rds:DescribeDBInstances'],
          resources: [rdsArn('db', rds.identifier)],
          why: 'Reads class, parameter state and certificate of the instance.',
        }
      : {
          sid: 'DescribeMembers',
          effect: Effect.ALLOW,
          actions: ['rds:DescribeDBInstances'],
          resources: [rdsArn('db', '*')],
          why: 'Reads class, parameter state and certificate of the members. A query for the members of a cluster is a listing, which IAM checks only against db:*. The names of the members change when the cluster scales or fails over.',
        };
  const cluster: Permission = {
    sid: 'DescribeCluster',
    effect: Effect.ALLOW,
    actions: ['rds:DescribeDBClusters'],
    resources: [rdsArn('cluster', rds.identifier)],
    why: 'Reads IAM setting, endpoint, members and capacity of the cluster.',
  };
  return [
    {
      sid: 'LogInToDatabase',
      effect: Effect.ALLOW,
      actions: ['rds-db:connect'],
      resources: [
        stack.formatArn({
          service: 'rds-db',
          resource: 'dbuser',
          resourceName: `${rds.resourceId}/${user}`,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ],
      why: "Logs in with IAM as the auditor's role of this database, and as no other user.",
    },
    ...(rds.kind === 'cluster' ? [cluster] : []),
    describe,
    {
      sid: 'DescribeCertificateAuthorities',
      effect: Effect.ALLOW,
      actions: ['rds:DescribeCertificates'],
      resources: ['*'],
      why: 'Reads when the CAs of RDS expire. The action lists public certificates and has no resource types, so that IAM accepts only *.',
    },
    {
      sid: 'DescribeEvents',
      effect: Effect.ALLOW,
      actions: ['rds:DescribeEvents'],
      resources: ['*'],
      why: 'Reads the events of the last day, such as a failover. The action has no resource types, so that IAM accepts only *. Of other databases the function asks nothing.',
    },
    {
      sid: 'ReadMetrics',
      effect: Effect.ALLOW,
      actions: ['cloudwatch:GetMetricData'],
      resources: ['*'],
      why: "Reads the database's connections, load and storage of the last hours, its failed IAM logins and the counts of the proxy's log. The action has no resource types and no condition on the namespace, so that IAM accepts only *. It reads numbers and changes nothing.",
    },
  ];
}

function proxyPermissions({ database: { proxy } }: PermittedResources): Permission[] {
  if (proxy?.keySecretArn === undefined) return [];
  return [
    {
      sid: 'ReadProxyKey',
      effect: Effect.ALLOW,
      actions: ['secretsmanager:GetSecretValue'],
      resources: [proxy.keySecretArn],
      why: "Reads the proxy's key from the secret in the configuration.",
    },
  ];
}

function messagePermissions(
  stack: Stack,
  { topicArn, topicKeyArn, logGroupArn, failedEventsArn }: PermittedResources,
): Permission[] {
  const encrypt: Permission[] =
    topicKeyArn === undefined
      ? []
      : [
          {
            sid: 'EncryptMessage',
            effect: Effect.ALLOW,
            actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
            resources: [topicKeyArn],
            conditions: { StringEquals: { 'kms:ViaService': `sns.${stack.region}.${stack.urlSuffix}` } },
            why: 'SNS requires both from the publisher if the topic is encrypted. They are allowed only through SNS.',
          },
        ];
  return [
    {
      sid: 'Publish',
      effect: Effect.ALLOW,
      actions: ['sns:Publish'],
      resources: [topicArn],
      why: 'Publishes messages to the topic.',
    },
    ...encrypt,
    {
      sid: 'WriteLog',
      effect: Effect.ALLOW,
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      // The ARN ends in :*, which covers the streams of the log group.
      resources: [logGroupArn],
      why: "Writes to the function's own log group. AWS's managed policy would cover every log group.",
    },
    {
      sid: 'KeepFailedEvent',
      effect: Effect.ALLOW,
      actions: ['sqs:SendMessage'],
      resources: [failedEventsArn],
      why: 'Lambda sends the event of a failed run to the queue with this role.',
    },
  ];
}

function memoryPermissions({ label, memoryTableArn }: PermittedResources): Permission[] {
  return [
    {
      sid: 'Remember',
      effect: Effect.ALLOW,
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
      resources: [memoryTableArn],
      conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': label } },
      why: 'Remembers what earlier audits of this database found and what people were told, and nothing of another database.',
    },
  ];
}

const NETWORK_ACTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/** Source: AWS Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC". */
function networkPermissions(stack: Stack, { functionName }: PermittedResources): Permission[] {
  return [
    {
      sid: 'AttachToVpc',
      effect: Effect.ALLOW,
      actions: NETWORK_ACTIONS,
      resources: ['*'],
      why: 'Lambda creates and deletes the network interfaces of the function with this role. Their ids are not known in advance, and the Describe actions have no resource types.',
    },
    {
      sid: 'KeepCodeFromVpc',
      effect: Effect.DENY,
      actions: NETWORK_ACTIONS,
      resources: ['*'],
      conditions: {
        ArnEquals: {
          'lambda:SourceFunctionArn': stack.formatArn({
            service: 'lambda',
            resource: 'function',
            resourceName: functionName,
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        },
      },
      why: 'Denies these actions to the code itself. Lambda sets this key on calls of the running function, not on its own calls.',
    },
  ];
}
