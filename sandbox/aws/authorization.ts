import type { IncomingMessage } from 'node:http';
import { AwsError } from './aws-error.ts';
import {
  ALGORITHM,
  type Credentials,
  isSignature,
  parseCredential,
  parseTimestamp,
  type SignedRequest,
} from './sigv4.ts';

/** The one caller that the stand-ins know. */
export interface Caller {
  readonly region: string;
  readonly credentials: Credentials;
  /** When the session token expires; never by default. */
  readonly expiresAt?: Date;
}

/** The clocks of caller and service may differ by five minutes (AWS General Reference, "Troubleshoot Signature Version 4"). */
const CLOCK_SKEW_MS = 5 * 60_000;

interface Authorization {
  readonly credential: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** None of these services has another path or a query, and aws4 does not sign every query: it leaves out an empty name. */
const PATH = '/';

/**
 * Checks the SigV4 signature of a request as every AWS service does before it looks at the request itself.
 * @throws AwsError with the code of the query protocol: UnknownOperationException, MissingAuthenticationToken, IncompleteSignature,
 * InvalidClientTokenId, ExpiredToken or SignatureDoesNotMatch.
 */
export function authorize(request: IncomingMessage, body: Buffer, service: string, caller: Caller): void {
  if (request.url !== PATH) {
    throw new AwsError('UnknownOperationException', 'The operation is not known to this service.', 404);
  }
  const authorization = readAuthorization(request);
  const credential = parseCredential(authorization.credential);
  if (!credential) {
    throw incomplete('Credential must have at least 5 slash-delimited elements and end in aws4_request.');
  }
  checkIdentity(request, credential.accessKeyId, caller);
  const { scope } = credential;
  if (scope.region !== caller.region) throw mismatch('Credential should be scoped to a valid region.');
  if (scope.service !== service) throw mismatch(`Credential should be scoped to correct service: '${service}'.`);

  const timestamp = header(request, 'x-amz-date') ?? '';
  checkDate(timestamp, scope.date);
  const signed = signedRequest(request, body, authorization.signedHeaders);
  if (!isSignature(authorization.signature, signed, scope, timestamp, caller.credentials)) {
    throw mismatch(
      'The request signature we calculated does not match the signature you provided. ' +
        'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
}

function readAuthorization(request: IncomingMessage): Authorization {
  const text = header(request, 'authorization');
  if (!text) throw new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
  const [algorithm, ...rest] = text.split(' ');
  if (algorithm !== ALGORITHM) throw incomplete(`Algorithm is not ${ALGORITHM}.`);
  const fields = new Map(
    rest
      .join('')
      .split(',')
      .map((field): [string, string] => {
        const [name = '', ...value] = field.split('=');
        return [name, value.join('=')];
      }),
  );
  const field = (name: string): string => {
    const value = fields.get(name);
    if (!value) throw incomplete(`Authorization header requires '${name}' parameter.`);
    return value;
  };
  return {
    credential: field('Credential'),
    signedHeaders: field('SignedHeaders').split(';'),
    signature: field('Signature'),
  };
}

function checkIdentity(request: IncomingMessage, accessKeyId: string, caller: Caller): void {
  const known =
    accessKeyId === caller.credentials.accessKeyId &&
    header(request, 'x-amz-security-token') === caller.credentials.sessionToken;
  if (!known) {
    throw new AwsError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
  }
  if (caller.expiresAt && caller.expiresAt.getTime() <= Date.now()) {
    throw new AwsError('ExpiredToken', 'The security token included in the request is expired', 403);
  }
}

function checkDate(timestamp: string, scopeDate: string): void {
  const signedAt = parseTimestamp(timestamp);
  if (signedAt === undefined) throw incomplete("Date must be in ISO-8601 'basic format' in the header x-amz-date.");
  if (!timestamp.startsWith(scopeDate)) {
    throw mismatch('Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.');
  }
  const age = Date.now() - signedAt;
  if (age > CLOCK_SKEW_MS) throw mismatch(`Signature expired: ${timestamp} is more than 5 min. ago.`);
  if (age < -CLOCK_SKEW_MS) throw mismatch(`Signature not yet current: ${timestamp} is more than 5 min. ahead.`);
}

function signedRequest(request: IncomingMessage, body: Buffer, signedHeaders: readonly string[]): SignedRequest {
  const mustBeSigned = Object.keys(request.headers).filter((name) => name === 'host' || name.startsWith('x-amz-'));
  const unsigned = mustBeSigned.find((name) => !signedHeaders.includes(name));
  if (unsigned) throw mismatch(`'${unsigned}' must be a 'SignedHeader' in the AWS Authorization.`);
  return {
    method: request.method ?? '',
    path: PATH,
    headers: Object.fromEntries(signedHeaders.map((name) => [name, header(request, name) ?? ''])),
    body,
  };
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

function incomplete(message: string): AwsError {
  return new AwsError('IncompleteSignature', message);
}

function mismatch(message: string): AwsError {
  return new AwsError('SignatureDoesNotMatch', message, 403);
}
