import { DeadlineError } from '../core/deadline.ts';
import type { FailureKind, SourceFailure } from './snapshot.ts';

/** A failure that a source already understands. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly failure: SourceFailure;

  constructor(failure: SourceFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Our own sentences: a server's text could carry a name, a value or a token. */
const SENTENCES: Readonly<Record<FailureKind, string>> = {
  'slots-exhausted': 'PostgreSQL refused the connection because all its connection slots are taken.',
  'iam-refused': 'PostgreSQL refused the IAM token.',
  'password-refused': 'PostgreSQL refused the password.',
  'login-refused': 'PostgreSQL does not let this role log in from here.',
  'tls-untrusted': "The server's certificate is not trusted for this host.",
  'tls-unavailable': 'The server does not offer TLS.',
  'database-missing': 'The database does not exist on this server.',
  'name-unresolved': "The host's name could not be resolved.",
  unreachable: 'The host could not be reached.',
  timeout: 'No answer in time.',
  'connection-lost': 'The connection was lost.',
  'starting-up': 'The server is starting up or shutting down.',
  'no-credentials': 'There are no valid AWS credentials.',
  'permission-denied': 'Permission denied.',
  'not-found': 'Not found.',
  throttled: 'AWS throttled the call.',
  'unexpected-answer': 'The answer does not have the expected form.',
  other: 'It failed for a reason that is not known.',
};

/** Makes a failure with the kind's own sentence, or with a closer one. */
export function failureOf(kind: FailureKind, more: Omit<Partial<SourceFailure>, 'kind'> = {}): SourceFailure {
  return { kind, message: SENTENCES[kind], ...more };
}

/** SQLSTATEs: PostgreSQL manual, appendix A. */
const BY_SQLSTATE: Readonly<Record<string, FailureKind>> = {
  '53300': 'slots-exhausted',
  '28P01': 'password-refused',
  '28000': 'login-refused',
  '3D000': 'database-missing',
  '57014': 'timeout',
  '55P03': 'timeout',
  '57P01': 'connection-lost',
  '57P02': 'connection-lost',
  '57P03': 'starting-up',
  '42501': 'permission-denied',
};

const BY_NODE_CODE: Readonly<Record<string, FailureKind>> = {
  ENOTFOUND: 'name-unresolved',
  EAI_AGAIN: 'name-unresolved',
  ECONNREFUSED: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EACCES: 'unreachable',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'connection-lost',
  EPIPE: 'connection-lost',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls-untrusted',
  CERT_HAS_EXPIRED: 'tls-untrusted',
  CERT_NOT_YET_VALID: 'tls-untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls-untrusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls-untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls-untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'tls-untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls-untrusted',
};

/** Texts of node-postgres 8 that carry no code. */
const BY_DRIVER_TEXT: readonly (readonly [RegExp, FailureKind])[] = [
  [/does not support SSL/, 'tls-unavailable'],
  [/timeout/i, 'timeout'],
  [/Connection terminated|not queryable/, 'connection-lost'],
];

/** Returns what went wrong with PostgreSQL, in our own words. `iam`: whether an IAM token was sent. */
export function postgresFailure(error: unknown, { iam }: { readonly iam: boolean }): SourceFailure {
  if (error instanceof SourceError) return error.failure;
  if (error instanceof DeadlineError) return failureOf('timeout', { message: error.message });
  const { code, text } = codeAndText(error);
  const kind = BY_SQLSTATE[code] ?? BY_NODE_CODE[code] ?? BY_DRIVER_TEXT.find(([form]) => form.test(text))?.[1];
  if (kind === undefined) return failureOf('other', code === '' ? {} : { code });
  if (code === '53300' && /^too many connections for (role|database)/.test(text)) {
    return failureOf('login-refused', {
      code,
      message: 'The role or the database has a CONNECTION LIMIT, and it is reached.',
    });
  }
  const tokenRefused = iam && (kind === 'password-refused' || (kind === 'login-refused' && text.includes('PAM')));
  if (tokenRefused) return failureOf('iam-refused', { code });
  if (code === '55P03') return failureOf('timeout', { code, message: 'Timed out waiting for a lock on a table.' });
  return failureOf(kind, code === '' ? {} : { code });
}

/** The kind of failure that a system error's code stands for; undefined for a code that is not known. */
export function kindOfNodeCode(code: string): FailureKind | undefined {
  return BY_NODE_CODE[code];
}

/** The code and the text of any thrown value; the text is for recognising only, never for showing. */
export function codeAndText(error: unknown): { readonly code: string; readonly text: string } {
  // Node tries every address of a name and throws all failures together.
  if (error instanceof AggregateError && error.errors.length > 0) return codeAndText(error.errors[0]);
  if (!(error instanceof Error)) return { code: '', text: '' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return { code, text: error.message };
}
