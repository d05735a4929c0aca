import { describe, expect, it } from 'vitest';
import { filterPattern, LOG_PHRASE_IDS, LOG_PHRASES } from '../../lambda/litellm/log-phrases.ts';
import { findTemplate, only } from './templates.ts';

describe('the function', () => {
  it('runs on Node 24, arm64, in the VPC, alone, with JSON logs, and is not retried, when it is not configured otherwise', () => {
    const properties = only(findTemplate('instance'), 'AWS::Lambda::Function');
    const invoked = only(findTemplate('instance'), 'AWS::Lambda::EventInvokeConfig');

    expect(properties).toMatchObject({
      FunctionName: 'litellm-db-auditor-instance',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: 512,
      Timeout: 60,
      ReservedConcurrentExecutions: 1,
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: expect.stringMatching(/^AuditorLog/) } },
      VpcConfig: { SubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'] },
    });
    expect(properties).not.toHaveProperty('TracingConfig');
    expect(invoked).toMatchObject({
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 900,
      DestinationConfig: {
        OnFailure: { Destination: { 'Fn::GetAtt': [expect.stringMatching(/^AuditorFailedEvents/), 'Arn'] } },
      },
    });
  });

  it('has the target and no tuning when all tuning is the default', () => {
    const { Environment } = only(findTemplate('instance'), 'AWS::Lambda::Function');

    expect(Environment).toEqual({
      Variables: {
        AUDITOR_DATABASE: 'instance',
        AUDITOR_HOST: 'litellm.c0example0000.eu-central-1.rds.amazonaws.com',
        AUDITOR_PORT: '5432',
        AUDITOR_DATABASE_NAME: 'litellm',
        AUDITOR_USER: 'litellm_auditor',
        AUDITOR_CA_FILE: 'rds-ca.pem',
        AUDITOR_RDS_KIND: 'instance',
        AUDITOR_RDS_IDENTIFIER: 'litellm',
        AUDITOR_TOPIC_ARN: { Ref: expect.stringMatching(/^AuditorNotificationsTopic/) },
        AUDITOR_MEMORY_TABLE: { Ref: expect.stringMatching(/^AuditorMemory/) },
        AUDITOR_LONGEST_GAP_MINUTES: '15',
      },
    });
  });

  it('remembers earlier audits in an encrypted table with a copy of each state, which forgets what is old', () => {
    expect(only(findTemplate('instance'), 'AWS::DynamoDB::Table')).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      KeySchema: [
        { AttributeName: 'database', KeyType: 'HASH' },
        { AttributeName: 'item', KeyType: 'RANGE' },
      ],
    });
  });

  it('has the tuning that differs and its sizes when the configuration has them', () => {
    const properties = only(findTemplate('shared'), 'AWS::Lambda::Function');

    expect(properties).toMatchObject({ MemorySize: 1024, Timeout: 120 });
    expect(properties).not.toHaveProperty('ReservedConcurrentExecutions');
    expect(properties.Environment).toMatchObject({
      Variables: {
        AUDITOR_NOTIFY_FROM: 'critical',
        AUDITOR_HEADROOM_WARNING_PERCENT: '70',
        AUDITOR_TOPIC_ARN: 'arn:aws:sns:eu-central-1:111122223333:alerts',
      },
    });
    expect(properties.Environment).not.toHaveProperty('Variables.AUDITOR_STATEMENT_TIMEOUT_MS');
  });

  it('names no CA file when none is known for the region', () => {
    const { Environment } = only(findTemplate('anywhere'), 'AWS::Lambda::Function');

    expect(Environment).toHaveProperty('Variables.AUDITOR_HOST');
    expect(Environment).not.toHaveProperty('Variables.AUDITOR_CA_FILE');
  });
});

