import { describe, expect, it } from 'vitest';
import { findTemplate, only } from './templates.ts';

const ownTopic = { Ref: expect.stringMatching(/^AuditorNotificationsTopic/) };

describe("the stack's own topic", () => {
  it('is encrypted with a key that rotates, and has the addresses subscribed', () => {
    const template = findTemplate('instance');

    expect(only(template, 'AWS::SNS::Topic')).toEqual({
      TopicName: 'litellm-db-auditor-instance',
      KmsMasterKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^AuditorNotificationsKey/), 'Arn'] },
    });
    expect(only(template, 'AWS::KMS::Key')).toMatchObject({ EnableKeyRotation: true, PendingWindowInDays: 7 });
    expect(only(template, 'AWS::SNS::Subscription')).toEqual({
      Protocol: 'email',
      Endpoint: 'on-call@example.com',
      TopicArn: ownTopic,
    });
  });

  it('accepts messages only over TLS, and from alarms of this account', () => {
    const template = findTemplate('instance');
    const fromAlarms = {
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
    };

    expect(only(template, 'AWS::SNS::TopicPolicy').PolicyDocument).toMatchObject({
      Statement: [
        {
          Effect: 'Deny',
          Action: 'sns:Publish',
          Principal: '*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
        { ...fromAlarms, Action: 'sns:Publish', Resource: ownTopic },
      ],
    });
    expect(only(template, 'AWS::KMS::Key').KeyPolicy).toMatchObject({
      Statement: [{ Action: 'kms:*' }, { ...fromAlarms, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] }],
    });
  });
});

describe('an existing topic', () => {
  it('is used as it is, without a topic, key, subscription or channel of the stack', () => {
    const template = findTemplate('shared');

    for (const type of [
      'SNS::Topic',
      'SNS::TopicPolicy',
      'SNS::Subscription',
      'KMS::Key',
      'Chatbot::SlackChannelConfiguration',
    ]) {
      template.resourceCountIs(`AWS::${type}`, 0);
    }
  });
});

describe('a Slack channel', () => {
  it('is not configured when none is named', () => {
    findTemplate('instance').resourceCountIs('AWS::Chatbot::SlackChannelConfiguration', 0);
    findTemplate('instance').resourceCountIs('AWS::IAM::ManagedPolicy', 0);
  });
});

describe('the alarms', () => {
  const findAlarms = (label: Parameters<typeof findTemplate>[0]) =>
    Object.fromEntries(
      Object.values(findTemplate(label).findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => [
        Properties.AlarmName,
        Properties,
      ]),
    );

  it('are raised by one failed run until none failed for a whole rate', () => {
    const alarm = findAlarms('instance')['litellm-db-auditor-instance-audit-failed'];

    expect(alarm).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 4,
      DatapointsToAlarm: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [ownTopic],
      OKActions: [ownTopic],
      AlarmDescription:
        'An audit of the LiteLLM database instance failed. Its report may not have been published; then it is in the log. See the log: aws logs tail /aws/lambda/litellm-db-auditor-instance --region eu-central-1 --since 3h',
    });
  });

  it('are raised when three rates pass without a completed audit', () => {
    const alarm = findAlarms('instance')['litellm-db-auditor-instance-no-audit'];

    expect(alarm).toMatchObject({
      EvaluationPeriods: 3,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
      AlarmActions: [ownTopic],
      OKActions: [ownTopic],
      Metrics: [
        { Expression: 'FILL(completed, 0)', ReturnData: true },
        {
          Id: 'completed',
          MetricStat: {
            Metric: {
              Namespace: 'LitellmDbAuditor',
              MetricName: 'AuditCompleted',
              Dimensions: [{ Name: 'database', Value: 'instance' }],
            },
            Period: 900,
            Stat: 'Sum',
          },
        },
      ],
    });
  });

  it('stay within what CloudWatch looks back when audits are days apart', () => {
    const alarms = findAlarms('shared');

    expect(alarms['litellm-db-auditor-shared-audit-failed']).toMatchObject({
      Period: 300,
      EvaluationPeriods: 288,
      AlarmActions: ['arn:aws:sns:eu-central-1:111122223333:alerts'],
    });
    expect(alarms['litellm-db-auditor-shared-no-audit']).toMatchObject({
      EvaluationPeriods: 7,
      Metrics: [{}, { MetricStat: { Period: 86_400 } }],
    });
  });
});
