import { AwsError } from './aws-error.ts';
import type { Service } from './service.ts';

export interface JsonService {
  readonly signingName: string;
  /** The part of the header X-Amz-Target before the dot. */
  readonly target: string;
  /** By name. Each gets the parsed body and returns the answer, to be sent as JSON. */
  readonly actions: ReadonlyMap<string, (input: unknown) => object>;
}

/** The codes of the common errors where they differ from the query protocol's. */
const JSON_CODES: ReadonlyMap<string, string> = new Map([
  ['MissingAuthenticationToken', 'MissingAuthenticationTokenException'],
  ['IncompleteSignature', 'IncompleteSignatureException'],
  ['InvalidClientTokenId', 'UnrecognizedClientException'],
  ['ExpiredToken', 'ExpiredTokenException'],
  ['SignatureDoesNotMatch', 'InvalidSignatureException'],
  ['Throttling', 'ThrottlingException'],
  ['ValidationError', 'ValidationException'],
]);

/** AWS JSON 1.0 of a service that spoke the query protocol before: its errors carry the old code in a header. */
export function jsonService({ signingName, target, actions }: JsonService): Service {
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  return {
    signingName,
    answer(request, requestId) {
      const [service, action = '', ...rest] = String(request.headers['x-amz-target']).split('.');
      const act = service === target && rest.length === 0 ? actions.get(action) : undefined;
      if (!act) throw new AwsError('UnknownOperationException', 'The operation is not known to this service.', 404);
      if (request.headers['content-type'] !== headers['content-type']) {
        throw new AwsError('UnsupportedMediaType', `The content type is not ${headers['content-type']}.`, 415);
      }
      return {
        status: 200,
        headers: { ...headers, 'x-amzn-requestid': requestId },
        body: JSON.stringify(act(parse(request.body))),
      };
    },
    refuse: (error, requestId) => ({
      status: error.status,
      headers: {
        ...headers,
        'x-amzn-requestid': requestId,
        'x-amzn-query-error': `${error.code};${error.status < 500 ? 'Sender' : 'Receiver'}`,
      },
      body: JSON.stringify({ __type: JSON_CODES.get(error.code) ?? error.code, message: error.message }),
    }),
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new AwsError('SerializationException', 'The body is not JSON.');
  }
}
