import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PROXY } from './configs.ts';
import { findTemplate, only } from './templates.ts';

const statementSchema = z.looseObject({ Sid: z.string() });
const roleSchema = z.looseObject({
  ManagedPolicyArns: z.array(z.unknown()).default([]),
  Policies: z
    .array(
      z.object({ PolicyDocument: z.object({ Statement: z.array(z.looseObject({ Sid: z.string().optional() })) }) }),
    )
    .default([]),
});

const NETWORK = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/** Every statement of every role in a stack by the role's logical id without its hash, and whatever else gives permissions. */
function permissionsIn(label: Parameters<typeof findTemplate>[0]) {
  const template = findTemplate(label);
  const roles = Object.entries(template.findResources('AWS::IAM::Role')).map(([id, { Properties }]) => {
    const role = roleSchema.parse(Properties);
    return [
      id.replace(/[0-9A-F]{8}$/, ''),
      [...role.ManagedPolicyArns, ...role.Policies.flatMap((policy) => policy.PolicyDocument.Statement)],
    ];
  });
  return {
    roles: Object.fromEntries(roles),
    separatePolicies: Object.keys(template.findResources('AWS::IAM::Policy')),
  };
}

const attribute = (start: string) => ({ 'Fn::GetAtt': [expect.stringMatching(new RegExp(`^${start}`)), 'Arn'] });
const allow = (Sid: string, Action: string | string[], Resource: unknown) => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
});
const account = 'eu-central-1:111122223333';

const certificates = allow('DescribeCertificateAuthorities', 'rds:DescribeCertificates', '*');
const events = allow('DescribeEvents', 'rds:DescribeEvents', '*');
const metrics = allow('ReadMetrics', 'cloudwatch:GetMetricData', '*');
const log = allow('WriteLog', ['logs:CreateLogStream', 'logs:PutLogEvents'], attribute('AuditorLog'));
const failedEvent = allow('KeepFailedEvent', 'sqs:SendMessage', attribute('AuditorFailedEvents'));
const encrypt = (key: unknown) => ({
  ...allow('EncryptMessage', ['kms:Decrypt', 'kms:GenerateDataKey'], key),
  Condition: {
    StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['sns.eu-central-1.', { Ref: 'AWS::URLSuffix' }]] } },
  },
});
const remember = (label: string) => ({
  ...allow('Remember', ['dynamodb:GetItem', 'dynamodb:PutItem'], attribute('AuditorMemory')),
  Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': label } },
});
const network = (label: string) => [
  allow('AttachToVpc', NETWORK, '*'),
  {
    Sid: 'KeepCodeFromVpc',
    Effect: 'Deny',
    Action: NETWORK,
    Resource: '*',
    Condition: {
      ArnEquals: { 'lambda:SourceFunctionArn': `arn:aws:lambda:${account}:function:litellm-db-auditor-${label}` },
    },
  },
];
const scheduler = [
  { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: attribute('AuditorFunction') },
  { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: attribute('AuditorFailedEvents') },
];

describe('the roles of a stack', () => {
  it('allow this and nothing else when the database is an instance', () => {
    const permissions = permissionsIn('instance');

    expect(permissions).toEqual({
      roles: {
        AuditorRole: [
          allow(
            'LogInToDatabase',
            'rds-db:connect',
            `arn:aws:rds-db:${account}:dbuser:db-ABCDEFGHIJKLMNOPQRSTUVWXYZ/litellm_auditor`,
          ),
          allow('DescribeInstance', 'rds:DescribeDBInstances', `arn:aws:rds:${account}:db:litellm`),
          certificates,
          events,
          metrics,
          allow('Publish', 'sns:Publish', { Ref: expect.stringMatching(/^AuditorNotificationsTopic/) }),
          encrypt(attribute('AuditorNotificationsKey')),
          log,
          failedEvent,
          remember('instance'),
          ...network('instance'),
        ],
        AuditorSchedulerRole: scheduler,
      },
      separatePolicies: [],
    });
  });

  it('allow this and nothing else when the database is a cluster, the proxy is queried with a key and there is a Slack channel', () => {
    const permissions = permissionsIn('cluster');

    expect(permissions).toEqual({
      roles: {
        AuditorRole: [
          allow(
            'LogInToDatabase',
            'rds-db:connect',
            `arn:aws:rds-db:${account}:dbuser:cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ/litellm_auditor`,
          ),
          allow('DescribeCluster', 'rds:DescribeDBClusters', `arn:aws:rds:${account}:cluster:litellm`),
          allow('DescribeMembers', 'rds:DescribeDBInstances', `arn:aws:rds:${account}:db:*`),
          certificates,
          events,
          metrics,
          allow('ReadProxyKey', 'secretsmanager:GetSecretValue', PROXY.keySecretArn),
          allow('Publish', 'sns:Publish', { Ref: expect.stringMatching(/^AuditorNotificationsTopic/) }),
          encrypt(attribute('AuditorNotificationsKey')),
          log,
          failedEvent,
          remember('cluster'),
          ...network('cluster'),
        ],
        AuditorNotificationsSlackConfigurationRole: [],
        AuditorSchedulerRole: scheduler,
      },
      separatePolicies: [],
    });
  });

  it('publish to the existing topic with its key when there is one', () => {
    const { roles } = permissionsIn('shared');

    const statements = z.array(statementSchema).parse(roles.AuditorRole);
    expect(statements.filter(({ Sid }) => ['Publish', 'EncryptMessage'].includes(Sid))).toEqual([
      allow('Publish', 'sns:Publish', `arn:aws:sns:${account}:alerts`),
      encrypt(`arn:aws:kms:${account}:key/01234567-89ab-cdef-0123-456789abcdef`),
    ]);
  });

  it('let only Lambda and the scheduler of this account take them when they are assumed', () => {
    const roles = Object.values(findTemplate('instance').findResources('AWS::IAM::Role'));

    expect(roles.map(({ Properties }) => Properties.AssumeRolePolicyDocument.Statement)).toEqual([
      [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } }],
      [
        {
          Action: 'sts:AssumeRole',
          Effect: 'Allow',
          Principal: { Service: 'scheduler.amazonaws.com' },
          Condition: {
            StringEquals: {
              'aws:SourceAccount': '111122223333',
              'aws:SourceArn': `arn:aws:scheduler:${account}:schedule-group/default`,
            },
          },
        },
      ],
    ]);
  });

  it('deny Slack every action when there is a channel', () => {
    const guardrail = only(findTemplate('cluster'), 'AWS::IAM::ManagedPolicy');
    const slack = only(findTemplate('cluster'), 'AWS::Chatbot::SlackChannelConfiguration');

    expect(guardrail).toMatchObject({
      PolicyDocument: { Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] },
    });
    expect(slack).toMatchObject({
      SlackWorkspaceId: 'T0123ABCD',
      SlackChannelId: 'C0123ABCD',
      SnsTopicArns: [{ Ref: expect.stringMatching(/^AuditorNotificationsTopic/) }],
      GuardrailPolicies: [{ Ref: expect.stringMatching(/^AuditorNotificationsSlackGuardrail/) }],
    });
  });
});
