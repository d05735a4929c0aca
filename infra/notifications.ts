import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { SlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { Effect, ManagedPolicy, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { DatabaseConfig } from './config-fields.ts';

export interface NotificationsProps {
  /** The name of the own topic and of the Slack configuration; unique in the account. */
  readonly name: string;
  readonly config: DatabaseConfig['notifications'];
}

/** The topic that messages are published to: an existing one, or a new one with its subscribers. */
export class Notifications extends Construct {
  readonly topic: ITopic;
  /** The topic's customer-managed key; undefined if it has none. */
  readonly keyArn: string | undefined;

  constructor(scope: Construct, id: string, { name, config }: NotificationsProps) {
    super(scope, id);
    if (config.topicArn !== undefined) {
      this.topic = Topic.fromTopicArn(this, 'Topic', config.topicArn);
      this.keyArn = config.topicKeyArn;
      return;
    }
    const key = new Key(this, 'Key', {
      description: `Encrypts the messages of the topic ${name}.`,
      enableKeyRotation: true,
      // It only encrypts messages in transit: nothing is lost with it, and a key that is kept costs money forever.
      removalPolicy: RemovalPolicy.DESTROY,
      pendingWindow: Duration.days(7),
    });
    const topic = new Topic(this, 'Topic', { topicName: name, masterKey: key, enforceSSL: true });
    this.topic = topic;
    this.keyArn = key.keyArn;
    // Without this permission, the message of an alarm to an encrypted topic is lost without any error.
    topic.grantPublish(
      new ServicePrincipal('cloudwatch.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    for (const email of config.emails) topic.addSubscription(new EmailSubscription(email));
    if (config.slack !== undefined) this.#addSlackChannel(name, config.slack, topic);
  }

  #addSlackChannel(name: string, slack: NonNullable<DatabaseConfig['notifications']['slack']>, topic: ITopic): void {
    const guardrail = new ManagedPolicy(this, 'SlackGuardrail', {
      // CloudFormation replaces the policy when this text changes.
      description: 'The channel shows messages and can run nothing.',
      statements: [new PolicyStatement({ effect: Effect.DENY, actions: ['*'], resources: ['*'] })],
    });
    new SlackChannelConfiguration(this, 'Slack', {
      slackChannelConfigurationName: name,
      slackWorkspaceId: slack.workspaceId,
      slackChannelId: slack.channelId,
      notificationTopics: [topic],
      // The default is AdministratorAccess.
      guardrailPolicies: [guardrail],
    });
  }
}
