import { failureOf } from '../failure.ts';
import type { FailureKind, SourceFailure } from '../snapshot.ts';

/** Names of errors as the AWS SDK for JavaScript v3 throws them. */
const BY_NAME: readonly (readonly [RegExp, FailureKind])[] = [
  [/^(AccessDenied|AccessDeniedException|AuthorizationError|UnauthorizedOperation)/, 'permission-denied'],
  [
    /^(CredentialsProviderError|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch)/,
    'no-credentials',
  ],
  [/NotFound/, 'not-found'],
  [/Throttl|TooManyRequests|RequestLimitExceeded/, 'throttled'],
  [/^(TimeoutError|AbortError|DeadlineError)$/, 'timeout'],
];

/**
 * Returns what went wrong with an AWS call, in our own words.
 * @param permission what the role requires, such as `rds:DescribeDBInstances on ...`; shown when it was denied
 */
export function awsFailure(error: unknown, permission: string): SourceFailure {
  const name = error instanceof Error ? error.name : '';
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const kind = BY_NAME.find(([form]) => form.test(name))?.[1] ?? BY_NAME.find(([form]) => form.test(code))?.[1];
  if (kind === 'permission-denied')
    return failureOf(kind, { code: name, remediation: { text: `Allow ${permission}.` } });
  if (kind !== undefined) return failureOf(kind, { code: name });
  if (/^(ENOTFOUND|EAI_AGAIN)$/.test(code)) return failureOf('name-unresolved', { code });
  if (/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)$/.test(code)) return failureOf('unreachable', { code });
  if (/^(ECONNRESET|EPIPE)$/.test(code)) return failureOf('connection-lost', { code });
  return failureOf('other', name === '' ? {} : { code: name });
}
