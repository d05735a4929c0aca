import { createHash, timingSafeEqual } from 'node:crypto';
import aws4, { type Request } from 'aws4';

export const ALGORITHM = 'AWS4-HMAC-SHA256';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Present for the temporary credentials of a role, as a Lambda function has them. */
  readonly sessionToken?: string;
}

/** `20261122/eu-central-1/sns/aws4_request` in its parts. */
export interface Scope {
  /** YYYYMMDD, UTC. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** What a signature covers. */
export interface SignedRequest {
  readonly method: string;
  /** As it is in the request line, with the query; of a presigned request without X-Amz-Signature. */
  readonly path: string;
  /** The signed headers, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** The signature is part of the query instead of a header. */
  readonly presigned?: boolean;
}

/** Whether the request has this signature (hex) when these credentials sign it at `timestamp` (YYYYMMDDTHHMMSSZ). */
export function isSignature(
  signature: string,
  { method, path, headers, body = Buffer.alloc(0), presigned = false }: SignedRequest,
  { region, service }: Omit<Scope, 'date'>,
  timestamp: string,
  credentials: Credentials,
): boolean {
  // aws4 trusts this header and does not look at the body then: a body changed on the way would pass.
  const { 'x-amz-content-sha256': bodyHash = sha256(body) } = headers;
  if (bodyHash !== sha256(body)) return false;
  const request: Request = {
    method,
    path,
    headers: { ...headers },
    body,
    region,
    service,
    signQuery: presigned,
    doNotModifyHeaders: true,
  };
  const signer = new aws4.RequestSigner(request, credentials);
  signer.datetime = timestamp;
  return isSame(signer.signature(), signature);
}

/** Splits `AKID/20261122/eu-central-1/sns/aws4_request` into its parts; undefined when it does not have that form. */
export function parseCredential(credential: string): { accessKeyId: string; scope: Scope } | undefined {
  const [accessKeyId, date, region, service, end, ...rest] = credential.split('/');
  if (!accessKeyId || !date || !region || !service || end !== 'aws4_request' || rest.length > 0) return undefined;
  return /^\d{8}$/.test(date) ? { accessKeyId, scope: { date, region, service } } : undefined;
}

/** Milliseconds since 1970 of a YYYYMMDDTHHMMSSZ; undefined when it has another form, or that time does not exist. */
export function parseTimestamp(timestamp: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(timestamp);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** In a time that does not depend on where they differ. */
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(one)), Buffer.from(sha256(other)));
}

function sha256(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex');
}
