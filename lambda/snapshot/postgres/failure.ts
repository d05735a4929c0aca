import pg from 'pg';
import { DeadlineError } from '../../core/deadline.ts';
import { codeAndText, failureOf, kindOfNodeCode, SourceError } from '../failure.ts';
import type { ConnectionPhase, FailureKind, SourceFailure } from '../snapshot.ts';
import { type Attempted, serverFailure } from './server-failure.ts';

/** Codes of OpenSSL as Node gives them. A server that does not like the certificate of its client means that it wants one. */
const BY_TLS_CODE: readonly (readonly [RegExp, FailureKind])[] = [
  [/UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|VERSION_TOO_LOW|NO_PROTOCOLS_AVAILABLE/, 'tls-version'],
  [/ALERT_(CERTIFICATE_|BAD_CERTIFICATE|UNKNOWN_CA|UNSUPPORTED_CERTIFICATE)/, 'client-certificate'],
  [/ALERT|NO_SHARED_CIPHER|TOO_SMALL|NO_SUITABLE|UNSAFE/, 'tls-failed'],
  [/^(ERR_SSL_|ERR_OSSL_|EPROTO$)/, 'protocol-violation'],
];

const PHASES: Readonly<Record<ConnectionPhase, string>> = {
  signing: 'before it was opened',
  connect: 'while it was opened',
  'tls-request': 'after the request for TLS',
  'tls-handshake': 'during the TLS handshake',
  startup: 'after the startup packet',
  authentication: 'during authentication',
  parameters: 'between the login and the first statement',
  statement: 'during a statement',
};

/** Returns what went wrong with PostgreSQL, in our own words. */
export function postgresFailure(error: unknown, attempted: Attempted): SourceFailure {
  // Understood where it happened, as what connecting throws is.
  if (error instanceof SourceError && error.failure.phase !== undefined) return error.failure;
  return { ...kindOf(error, attempted), phase: attempted.phase };
}

function kindOf(error: unknown, { iam, phase, withoutPassword = false }: Attempted): SourceFailure {
  if (error instanceof SourceError) return withPhase(error.failure, phase);
  if (error instanceof DeadlineError) {
    return failureOf('timeout', { message: `No answer within ${error.milliseconds} ms, ${PHASES[phase]}.` });
  }
  if (error instanceof pg.DatabaseError) return serverFailure(error, { iam, phase });
  const { code } = codeAndText(error);
  const kind = kindOfNodeCode(code) ?? BY_TLS_CODE.find(([form]) => form.test(code))?.[1];
  if (kind !== undefined) return withPhase(failureOf(kind, { code }), phase);
  if (phase === 'authentication' && withoutPassword) {
    return failureOf('password-refused', { message: 'The server asks for a password, and none was given.' });
  }
  // All that is left of node-postgres: it was sent an answer that it cannot use.
  return withPhase(failureOf('unexpected-answer', code === '' ? {} : { code }), phase);
}

/** What can happen in any phase says in which it did. */
function withPhase(failure: SourceFailure, phase: ConnectionPhase): SourceFailure {
  switch (failure.kind) {
    case 'connection-lost':
      return { ...failure, message: `The connection was cut ${PHASES[phase]}.` };
    case 'protocol-violation':
    case 'unexpected-answer':
      return phase === 'statement'
        ? failure
        : { ...failure, message: `${failure.message.slice(0, -1)}, ${PHASES[phase]}.` };
    default:
      return failure;
  }
}
