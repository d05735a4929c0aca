import { z } from 'zod';
import { AwsError } from './aws-error.ts';
import type { Parameters } from './query-protocol.ts';

/** A Publish as the auditor sends it: with a subject, structured, and with attributes of type String. */
export interface SnsMessage {
  readonly topicArn: string;
  readonly subject: string;
  readonly bodies: Bodies;
  readonly attributes: ReadonlyMap<string, string>;
  /** Of message and attributes together, as SNS counts them. */
  readonly bytes: number;
}

/** SNS quotas: message and attributes together. */
const SIZE_LIMIT_BYTES = 262_144;
/** Printable ASCII, 1 to 99 characters, no space first. */
const SUBJECT = /^[!-~][ -~]{0,98}$/;
/** SNS allows dots too, with rules of their own. */
const ATTRIBUTE_NAME = /^[\w-]{1,256}$/;

const publishSchema = z.strictObject({
  TopicArn: z.string(),
  Message: z.string(),
  MessageStructure: z.literal('json'),
  Subject: z.string().regex(SUBJECT),
  MessageAttributes: z.strictObject({
    entry: z.record(
      z.string(),
      z.strictObject({
        Name: z.string().regex(ATTRIBUTE_NAME),
        Value: z.strictObject({ DataType: z.literal('String'), StringValue: z.string().min(1) }),
      }),
    ),
  }),
});

/**
 * By protocol; `default` is for subscribers whose protocol has no body of its own. SNS silently ignores
 * an unknown entry, and one that is not a string, and sends the default instead. Here that is an error, so that it is noticed.
 */
const bodiesSchema = z.strictObject({ default: z.string(), email: z.string(), https: z.string(), sms: z.string() });
export type Bodies = Readonly<z.infer<typeof bodiesSchema>>;

/**
 * Reads the parameters of a Publish to a topic.
 * @throws AwsError InvalidParameter or ParameterValueInvalid
 */
export function readMessage(parameters: Parameters): SnsMessage {
  const parsed = publishSchema.safeParse(parameters);
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path ?? [];
    if (path[0] === 'MessageAttributes') {
      throw new AwsError('ParameterValueInvalid', `The message attribute at ${path.join('.')} is not valid.`);
    }
    throw invalid(path.join('.') || 'unknown parameter');
  }
  const { TopicArn: topicArn, Message: message, Subject: subject, MessageAttributes } = parsed.data;
  const attributes = new Map(
    Object.values(MessageAttributes.entry).map(({ Name, Value }) => [Name, Value.StringValue] as const),
  );
  const bytes = [...attributes].reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(`${name}String${value}`),
    Buffer.byteLength(message),
  );
  if (bytes > SIZE_LIMIT_BYTES) throw invalid('Message too long');
  return { topicArn, subject, bodies: readBodies(message), attributes, bytes };
}

function readBodies(message: string): Bodies {
  const parsed = bodiesSchema.safeParse(parse(message));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.path.length === 0 && issue.code === 'invalid_type') throw structure('JSON message body failed to parse');
  if (issue?.path[0] === 'default') throw structure('No default entry in JSON message body');
  throw structure(`Not the entries that the auditor sends: ${issue?.path.join('.')} ${issue?.message}`);
}

/** undefined, which no JSON text means, for what is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function invalid(what: string): AwsError {
  return new AwsError('InvalidParameter', `Invalid parameter: ${what}`);
}

function structure(what: string): AwsError {
  return invalid(`Message Structure - ${what}`);
}
