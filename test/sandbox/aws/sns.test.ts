import { type PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AwsEndpoints } from '../../../sandbox/aws/endpoints.ts';
import { clientOptions, publishCommand, startForTest, TOPIC } from './helpers.ts';

const BODIES = { default: 'all', email: 'läng\n& <text>', https: '{"version":"1.0"}', sms: 'short' };

describe('SNS Publish', () => {
  let endpoints: AwsEndpoints;
  let client: SNSClient;
  beforeAll(async () => {
    const protocols = ['email', 'https', 'sms', 'sqs'] as const;
    const subscriptions = protocols.map((protocol) => ({ protocol, endpoint: `to ${protocol}` }));
    endpoints = await startForTest({ topics: [{ arn: TOPIC, subscriptions }] });
    client = new SNSClient(clientOptions(endpoints.sns));
  });
  afterAll(() => endpoints.stop());

  function publish(changes: Partial<PublishCommandInput>) {
    return client.send(publishCommand(changes));
  }

  function publishBodies(bodies: unknown) {
    return publish({ Message: JSON.stringify(bodies) });
  }

  it('delivers the body of its protocol when there is one, else the default', async () => {
    const { MessageId } = await publishBodies(BODIES);

    const published = endpoints.sns.published.at(-1);
    const subject = 'WARNING litellm sandbox';
    expect(published?.messageId).toBe(MessageId);
    expect(published?.deliveries).toEqual([
      { protocol: 'email', endpoint: 'to email', subject, body: BODIES.email },
      { protocol: 'https', endpoint: 'to https', subject, body: BODIES.https },
      { protocol: 'sms', endpoint: 'to sms', subject, body: BODIES.sms },
      { protocol: 'sqs', endpoint: 'to sqs', subject, body: BODIES.default },
    ]);
    expect(published?.message.attributes).toEqual(new Map([['severity', 'warning']]));
  });

  it.each([
    ['no JSON', 'text'],
    ['empty', ''],
    ['a list', '[]'],
    ['null', 'null'],
  ])('refuses a message when it is %s', async (_, message) => {
    const answer = publish({ Message: message });

    await expect(answer).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid parameter: Message Structure - JSON message body failed to parse',
    });
  });

  it.each([
    ['no default', { ...BODIES, default: undefined }, 'No default entry in JSON message body'],
    ['a default that is no string', { ...BODIES, default: 1 }, 'No default entry in JSON message body'],
    ['an unknown protocol', { ...BODIES, slack: 'y' }, 'Not the entries that the auditor sends'],
    ['a body that is no string', { ...BODIES, https: { version: '1.0' } }, 'Not the entries that the auditor sends'],
    ['no body for a protocol', { ...BODIES, sms: undefined }, 'Not the entries that the auditor sends'],
  ])('refuses a message when it has %s', async (_, bodies, reason) => {
    await expect(publishBodies(bodies)).rejects.toThrow(reason);
  });

  it.each([
    ['no text', ''],
    ['100 characters', 'x'.repeat(100)],
    ['a line break', 'a\nb'],
    ['a control character', 'a\u0007b'],
    ['other characters than ASCII', 'größer'],
    ['a space first', ' a'],
  ])('refuses a subject when it has %s', async (_, subject) => {
    const answer = publish({ Subject: subject });

    await expect(answer).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid parameter: Subject',
    });
  });

  it('takes a subject when it has 99 characters', async () => {
    await publish({ Subject: 'x'.repeat(99) });

    expect(endpoints.sns.published.at(-1)?.message.subject).toHaveLength(99);
  });

  it('refuses a message when it has more than 262,144 bytes, those of the attributes included', async () => {
    const kind = { kind: { DataType: 'String', StringValue: 'audit' } };
    const room = 262_144 - 'kindStringaudit'.length - JSON.stringify({ ...BODIES, email: '' }).length;
    const email = 'ä'.repeat(Math.floor(room / 2)) + 'x'.repeat(room % 2);
    const publishEmail = (text: string) =>
      publish({ Message: JSON.stringify({ ...BODIES, email: text }), MessageAttributes: kind });

    await publishEmail(email);
    const tooLong = publishEmail(`${email}x`);

    expect(endpoints.sns.published.at(-1)?.message.bytes).toBe(262_144);
    await expect(tooLong).rejects.toThrow('Invalid parameter: Message too long');
  });

  it.each([
    ['an empty value', 'severity', { DataType: 'String', StringValue: '' }],
    ['no value', 'severity', { DataType: 'String' }],
    ['another type', 'severity', { DataType: 'Number', StringValue: '1' }],
    ['a dot in its name', 'AWS.x', { DataType: 'String', StringValue: 'x' }],
    ['a space in its name', 'a b', { DataType: 'String', StringValue: 'x' }],
  ])('refuses an attribute when it has %s', async (_, name, value) => {
    const answer = publish({ MessageAttributes: { [name]: value } });

    await expect(answer).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });

  it.each([
    ['it was not given the topic', { TopicArn: `${TOPIC}2` }, 'NotFoundException'],
    [
      'the topic is of another region',
      { TopicArn: TOPIC.replace('eu-central', 'us-east') },
      'InvalidParameterException',
    ],
    ['a parameter is for a telephone', { PhoneNumber: '+4912345' }, 'InvalidParameterException'],
    ['the message has no structure', { MessageStructure: undefined }, 'InvalidParameterException'],
    ['there is no subject', { Subject: undefined }, 'InvalidParameterException'],
  ])('refuses a Publish when %s', async (_, changes, name) => {
    await expect(publish(changes)).rejects.toMatchObject({ name });
  });

  it('delivers a text as it was sent when it is any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 200 }), async (email) => {
        await publishBodies({ ...BODIES, email });

        expect(endpoints.sns.published.at(-1)?.deliveries[0]?.body).toBe(email);
      }),
      { numRuns: 50 },
    );
  });
});
