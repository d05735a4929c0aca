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

const BY_CODE: readonly (readonly [RegExp, FailureKind])[] = [
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'name-unresolved'],
  [/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)$/, 'unreachable'],
  [/^ETIMEDOUT$/, 'timeout'],
  [/^(ECONNRESET|EPIPE)$/, 'connection-lost'],
];

/**
 * Returns what went wrong with an AWS call, in our own words.
 * @param permission what the role requires, such as `rds:DescribeDBInstances on ...`; shown when it was denied
 */
export function awsFailure(error: unknown, permission: string): SourceFailure {
  const name = error instanceof Error ? error.name : '';
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const byName = BY_NAME.find(([form]) => form.test(name))?.[1] ?? BY_NAME.find(([form]) => form.test(code))?.[1];
  const kind = byName ?? BY_CODE.find(([form]) => form.test(code))?.[1];
  if (kind === undefined) return failureOf('other', name === '' ? {} : { code: name });
  return failureOf(kind, {
    code: byName === undefined ? code : name,
    ...(kind === 'permission-denied' ? { remediation: { text: `Allow ${permission}.` } } : {}),
  });
}
