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
  'role-limit': 'The CONNECTION LIMIT of the role is reached.',
  'database-limit': 'The CONNECTION LIMIT of the database is reached.',
  'iam-refused': 'PostgreSQL refused the IAM token.',
  'password-refused': 'PostgreSQL refused the password.',
  'login-refused': 'PostgreSQL does not let this role log in from here.',
  'login-unsupported': 'The server asks for a kind of authentication that the auditor does not have.',
  'pooler-refused': 'A pooler or proxy refused the connection, not PostgreSQL itself.',
  'tls-untrusted': "The server's certificate is not trusted for this host.",
  'tls-unavailable': 'The server does not offer TLS.',
  'tls-version': 'The server offers no TLS version of 1.2 or newer.',
  'tls-failed': 'No TLS session could be agreed on with the server.',
  'client-certificate': 'The server demands a client certificate.',
  'ca-file': 'The CA file cannot be used.',
  'database-missing': 'The database does not exist on this server.',
  'name-unresolved': "The host's name could not be resolved.",
  unreachable: 'The host could not be reached.',
  timeout: 'No answer in time.',
  locked: 'Timed out waiting for a lock on a table.',
  'connection-lost': 'The connection was lost.',
  'starting-up': 'The server is starting up or shutting down.',
  'disk-full': 'The disk of the server is full.',
  'server-error': 'The server reported an error of its own.',
  'no-credentials': 'There are no valid AWS credentials.',
  'permission-denied': 'Permission denied.',
  'row-security': 'Row-level security would have hidden rows, so nothing was read.',
  'not-found': 'Not found.',
  throttled: 'AWS throttled the call.',
  'unexpected-columns': "LiteLLM's tables have other columns or types than this release of the auditor knows.",
  'unexpected-answer': 'The answer does not have the expected form.',
  'protocol-violation': 'What the server sent is not the protocol of PostgreSQL.',
  other: 'It failed for a reason that is not known.',
};

/** Makes a failure with the kind's own sentence, or with a closer one. */
export function failureOf(kind: FailureKind, more: Omit<Partial<SourceFailure>, 'kind'> = {}): SourceFailure {
  return { kind, message: SENTENCES[kind], ...more };
}

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
};

/**
 * What OpenSSL and Node say of a certificate has no prefix of its own; system errors have no underscore.
 * Source: Node.js documentation, "X509 certificate error codes".
 */
const CERTIFICATE_CODE = /^(ERR_TLS_CERT_ALTNAME_INVALID|(?!ERR_|UND_|HPE_|EAI_)[A-Z0-9]+(_[A-Z0-9]+)+)$/;

/** The kind of failure that a system error's code stands for; undefined for a code that is not known. */
export function kindOfNodeCode(code: string): FailureKind | undefined {
  return BY_NODE_CODE[code] ?? (CERTIFICATE_CODE.test(code) ? 'tls-untrusted' : undefined);
}

/** The code and the text of any thrown value; the text is for recognising only, never for showing. */
export function codeAndText(error: unknown): { readonly code: string; readonly text: string } {
  // Node tries every address of a name and throws all failures together.
  if (error instanceof AggregateError && error.errors.length > 0) return codeAndText(error.errors[0]);
  if (!(error instanceof Error)) return { code: '', text: '' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return { code, text: error.message };
}
