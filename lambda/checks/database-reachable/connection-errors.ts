import type { FailureKind } from '../../snapshot/snapshot.ts';
import type { ConnectionError, Explanation, FailedConnection } from './connection-error.ts';
import { databaseLimit, roleLimit, slotsExhausted } from './limit-errors.ts';
import {
  databaseMissing,
  iamRefused,
  loginRefused,
  loginUnsupported,
  noCredentials,
  passwordRefused,
  permissionDenied,
  poolerRefused,
} from './login-errors.ts';
import { connectionLost, nameUnresolved, timeout, unreachable } from './network-errors.ts';
import { diskFull, protocolViolation, serverError, startingUp, unknownError } from './server-errors.ts';
import { caFile, clientCertificate, tlsFailed, tlsUnavailable, tlsUntrusted, tlsVersion } from './tls-errors.ts';

/** One sentence with the place, and steps in order, for each way in which connecting fails. */
export function connectionError(failed: FailedConnection): ConnectionError {
  return EXPLANATIONS[failed.failure.kind](failed);
}

const EXPLANATIONS: Readonly<Record<FailureKind, Explanation>> = {
  'slots-exhausted': slotsExhausted,
  'role-limit': roleLimit,
  'database-limit': databaseLimit,
  'iam-refused': iamRefused,
  'password-refused': passwordRefused,
  'login-refused': loginRefused,
  'login-unsupported': loginUnsupported,
  'pooler-refused': poolerRefused,
  'tls-untrusted': tlsUntrusted,
  'tls-unavailable': tlsUnavailable,
  'tls-version': tlsVersion,
  'tls-failed': tlsFailed,
  'client-certificate': clientCertificate,
  'ca-file': caFile,
  'database-missing': databaseMissing,
  'name-unresolved': nameUnresolved,
  unreachable,
  timeout,
  'connection-lost': connectionLost,
  'starting-up': startingUp,
  'disk-full': diskFull,
  'server-error': serverError,
  'no-credentials': noCredentials,
  'permission-denied': permissionDenied,
  'unexpected-answer': protocolViolation,
  'protocol-violation': protocolViolation,
  // Of a statement or of AWS; none of them keeps anybody from connecting.
  locked: unknownError,
  'row-security': unknownError,
  'unexpected-columns': unknownError,
  'not-found': unknownError,
  throttled: unknownError,
  other: unknownError,
};
