import manifest from '../../package.json' with { type: 'json' };
import { logFailure } from '../core/failure-log.ts';
import type { Message } from '../report/draft.ts';
import type { Notification } from '../report/report.ts';
import type { Settings } from '../settings/settings.ts';
import { publishFailure } from './publish-failure.ts';

const MAX_ATTEMPTS = 3;

type Channel = Pick<Settings, 'notifyFrom' | 'topicArn' | 'awsTimeoutMs'>;

/**
 * Publishes one SNS message, unless there is no topic or `notifyFrom` is never; returns what became of it. Never throws, and takes at most
 * `awsTimeoutMs` milliseconds, retries included. The region is the topic's.
 */
export async function publish(
  compose: () => Message,
  { notifyFrom, topicArn, awsTimeoutMs }: Channel,
): Promise<Notification> {
  if (topicArn === undefined) return { status: 'skipped', reason: 'No topic is configured.' };
  if (notifyFrom === 'never') return { status: 'skipped', reason: 'notifyFrom is never.' };
  const message = composed(compose);
  if (message === undefined) return { status: 'failed', error: NOT_COMPOSED };
  const deadline = AbortSignal.timeout(awsTimeoutMs);
  try {
    const sent = sendMessage(message, topicArn, awsTimeoutMs, deadline);
    const messageId = await Promise.race([sent, whenAborted(deadline)]);
    return { status: 'published', messageId, findingsLeftOut: message.findingsLeftOut };
  } catch (error) {
    return {
      status: 'failed',
      error: publishFailure(error, { topicArn, timeoutMs: awsTimeoutMs, isTimeout: deadline.aborted }),
    };
  }
}

const NOT_COMPOSED = `The message could not be composed, which is a bug in the auditor. Report it at ${manifest.bugs.url} with the log entry "message" of this run: it shows the place in the code and holds no data.`;

function composed(compose: () => Message): Message | undefined {
  try {
    return compose();
  } catch (error) {
    logFailure('message', error);
    return undefined;
  }
}

async function sendMessage(
  { subject, message, attributes }: Message,
  topicArn: string,
  timeoutMs: number,
  deadline: AbortSignal,
): Promise<string> {
  // Loaded here so that the database is asked before the time is spent.
  const { PublishCommand, SNSClient } = await import('@aws-sdk/client-sns');
  const client = new SNSClient({
    region: topicArn.split(':')[3],
    maxAttempts: MAX_ATTEMPTS,
    // A lost first packet must leave time for another attempt.
    requestHandler: { connectionTimeout: Math.ceil(timeoutMs / MAX_ATTEMPTS) },
  });
  try {
    const answer = await client.send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: subject,
        Message: message,
        MessageStructure: 'json',
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
        ),
      }),
      { abortSignal: deadline },
    );
    return answer.MessageId ?? 'not given';
  } finally {
    client.destroy();
  }
}

/** The SDK looks at the signal only while a request is under way, not while it fetches credentials. */
async function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
