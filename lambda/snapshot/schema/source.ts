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
  'iam-refused', // 28000 "PAM authentication failed", or 28P01 when an IAM token was sent
  'password-refused', // 28P01
  'login-refused', // 28000 otherwise: pg_hba.conf has no entry, role may not log in
  'tls-untrusted', // certificate of another CA, another name, or expired
  'tls-unavailable', // the server does not speak TLS
  'database-missing', // 3D000
  'name-unresolved', // ENOTFOUND, EAI_AGAIN
  'unreachable', // ECONNREFUSED, EHOSTUNREACH, ENETUNREACH
  'timeout', // a deadline of ours, or SQLSTATE 57014
  'connection-lost', // reset or closed in the middle
  'starting-up', // 57P03, 57P01
  'no-credentials', // AWS credentials missing or expired
  'permission-denied', // 42501, or AccessDenied from AWS
  'not-found', // AWS: no such instance or cluster
  'throttled',
  'unexpected-answer', // the answer does not have the promised form
  'other',
]);
export type FailureKind = z.infer<typeof failureKindSchema>;

export const failureSchema = z.object({
  kind: failureKindSchema,
  /** Our own sentence, never the server's text. */
  message: z.string(),
  /** SQLSTATE, or the name or code of the error. */
  code: z.string().optional(),
  remediation: remediationSchema.optional(),
});
export type SourceFailure = DeepReadonly<z.infer<typeof failureSchema>>;

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
