import { z } from 'zod';
import { ALGORITHM, type Credentials, isSignature, parseCredential, parseTimestamp } from '../aws/sigv4.ts';

/** What a token has to be for. */
export interface TokenPurpose {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly region: string;
  readonly credentials: Credentials;
}

export type TokenVerdict =
  | 'valid'
  | 'malformed'
  | 'other-host'
  | 'other-user'
  | 'other-credentials'
  | 'other-scope'
  | 'expired'
  | 'not-yet-valid'
  | 'wrong-signature';

const SERVICE = 'rds-db';
/** Amazon RDS user guide: a token lives 15 minutes. */
const LONGEST_LIFE_SECONDS = 900;
/** AWS General Reference: how far a signer's clock may be ahead. */
const CLOCK_SKEW_MS = 300_000;

const querySchema = z.strictObject({
  Action: z.literal('connect'),
  DBUser: z.string(),
  'X-Amz-Algorithm': z.literal(ALGORITHM),
  'X-Amz-Credential': z.string().transform((text, context) => {
    const credential = parseCredential(text);
    if (credential) return credential;
    context.addIssue('is no credential scope');
    return z.NEVER;
  }),
  'X-Amz-Date': z.string(),
  'X-Amz-Expires': z.coerce.number().int().min(1).max(LONGEST_LIFE_SECONDS),
  'X-Amz-Security-Token': z.string().optional(),
  'X-Amz-SignedHeaders': z.literal('host'),
  'X-Amz-Signature': z.string().regex(/^[0-9a-f]{64}$/),
  'X-Amz-User-Agent': z.string().optional(),
});

/**
 * Verifies an RDS login token, a presigned GET of `rds-db:connect` without its scheme, by signing it again with the known secret.
 * @param now milliseconds since 1970
 */
export function verifyToken(token: string, purpose: TokenPurpose, now: number): TokenVerdict {
  const url = URL.parse(`https://${token}`);
  if (url?.pathname !== '/' || url.hash !== '') return 'malformed';
  const pairs = [...url.searchParams];
  const parsed = querySchema.safeParse(Object.fromEntries(pairs));
  if (!parsed.success || new Set(pairs.map(([name]) => name)).size !== pairs.length) return 'malformed';

  const query = parsed.data;
  const { accessKeyId, scope } = query['X-Amz-Credential'];
  const issued = parseTimestamp(query['X-Amz-Date']);
  if (issued === undefined) return 'malformed';
  const host = `${purpose.host}:${purpose.port}`;
  if (url.host !== host) return 'other-host';
  if (query.DBUser !== purpose.user) return 'other-user';
  if (accessKeyId !== purpose.credentials.accessKeyId) return 'other-credentials';
  if (query['X-Amz-Security-Token'] !== purpose.credentials.sessionToken) return 'other-credentials';
  if (scope.service !== SERVICE || scope.region !== purpose.region) return 'other-scope';
  if (!query['X-Amz-Date'].startsWith(scope.date)) return 'other-scope';
  if (now >= issued + query['X-Amz-Expires'] * 1000) return 'expired';
  if (issued > now + CLOCK_SKEW_MS) return 'not-yet-valid';

  const { 'X-Amz-Signature': signature, 'X-Amz-Date': timestamp } = query;
  url.searchParams.delete('X-Amz-Signature');
  const signed = { method: 'GET', path: `/?${url.searchParams}`, headers: { host }, presigned: true };
  return isSignature(signature, signed, scope, timestamp, purpose.credentials) ? 'valid' : 'wrong-signature';
}
