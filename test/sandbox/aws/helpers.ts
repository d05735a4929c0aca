import { PublishCommand, type PublishCommandInput } from '@aws-sdk/client-sns';
import type { Caller } from '../../../sandbox/aws/authorization.ts';
import { type EndpointOptions, startEndpoints } from '../../../sandbox/aws/endpoints.ts';
import type { Endpoint } from '../../../sandbox/aws/service.ts';

export const CALLER: Caller = {
  region: 'eu-central-1',
  credentials: { accessKeyId: 'ASIASANDBOX', secretAccessKey: 'sandbox-secret', sessionToken: 'sandbox-session/+=' },
};
export const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:audit';

/** The endpoints with one topic and an empty RDS; changed by `options`. */
export function startForTest(options: Partial<EndpointOptions> = {}) {
  return startEndpoints({
    ...CALLER,
    topics: [{ arn: TOPIC, subscriptions: [{ protocol: 'email', endpoint: 'oncall@example.com' }] }],
    rds: { instances: [], clusters: [], certificates: [] },
    ...options,
  });
}

/** The options of an SDK client for a stand-in, without retries. */
export function clientOptions({ url }: Endpoint) {
  return { endpoint: url, region: CALLER.region, credentials: { ...CALLER.credentials }, maxAttempts: 1 };
}

/** A Publish of the kind that the auditor sends; changed by `changes`. */
export function publishCommand(changes: Partial<PublishCommandInput> = {}): PublishCommand {
  return new PublishCommand({
    TopicArn: TOPIC,
    Subject: 'WARNING litellm sandbox',
    MessageStructure: 'json',
    Message: JSON.stringify({ default: 'ä & <b> +?=', email: 'email', https: '{"version":"1.0"}', sms: 'sms' }),
    MessageAttributes: { severity: { DataType: 'String', StringValue: 'warning' } },
    ...changes,
  });
}
