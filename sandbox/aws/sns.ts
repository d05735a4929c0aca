import { randomUUID } from 'node:crypto';
import { AwsError } from './aws-error.ts';
import { queryService } from './query-protocol.ts';
import type { Service } from './service.ts';
import { type Bodies, readMessage, type SnsMessage } from './sns-message.ts';

export interface SnsSubscription {
  /** sqs is for all that have no body of their own. */
  readonly protocol: Exclude<keyof Bodies, 'default'> | 'sqs';
  /** Email address, URL, telephone number or ARN. */
  readonly endpoint: string;
}

export interface SnsTopic {
  readonly arn: string;
  readonly subscriptions: readonly SnsSubscription[];
}

/** What one subscriber got. */
export interface Delivery extends SnsSubscription {
  readonly subject: string;
  readonly body: string;
}

export interface Published {
  readonly messageId: string;
  readonly message: SnsMessage;
  readonly deliveries: readonly Delivery[];
}

/** SNS with these topics. What is published is added to `published`. */
export function snsService(region: string, topics: readonly SnsTopic[], published: Published[]): Service {
  const publish = (message: SnsMessage) => {
    if (!new RegExp(`^arn:aws[a-z-]*:sns:${region}:\\d{12}:[\\w-]{1,256}$`).test(message.topicArn)) {
      throw new AwsError('InvalidParameter', 'Invalid parameter: TopicArn');
    }
    const topic = topics.find(({ arn }) => arn === message.topicArn);
    if (!topic) throw new AwsError('NotFound', 'Topic does not exist', 404);
    const messageId = randomUUID();
    published.push({
      messageId,
      message,
      deliveries: topic.subscriptions.map(({ protocol, endpoint }) => ({
        protocol,
        endpoint,
        subject: message.subject,
        body: message.bodies[protocol === 'sqs' ? 'default' : protocol],
      })),
    });
    return { MessageId: messageId };
  };
  return queryService({
    signingName: 'sns',
    version: '2010-03-31',
    namespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
    actions: new Map([['Publish', (parameters) => publish(readMessage(parameters))]]),
  });
}