describe('the network', () => {
  it('is a group that allows outbound HTTPS and the database port when no group is configured', () => {
    const template = findTemplate('instance');

    expect(only(template, 'AWS::EC2::SecurityGroup')).toMatchObject({
      VpcId: 'vpc-0123456789abcdef0',
      SecurityGroupEgress: [
        { CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 },
        { CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432 },
      ],
    });
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  it("connects its own group with the database's and allows the proxy's port when both are configured", () => {
    const template = findTemplate('cluster');
    const own = { 'Fn::GetAtt': [expect.stringMatching(/^AuditorSecurityGroup/), 'GroupId'] };

    expect(only(template, 'AWS::EC2::SecurityGroup').SecurityGroupEgress).toMatchObject([
      { FromPort: 443 },
      { CidrIp: '0.0.0.0/0', FromPort: 4000, ToPort: 4000 },
    ]);
    expect(only(template, 'AWS::EC2::SecurityGroupEgress')).toMatchObject({
      GroupId: own,
      DestinationSecurityGroupId: 'sg-0123456789abcdef9',
      FromPort: 5432,
      ToPort: 5432,
    });
    expect(only(template, 'AWS::EC2::SecurityGroupIngress')).toMatchObject({
      GroupId: 'sg-0123456789abcdef9',
      SourceSecurityGroupId: own,
      FromPort: 5432,
      ToPort: 5432,
    });
  });

  it('has the existing groups and no new one when they are configured', () => {
    const template = findTemplate('shared');

    expect(only(template, 'AWS::Lambda::Function')).toMatchObject({
      VpcConfig: { SecurityGroupIds: ['sg-0123456789abcdef0'] },
    });
    template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
  });
});

describe("the proxy's log", () => {
  it('has its failed connections counted, for this database alone, when its group is configured', () => {
    const filters = Object.values(findTemplate('cluster').findResources('AWS::Logs::MetricFilter'));

    const counted = (MetricName: string, FilterPattern: string) => ({
      Type: 'AWS::Logs::MetricFilter',
      Properties: {
        LogGroupName: '/ecs/litellm',
        FilterPattern,
        MetricTransformations: [{ MetricNamespace: 'LitellmDbAuditor/cluster', MetricName, MetricValue: '1' }],
      },
    });
    expect(filters).toEqual(
      expect.arrayContaining([
        counted('ProxyConnectionAttemptsFailed', '"All connection attempts failed"'),
        counted('ProxySlotsRefused', '?"too many clients" ?"remaining connection slots"'),
      ]),
    );
    const patterns = LOG_PHRASE_IDS.map((id) => counted(LOG_PHRASES[id].metric, filterPattern(id)));
    expect(filters).toHaveLength(patterns.length);
    expect(filters).toEqual(expect.arrayContaining(patterns));
  });

  it('has no filter when it is not configured', () => {
    findTemplate('instance').resourceCountIs('AWS::Logs::MetricFilter', 0);
  });
});

describe('the schedule', () => {
  it('asks for an audit every 15 minutes and keeps events that were not delivered when it is not configured otherwise', () => {
    const schedule = only(findTemplate('instance'), 'AWS::Scheduler::Schedule');

    expect(schedule).toMatchObject({
      ScheduleExpression: 'rate(15 minutes)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: 'ENABLED',
      Target: {
        Input: '{"action":"audit","scheduledAt":"<aws.scheduler.scheduled-time>"}',
        RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringMatching(/^AuditorFailedEvents/), 'Arn'] } },
      },
    });
  });

  it('has the time zone and window when the configuration has them', () => {
    const schedule = only(findTemplate('shared'), 'AWS::Scheduler::Schedule');

    expect(schedule).toMatchObject({
      ScheduleExpression: 'cron(0 6 ? * MON-FRI *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 10 },
    });
  });
});

describe('what is kept', () => {
  it('is the log for as long as configured, and failed events for 14 days, encrypted', () => {
    const log = only(findTemplate('shared'), 'AWS::Logs::LogGroup');
    const queue = only(findTemplate('shared'), 'AWS::SQS::Queue');

    expect(log).toEqual({ LogGroupName: '/aws/lambda/litellm-db-auditor-shared', RetentionInDays: 14 });
    expect(queue).toEqual({ MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true });
  });

  it('goes with the stack when it is deleted', () => {
    const template = findTemplate('instance');

    for (const type of ['AWS::Logs::LogGroup', 'AWS::SQS::Queue', 'AWS::KMS::Key']) {
      expect(Object.values(template.findResources(type))).toEqual([
        expect.objectContaining({ DeletionPolicy: 'Delete' }),
      ]);
    }
  });
});

describe('the outputs', () => {
  it('name the function, the role, the topic with its key and a command to paste', () => {
    const outputs = findTemplate('instance').findOutputs('*');

    expect(Object.keys(outputs)).toEqual(['FunctionName', 'RoleArn', 'TopicArn', 'TopicKeyArn', 'InvokeCommand']);
    expect(outputs.InvokeCommand).toMatchObject({
      Value:
        'aws lambda invoke --region eu-central-1 --function-name litellm-db-auditor-instance --cli-read-timeout 70 --cli-binary-format raw-in-base64-out --payload \'{"action":"audit"}\' /dev/stdout',
    });
  });
});
