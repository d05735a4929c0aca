import type pg from 'pg';
import { failureOf } from '../failure.ts';
import type { ConnectionPhase, FailureKind, SourceFailure } from '../snapshot.ts';

/** What was tried when it failed. */
export interface Attempted {
  /** Whether an IAM token was sent. */
  readonly iam: boolean;
  readonly phase: ConnectionPhase;
  /** None was configured. */
  readonly withoutPassword?: boolean;
}

type Meaning = FailureKind | Readonly<Record<string, FailureKind>>;

/**
 * By SQLSTATE (PostgreSQL manual, appendix A), and where that is not enough by the routine of PostgreSQL that reported it: neither is ever
 * translated, while the text is in the language of the server.
 */
const BY_SQLSTATE: Readonly<Record<string, Meaning>> = {
  '53300': { InitializeSessionUserId: 'role-limit', CheckMyDatabase: 'database-limit', other: 'slots-exhausted' },
  '53100': 'disk-full',
  '28P01': 'password-refused',
  '3D000': 'database-missing',
  '57014': 'timeout',
  '40P01': 'locked',
  '55000': { CheckMyDatabase: 'login-refused', other: 'server-error' },
  '55P03': 'locked',
  '25P03': 'connection-lost',
  '57P01': 'connection-lost',
  '57P02': 'connection-lost',
  '57P03': 'starting-up',
  '57P05': 'connection-lost',
  // Ours have no error: they were damaged on the way.
  '22021': 'protocol-violation',
  '42601': 'protocol-violation',
  '42501': { check_enable_rls: 'row-security', other: 'permission-denied' },
};

/** By the first two characters, for all others. */
const BY_CLASS: Readonly<Record<string, FailureKind>> = {
  '08': 'protocol-violation',
  '0A': 'protocol-violation',
  '22': 'unexpected-columns',
  '26': 'protocol-violation',
  '28': 'login-refused',
  '34': 'protocol-violation',
  '42': 'unexpected-columns',
  '53': 'server-error',
  '54': 'server-error',
  '57': 'starting-up',
  '58': 'server-error',
  F0: 'server-error',
  XX: 'server-error',
};

const ERRORS_OF_THE_SERVER: Readonly<Record<string, string>> = {
  '53200': 'The server is out of memory.',
  '58030': 'The server could not read or write its files.',
  XX001: 'The server found damaged data.',
  XX002: 'The server found a damaged index.',
};

/** PAM is how RDS checks an IAM token; this routine reports what it refused. */
const AUTHENTICATION_ROUTINE = 'auth_failed';

/** Refusals that a pooler may hand on or make itself, and that mean the same then. */
const SAME_OF_A_POOLER: ReadonlySet<FailureKind> = new Set([
  'password-refused',
  'database-missing',
  'timeout',
  'connection-lost',
]);

/** Returns what an error that the server itself reported means, in our own words. */
export function serverFailure(error: pg.DatabaseError, { iam, phase }: Attempted): SourceFailure {
  // A text of any length and content if it is no SQLSTATE.
  const code = /^[0-9A-Z]{5}$/.test(error.code ?? '') ? error.code : undefined;
  const more = code === undefined ? {} : { code };
  const kind = meaningOf(code ?? '', error.routine ?? '');
  // PostgreSQL names the routine in each of its errors; PgBouncer, pgcat and RDS Proxy have none to name.
  if (error.routine === undefined && !SAME_OF_A_POOLER.has(kind)) return failureOf('pooler-refused', more);
  const isTokenRefused =
    iam && (kind === 'password-refused' || (kind === 'login-refused' && error.routine === AUTHENTICATION_ROUTINE));
  if (isTokenRefused) return failureOf('iam-refused', more);
  // Nothing of LiteLLM's was asked for yet: the server does not know a setting of the startup packet.
  if (kind === 'unexpected-columns' && phase !== 'statement')
    return failureOf('login-unsupported', { ...more, message: OLD_SERVER });
  const message = ERRORS_OF_THE_SERVER[code ?? ''];
  return failureOf(kind, kind === 'server-error' && message !== undefined ? { ...more, message } : more);
}

const OLD_SERVER = 'The server does not know a setting that each session of the auditor starts with.';

function meaningOf(code: string, routine: string): FailureKind {
  const meaning = BY_SQLSTATE[code] ?? BY_CLASS[code.slice(0, 2)] ?? 'other';
  return typeof meaning === 'string' ? meaning : (meaning[routine] ?? meaning.other ?? 'other');
}
