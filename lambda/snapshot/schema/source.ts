import * as z from 'zod';
import type { DeepReadonly } from '../../core/deep-readonly.ts';

export const count = z.number().int().min(0);
export const names = z.array(z.string());
export const nullableText = z.string().nullable();

/** The step that supplies what was missing: a GRANT, a permission or a setting. */
export const remediationSchema = z.object({ text: z.string(), command: z.string().optional() });

/** Nothing to read: LiteLLM's table is not there. */
export const noTable = z.object({ state: z.literal('no-table') });
/** There, and the role may not read it. */
export const hidden = z.object({ state: z.literal('hidden'), remediation: remediationSchema });

/** Why a source could not answer; each kind has its own advice. */
export const failureKindSchema = z.enum([
  'slots-exhausted', // SQLSTATE 53300
  'role-limit', // 53300: CONNECTION LIMIT of the role
  'database-limit', // 53300: CONNECTION LIMIT of the database
  'iam-refused', // 28000 from the authentication itself, or 28P01, when an IAM token was sent
  'password-refused', // 28P01
  'login-refused', // 28000 otherwise: pg_hba.conf has no entry or demands a client certificate, role may not log in
  'login-unsupported', // asks for a kind of authentication that only others have: GSSAPI, SSPI, Kerberos
  'pooler-refused', // a pooler or proxy in front of PostgreSQL refused, not PostgreSQL
  'tls-untrusted', // certificate of another CA, another name, or expired
  'tls-unavailable', // the server does not speak TLS
  'tls-version', // the server speaks TLS 1.0 or 1.1 only
  'tls-failed', // no TLS session came about
  'client-certificate', // the server demands a client certificate
  'ca-file', // the configured CA file cannot be used
  'database-missing', // 3D000
  'name-unresolved', // ENOTFOUND, EAI_AGAIN
  'unreachable', // ECONNREFUSED, EHOSTUNREACH, ENETUNREACH
  'timeout', // a deadline of ours, or SQLSTATE 57014
  'locked', // 55P03: somebody holds a lock on the table
  'connection-lost', // reset or closed in the middle
  'starting-up', // 57P03, 57P01
  'disk-full', // 53100
  'server-error', // classes 53, 58 and XX: out of memory, input/output, internal
  'no-credentials', // AWS credentials missing or expired
  'permission-denied', // 42501, or AccessDenied from AWS
  'row-security', // 42501: a row-level security policy would have hidden rows
  'not-found', // AWS: no such instance or cluster
  'throttled',
  'unexpected-columns', // a table or column is not as this release knows it
  'unexpected-answer', // the answer does not have the promised form
  'protocol-violation', // what came is not the protocol, or too much of it
  'other',
]);
export type FailureKind = z.infer<typeof failureKindSchema>;

/** How far a connection to PostgreSQL had come. */
export const connectionPhaseSchema = z.enum([
  'signing', // the IAM token and the CAs, before anything is sent
  'connect',
  'tls-request',
  'tls-handshake',
  'startup', // the first answer to the startup packet
  'authentication',
  'parameters', // from the login until the server is ready
  'statement',
]);
export type ConnectionPhase = z.infer<typeof connectionPhaseSchema>;

export const failureSchema = z.object({
  kind: failureKindSchema,
  /** Our own sentence, never the server's text. */
  message: z.string(),
  /** SQLSTATE, or the name or code of the error. */
  code: z.string().optional(),
  /** Where it happened, for a connection to PostgreSQL. */
  phase: connectionPhaseSchema.optional(),
  remediation: remediationSchema.optional(),
});
export type SourceFailure = DeepReadonly<z.infer<typeof failureSchema>>;

/** There, and reading it failed, while the rest of the source was read. */
export const unread = z.object({ state: z.literal('failed'), failure: failureSchema });
export type Unread = DeepReadonly<z.infer<typeof unread>>;

/** How reading a source ended. */
export function sourceResultSchema<Value extends z.ZodType>(value: Value) {
  const durationMs = z.number().min(0);
  return z.discriminatedUnion('status', [
    z.object({ status: z.literal('ok'), durationMs, value }),
    z.object({ status: z.literal('failed'), durationMs, failure: failureSchema }),
    z.object({
      status: z.literal('skipped'),
      durationMs: z.literal(0),
      reason: z.string(),
      /** Nobody asked for it: what to configure to have it. Absent when it could not be read. */
      configure: z.string().optional(),
    }),
  ]);
}

export type SourceResult<Value> =
  | { readonly status: 'ok'; readonly durationMs: number; readonly value: Value }
  | { readonly status: 'failed'; readonly durationMs: number; readonly failure: SourceFailure }
  | { readonly status: 'skipped'; readonly durationMs: 0; readonly reason: string; readonly configure?: string };
